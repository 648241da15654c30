//! One scan with what readers marked on it.

use std::path::Path;

use anyhow::{Context, Result, bail};
use model::beside::voxels_file;
use model::open::{Labels, OpenError, join, open_grid, open_labels, open_labels_on};
use model::train::crops::{self, Assumed, Crop, DOUBTFUL, Marks, TARGET};
use model::volume::{FileGrid, Intensity, PixelSpacing, Volume};

use crate::evaluate::boxes::{self, Drawn};
use crate::evaluate::pairs::Pair;
use crate::evaluate::places;

/// A scan and, for every voxel, how many readers marked it.
#[derive(Clone)]
pub(crate) struct Scan {
    pub(crate) name: String,
    /// Whose it is: scans of one patient are not independent of each other.
    pub(crate) patient: String,
    /// Number of its first slice: of a slice out of a strip, its place there.
    pub(crate) first: usize,
    pub(crate) image: Volume,
    pub(crate) readers: Vec<u8>,
    /// Whether no file says how large its pixels are.
    pub(crate) pixel_assumed: bool,
    /// Boxes in the place of marks, and how many of them lie outside of the scan.
    pub(crate) boxes_outside: Option<usize>,
    /// Of a scan of which the file of boxes has none: the number of patients of whom it has some.
    pub(crate) unlisted: Option<usize>,
}

/// Numbers of readers that say "marked" where a file says no more: two make a target.
const MARKED: u8 = 2;
/// What is said of marks with several volumes.
const FOURTH: &str =
    "marks with a 4th dimension: one volume is expected, with the number of readers of each voxel";
/// What is said of such marks in the formats of 3D Slicer.
const LAYERS: &str = "marks of several values a voxel, as 3D Slicer writes segments that overlap, in layers: \
     export them as one label map";
/// What is said of marks that lie less than half a pixel from the image's voxels.
const NEAR: &str = "marks lie up to half a pixel beside the image's voxels, as the files say it: taken for marks of the \
     voxels that are nearest";
/// What is said of an image that is placed as programs do it that know nothing of places.
const NO_PLACE: &str = "voxels of 1 mm at 0, as is written where nothing is known: sizes may be wrong \
     and the image upside down; it needs the affine matrix of its scan";
/// What is said of boxes that seem to be those of another series.
const BOXES_ELSEWHERE: &str =
    "z_mm in boxes.csv is not where the scan has these slices: boxes of another series?";
/// The share from which a voxel is marked, where marks are shares.
const MARKED_SHARE: f32 = 0.5;

impl Scan {
    /// Opens an image and the marks, or boxes, that belong to it.
    ///
    /// # Errors
    /// Files that cannot be read, or do not belong together.
    pub(crate) fn open(pair: &Pair, assumed: Assumed) -> Result<Self> {
        let mut scan = if pair.is_picture() {
            Self::from_pictures(pair)?
        } else {
            Self::from_volume(pair, assumed.as_stored)?
        };
        scan.pixel_assumed = scan.image.spacing.is_none();
        if let (None, Some(mm)) = (scan.image.spacing, assumed.pixel_mm) {
            scan.image.spacing = Some(PixelSpacing::square(mm));
        }
        if scan.boxes_outside.is_none() {
            for mark in &mut scan.readers {
                *mark = readers(*mark, assumed);
            }
        }
        Ok(scan)
    }

    fn from_volume(pair: &Pair, as_stored: bool) -> Result<Self> {
        let (name, mut image) = (pair.name.clone(), volume(&pair.image)?);
        if image.file_grid.as_ref().is_some_and(places::say_nothing) {
            image.notes.push(NO_PLACE.to_owned());
        }
        let mut patient = pair.patient();
        let mut unlisted = None;
        let (readers, boxes_outside) = if let Some(marks) = &pair.marks {
            let read = labels(marks, image.file_grid.filter(|_| as_stored))?;
            let apart_mm = if as_stored {
                places::check_size(&image, &read).map(|()| None)
            } else {
                places::check(&image, &read)
            };
            let apart_mm = apart_mm.with_context(|| {
                let (image, marks) = (pair.image.display(), marks.display());
                format!("image and marks of {name}, {image} and {marks}")
            })?;
            image.notes.extend(apart_mm.map(|_| NEAR.to_owned()));
            (numbers(&read.values), None)
        } else if let Some(boxes) = boxes::of(pair)? {
            let Drawn {
                marks,
                outside,
                elsewhere,
            } = boxes.draw(&image, MARKED);
            if elsewhere > 0 {
                image.notes.push(BOXES_ELSEWHERE.to_owned());
            }
            match boxes.patient {
                Some(listed) => patient = pair.patient_called(&listed),
                None => unlisted = Some(boxes.patients),
            }
            (marks, Some(outside))
        } else {
            bail!("{name} has neither marks nor boxes");
        };
        Ok(Self {
            name,
            patient,
            first: 0,
            image,
            readers,
            pixel_assumed: false,
            boxes_outside,
            unlisted,
        })
    }

    fn from_pictures(pair: &Pair) -> Result<Self> {
        let name = &pair.name;
        let marks = pair
            .marks
            .as_ref()
            .with_context(|| format!("{name} has no marks"))?;
        let patient = pair.patient();
        let slice = crops::read_slice(&pair.image, marks, &patient, 1.0)?;
        let mut scan = Self {
            readers: slice.label.clone(),
            ..Self::from_crop(slice)
        };
        name.clone_into(&mut scan.name);
        // A picture does not say how large its pixels are.
        scan.image.spacing = None;
        Ok(scan)
    }

    /// A scan of one slice.
    pub(crate) fn from_crop(slice: Crop) -> Self {
        let readers = slice.label.iter().map(|&label| match label {
            TARGET => MARKED,
            DOUBTFUL => 1,
            _ => 0,
        });
        Self {
            readers: readers.collect(),
            first: slice.row,
            pixel_assumed: slice.about.pixel_assumed,
            boxes_outside: None,
            unlisted: None,
            image: Volume {
                spacing: slice.view().spacing,
                format: "PNG".to_owned(),
                ..Volume::without_place(
                    (slice.rows, slice.columns),
                    slice.hu,
                    Intensity::Hounsfield,
                )
            },
            name: slice.patient.clone(),
            patient: slice.patient,
        }
    }

    /// How many readers marked each pixel of a slice.
    pub(crate) fn slice_readers(&self, index: usize) -> &[u8] {
        let size = self.image.rows * self.image.cols;
        self.readers
            .get(index * size..(index + 1) * size)
            .unwrap_or_default()
    }
}

/// How many readers a number of the marks stands for.
fn readers(mark: u8, assumed: Assumed) -> u8 {
    let is_marked = match (assumed.label, assumed.marks) {
        (Some(label), _) => mark == label,
        (None, Some(Marks::Binary)) => mark != 0,
        (None, Some(marks @ Marks::Bits)) => {
            return match marks.label(mark) {
                TARGET => MARKED,
                DOUBTFUL => 1,
                _ => 0,
            };
        }
        (None, Some(Marks::Counts) | None) => return mark,
    };
    if is_marked { MARKED } else { 0 }
}

fn volume(path: &Path) -> Result<Volume> {
    open_grid(read(path)?).with_context(|| format!("opening {}", path.display()))
}

/// A file, with its voxels where these lie in another one.
fn read(path: &Path) -> Result<Vec<u8>> {
    let read =
        |path: &Path| std::fs::read(path).with_context(|| format!("reading {}", path.display()));
    let file = read(path)?;
    match voxels_file(path, &file) {
        Some(voxels) => Ok(join(&file, &read(&voxels)?)?),
        None => Ok(file),
    }
}

/// The labels of a file, by their places or as they are stored on the grid of another one.
fn labels(path: &Path, stored_on: Option<FileGrid>) -> Result<Labels> {
    let bytes = read(path)?;
    let why = |error: &OpenError| match error {
        OpenError::AsItIs { what, .. } if what.contains("4-D") => Some(FOURTH),
        OpenError::AsItIs { what, .. } if what.contains("several values a voxel") => Some(LAYERS),
        _ => None,
    };
    let read = match stored_on {
        Some(grid) => open_labels_on(bytes, &grid),
        None => open_labels(bytes),
    };
    read.map_err(|error| match why(&error) {
        Some(why) => anyhow::Error::new(error).context(why),
        None => error.into(),
    })
    .with_context(|| format!("opening the marks {}", path.display()))
}

/// Marks as numbers. Shares of a voxel count from the half; what is below 0, as "to be ignored" is
/// written by some, is not marked.
fn numbers(values: &[f32]) -> Vec<u8> {
    let are_shares = values.iter().any(|it| it.fract() != 0.0)
        && values.iter().all(|it| (0.0..=1.0).contains(it));
    let number = |&value: &f32| {
        if are_shares {
            u8::from(value >= MARKED_SHARE)
        } else {
            value.round() as u8
        }
    };
    values.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_numbers_as_they_are_written() {
        assert_eq!(numbers(&[0.0, 1.0, 4.0, 40.0]), [0, 1, 4, 40]);
        assert_eq!(numbers(&[-1.0, 0.0, 1.0, 300.0]), [0, 0, 1, 255]);
    }

    #[test]
    fn numbers_stand_for_readers_as_the_user_says() {
        let told = |marks, label| Assumed {
            marks,
            label,
            ..Assumed::default()
        };
        let all = |assumed| [0, 1, 4, 5].map(|mark| readers(mark, assumed));
        assert_eq!(all(told(Some(Marks::Counts), None)), [0, 1, 4, 5]);
        assert_eq!(all(told(Some(Marks::Bits), None)), [0, 1, 1, MARKED]);
        assert_eq!(
            all(told(Some(Marks::Binary), None)),
            [0, MARKED, MARKED, MARKED]
        );
        assert_eq!(all(told(None, Some(4))), [0, 0, MARKED, 0]);
    }

    #[test]
    fn shares_count_from_the_half() {
        assert_eq!(numbers(&[0.0, 0.25, 0.5, 1.0]), [0, 0, 1, 1]);
    }
}
