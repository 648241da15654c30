//! Boxes around tumours in the place of marks: `boxes.csv` beside the images, as
//! Lung-PET-CT-Dx has them. Dice with a box says little; whether a box is touched, and what
//! is marked outside of boxes, does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use csv::StringRecord;
use model::train::crops::whole;
use model::volume::Volume;
use serde::Deserialize;

use crate::evaluate::pairs::Pair;

/// Voxels of the file as it is stored: columns and rows from `xmin`, `ymin` to `xmax`, `ymax`,
/// both included.
#[derive(Debug, Clone, Deserialize)]
struct Rectangle {
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
    /// Where the slice lies; not every file says it.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    z_mm: Option<f32>,
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

/// Boxes as voxels of a scan.
pub(crate) struct Drawn {
    /// A number a voxel.
    pub(crate) marks: Vec<u8>,
    /// How many boxes lie outside of the scan.
    pub(crate) outside: usize,
    /// How many lie on slices that the scan has at another height.
    pub(crate) elsewhere: usize,
}

/// The boxes of a scan; `None` where no file of boxes is beside it or around it.
///
/// # Errors
/// A file that cannot be read, or lines of it that may be this scan's.
pub(crate) fn of(pair: &Pair) -> Result<Option<Boxes>> {
    let Some(path) = &pair.boxes else {
        return Ok(None);
    };
    let wrong = || format!("reading {}", path.display());
    let text = std::fs::read_to_string(path).with_context(wrong)?;
    let folder = pair.image.parent().and_then(Path::file_name);
    let folder = folder.unwrap_or_default().to_string_lossy();
    boxes(&text, [pair.own_name(), &folder])
        .map(Some)
        .with_context(wrong)
}

/// The boxes of a patient, out of the text of a file.
///
/// # Arguments
/// `names`: what the scan is called, and the folder that it lies in.
fn boxes(text: &str, names: [&str; 2]) -> Result<Boxes> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns = reader.headers()?.clone();
    let at = columns.iter().position(|name| name == "patient");
    let at = at.context("it has no column patient")?;
    let mut lines: BTreeMap<String, Vec<StringRecord>> = BTreeMap::new();
    for line in reader.records() {
        let line = line?;
        let patient = line.get(at).unwrap_or_default().to_owned();
        lines.entry(patient).or_default().push(line);
    }
    let patients: BTreeSet<String> = lines.keys().cloned().collect();
    let patient = names.into_iter().find_map(|name| owner(name, &patients));
    let own = patient.and_then(|it| lines.get(it)).into_iter().flatten();
    let rectangles = own.map(|line| line.deserialize(Some(&columns)));
    Ok(Boxes {
        patient: patient.map(str::to_owned),
        patients: patients.len(),
        rectangles: rectangles.collect::<Result<_, csv::Error>>()?,
    })
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
    /// Draws the boxes: `mark` inside of them.
    pub(crate) fn draw(&self, image: &Volume, mark: u8) -> Drawn {
        let mut marks = vec![0; image.voxels.len()];
        let (mut outside, mut elsewhere) = (0, 0);
        for it in &self.rectangles {
            let [cols, rows, slices] = it.on(image);
            elsewhere += usize::from(it.is_elsewhere(image, slices.start));
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
        Drawn {
            marks,
            outside,
            elsewhere,
        }
    }
}

impl Rectangle {
    /// Whether the scan has that slice at another height than the line says: further away than half
    /// a step from slice to slice.
    fn is_elsewhere(&self, image: &Volume, slice: usize) -> bool {
        let heights = self.z_mm.zip(image.slice_positions_mm.get(slice));
        let step_mm = image.slice_spacing_mm.unwrap_or(1.0);
        heights.is_some_and(|(z_mm, at_mm)| (z_mm - at_mm).abs() > step_mm / 2.0)
    }

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
            z_mm: None,
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
        let Drawn { marks, outside, .. } = boxes.draw(&image, 2);
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

    const HEADER: &str = "patient,slice_in_image,z_mm,xmin,ymin,xmax,ymax\r\n";

    #[test]
    fn a_line_that_cannot_be_read_is_only_in_the_way_of_its_own_patient() {
        let text = format!("{HEADER}P1,0,-10,1,1,2,2\r\nP2,0,-10,-3,1,2,2\r\nP3,0,-10,1\r\n");
        let of = |name| boxes(&text, [name, ""]);
        assert_eq!(of("P1").unwrap().rectangles.len(), 1);
        assert!(of("P2").is_err() && of("P3").is_err());
        let unlisted = of("P4").unwrap();
        assert_eq!((unlisted.patient, unlisted.patients), (None, 3));
    }

    #[test]
    fn a_scan_may_have_its_patient_s_name_from_its_folder() {
        let text = format!("{HEADER}P1,0,-10,1,1,2,2\n");
        assert_eq!(boxes(&text, ["thorax", "P1"]).unwrap().rectangles.len(), 1);
        assert_eq!(boxes(&text, ["thorax", "P10"]).unwrap().patient, None);
    }

    #[test]
    fn slices_at_another_height_are_those_of_another_series() {
        let image = Volume {
            slice_spacing_mm: Some(5.0),
            slice_positions_mm: vec![-10.0, -5.0],
            ..blank(2, 3, 4)
        };
        let text = format!("{HEADER}P,0,-10.4,0,0,1,1\nP,1,-9,0,0,1,1\nP,1,NA,0,0,1,1\n");
        let drawn = boxes(&text, ["P", ""]).unwrap().draw(&image, 2);
        assert_eq!((drawn.elsewhere, drawn.outside), (1, 0));
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
