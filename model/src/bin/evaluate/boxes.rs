//! Boxes around tumours in the place of marks: `boxes.csv` beside the images, as
//! Lung-PET-CT-Dx has them. Dice with a box says little; whether a box is touched, and what
//! is marked outside of boxes, does.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use model::train::crops::whole;
use model::volume::Volume;
use serde::Deserialize;

/// Voxels of the file as it is stored: columns and rows from `xmin`, `ymin` to `xmax`, `ymax`,
/// both included.
#[derive(Debug, Clone, Deserialize)]
struct Rectangle {
    patient: String,
    #[serde(deserialize_with = "whole")]
    slice_in_image: usize,
    #[serde(deserialize_with = "whole")]
    xmin: usize,
    #[serde(deserialize_with = "whole")]
    ymin: usize,
    #[serde(deserialize_with = "whole")]
    xmax: usize,
    #[serde(deserialize_with = "whole")]
    ymax: usize,
}

/// The name of a file of boxes.
pub(crate) const FILE: &str = "boxes.csv";

/// The boxes of one patient.
#[derive(Debug, Clone)]
pub(crate) struct Boxes {
    /// As the file of boxes calls the patient; `None` where it has none of this patient: nothing is
    /// there to be found.
    pub(crate) patient: Option<String>,
    /// Number of patients in the file.
    pub(crate) patients: usize,
    rectangles: Vec<Rectangle>,
}

/// The boxes of the patient whose scan has this name; `None` without a file of boxes.
///
/// # Errors
/// A file that cannot be read.
pub(crate) fn read(image: &Path, name: &str) -> Result<Option<Boxes>> {
    let path = image.with_file_name(FILE);
    if !path.exists() {
        return Ok(None);
    }
    let wrong = || format!("reading {}", path.display());
    let lines = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(&path)
        .with_context(wrong)?
        .into_deserialize()
        .collect::<Result<Vec<Rectangle>, csv::Error>>();
    let mut rectangles = lines.with_context(wrong)?;
    let patients: BTreeSet<String> = rectangles.iter().map(|it| it.patient.clone()).collect();
    let patient = owner(name, &patients).map(str::to_owned);
    rectangles.retain(|it| Some(&it.patient) == patient.as_ref());
    Ok(Some(Boxes {
        patient,
        patients: patients.len(),
        rectangles,
    }))
}

/// The patient whose name a scan's is, or begins with: the longest, so that `P1` does not get what
/// belongs to `P1_2`, nor `P10` what belongs to `P1`.
fn owner<'a>(name: &str, patients: &'a BTreeSet<String>) -> Option<&'a str> {
    let is_its = |patient: &&String| {
        let rest = name.strip_prefix(patient.as_str());
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let owners = patients.iter().filter(is_its);
    owners
        .max_by_key(|patient| patient.len())
        .map(String::as_str)
}

impl Boxes {
    /// A number a voxel: `mark` inside of boxes; and how many boxes lie outside of the scan.
    pub(crate) fn draw(&self, image: &Volume, mark: u8) -> (Vec<u8>, usize) {
        let mut marks = vec![0; image.voxels.len()];
        let mut outside = 0;
        for it in &self.rectangles {
            let [cols, rows, slices] = it.on(image);
            outside += usize::from(cols.is_empty() || rows.is_empty() || slices.is_empty());
            for slice in slices {
                for row in rows.clone() {
                    let start = (slice * image.rows + row) * image.cols;
                    if let Some(pixels) = marks.get_mut(start + cols.start..start + cols.end) {
                        pixels.fill(mark);
                    }
                }
            }
        }
        (marks, outside)
    }
}

impl Rectangle {
    /// Columns, rows and slices of an opened scan, whose axes may run another way than the file's.
    fn on(&self, image: &Volume) -> [std::ops::Range<usize>; 3] {
        let stored = [
            self.xmin..self.xmax + 1,
            self.ymin..self.ymax + 1,
            self.slice_in_image..self.slice_in_image + 1,
        ];
        let (axis, flip) = match &image.file_grid {
            Some(grid) => (grid.axis, grid.flip),
            None => ([0, 1, 2], [false; 3]),
        };
        let size = [image.cols, image.rows, image.slices()];
        let mut on = [const { 0..0 }; 3];
        for (((on, axis), flip), size) in on.iter_mut().zip(axis).zip(flip).zip(size) {
            let stored = stored.get(axis).cloned().unwrap_or_default();
            let within = stored.start.min(size)..stored.end.min(size);
            *on = if flip {
                size - within.end..size - within.start
            } else {
                within
            };
        }
        on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::blank::blank;
    use model::volume::{FileGrid, NiftiSpace};

    /// Which voxels of two slices of 3 × 4 pixels are in the box of that slice, and how many boxes
    /// are outside; the file has its axes as said.
    fn drawn(axis: [usize; 3], flip: [bool; 3], slice_in_image: usize) -> (Vec<usize>, usize) {
        let space = NiftiSpace {
            pixdim: [1.0; 4],
            xyzt_units: 2,
            codes: [1, 1],
            qform: [0.0; 6],
            sform: [[0.0; 4]; 3],
        };
        let image = Volume {
            file_grid: Some(FileGrid {
                size: [0; 3],
                axis,
                flip,
                space,
            }),
            ..blank(2, 3, 4)
        };
        let rectangle = Rectangle {
            patient: "P1".to_owned(),
            slice_in_image,
            xmin: 0,
            ymin: 1,
            xmax: 1,
            ymax: 1,
        };
        let boxes = Boxes {
            patient: Some("P1".to_owned()),
            patients: 1,
            rectangles: vec![rectangle],
        };
        let (marks, outside) = boxes.draw(&image, 2);
        let marked = marks.iter().enumerate().filter(|(_, mark)| **mark != 0);
        (marked.map(|(at, _)| at).collect(), outside)
    }

    #[test]
    fn boxes_lie_where_the_file_has_their_voxels() {
        let drawn = |axis, flip| drawn(axis, flip, 0).0;
        assert_eq!(drawn([0, 1, 2], [false; 3]), [4, 5]);
        assert_eq!(drawn([0, 1, 2], [true, false, false]), [6, 7]);
        assert_eq!(drawn([0, 1, 2], [false, false, true]), [16, 17]);
        // The file's first axis became rows: x runs down, y to the right.
        assert_eq!(drawn([1, 0, 2], [false; 3]), [1, 5]);
    }

    #[test]
    fn boxes_outside_are_counted() {
        assert_eq!(drawn([0, 1, 2], [false; 3], 2), (vec![], 1));
    }

    #[test]
    fn boxes_belong_to_the_patient_with_the_whole_name() {
        let patients = ["P1", "P1_2", "Lung_Dx-A0002"].map(str::to_owned).into();
        let owner = |name| owner(name, &patients);
        assert_eq!(owner("P1"), Some("P1"));
        assert_eq!(owner("P1_B40f"), Some("P1"));
        assert_eq!(owner("P1_2"), Some("P1_2"));
        assert_eq!(owner("Lung_Dx-A0002_B70f"), Some("Lung_Dx-A0002"));
        assert_eq!(owner("P10"), None);
    }
}
