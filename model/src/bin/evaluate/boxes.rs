//! Boxes around tumours in the place of marks: `boxes.csv` beside the images, as
//! Lung-PET-CT-Dx has them. Dice with a box says little; whether a box is touched, and what
//! is marked outside of boxes, does.

use std::path::Path;

use anyhow::{Context, Result};
use model::volume::Volume;
use serde::Deserialize;

/// Pixels from `xmin`, `ymin` to `xmax`, `ymax`, both included.
#[derive(Debug, Deserialize)]
pub(crate) struct Rectangle {
    patient: String,
    slice_in_image: usize,
    xmin: usize,
    ymin: usize,
    xmax: usize,
    ymax: usize,
}

/// The boxes of the patient whose name the image's begins with; `None` without a file of boxes.
pub(crate) fn read(image: &Path, name: &str) -> Result<Option<Vec<Rectangle>>> {
    let path = image.with_file_name("boxes.csv");
    if !path.exists() {
        return Ok(None);
    }
    let wrong = || format!("reading {}", path.display());
    let lines = csv::Reader::from_path(&path)
        .with_context(wrong)?
        .into_deserialize()
        .collect::<Result<Vec<Rectangle>, csv::Error>>();
    let mut boxes = lines.with_context(wrong)?;
    boxes.retain(|it| name.starts_with(&it.patient));
    Ok(Some(boxes))
}

/// A number a voxel: `mark` inside of boxes.
pub(crate) fn draw(boxes: &[Rectangle], image: &Volume, mark: u8) -> Vec<u8> {
    let mut marks = vec![0; image.voxels.len()];
    for it in boxes {
        for row in it.ymin..=it.ymax.min(image.rows.saturating_sub(1)) {
            let start = (it.slice_in_image * image.rows + row) * image.cols;
            let end = start + it.xmax.saturating_add(1).min(image.cols);
            if let Some(pixels) = marks.get_mut(start + it.xmin..end) {
                pixels.fill(mark);
            }
        }
    }
    marks
}
