//! A sheet of whole slices: those with the most false regions above, below them those with a target
//! from the worst Dice to the best. Colours as in [`overlay`](super::overlay).

use std::path::Path;

use anyhow::{Context, Result};
use image::{Rgb, RgbImage};

use crate::evaluate::candidates::EACH;
use crate::evaluate::overlay::Example;

/// Pixels that a picture is at most wide: four slices in their own size would be too heavy for a
/// page.
const WIDE: usize = 256;

/// Writes the sheet, if there is a slice.
pub(crate) fn sheet(path: &Path, rows: &[Vec<Example>]) -> Result<()> {
    let rows = rows.iter().filter(|row| !row.is_empty());
    let rows: Vec<Vec<RgbImage>> = rows.map(|row| row.iter().map(picture).collect()).collect();
    let all = rows.iter().flatten();
    let Some(size) = all.map(|it| (it.width(), it.height())).max() else {
        return Ok(());
    };
    let mut sheet = RgbImage::new(size.0 * EACH as u32, size.1 * rows.len() as u32);
    for (down, row) in (0..).zip(&rows) {
        for (across, picture) in (0..).zip(row) {
            let corner = (across * i64::from(size.0), down * i64::from(size.1));
            image::imageops::replace(&mut sheet, picture, corner.0, corner.1);
        }
    }
    sheet
        .save(path)
        .with_context(|| format!("writing {}", path.display()))
}

/// The slice, smaller by a whole number. Where a part of a pixel lies on an outline, the pixel
/// does: outlines are as wide as pixels and would break.
fn picture(example: &Example) -> RgbImage {
    let (rows, cols) = example.size();
    let factor = cols.div_ceil(WIDE).max(1);
    RgbImage::from_fn((cols / factor) as u32, (rows / factor) as u32, |x, y| {
        let (left, top) = (x as usize * factor, y as usize * factor);
        let parts = (0..factor).flat_map(|dy| (0..factor).map(move |dx| (top + dy, left + dx)));
        let parts: Vec<Rgb<u8>> = parts.map(|(row, col)| example.colour(row, col)).collect();
        let is_outline = |it: &&Rgb<u8>| it.0.iter().any(|&value| value != it.0[0]);
        // Of several outlines the brightest: yellow before red and green.
        let outline = parts.iter().filter(is_outline);
        let outline =
            outline.max_by_key(|it| it.0.iter().map(|&value| u32::from(value)).sum::<u32>());
        let mean = || {
            let sum: u32 = parts.iter().map(|it| u32::from(it.0[0])).sum();
            Rgb([(sum / parts.len().max(1) as u32) as u8; 3])
        };
        outline.copied().unwrap_or_else(mean)
    })
}
