//! The nodule crops (`index.csv` and strips of PNG) as HU and labels in memory.
//!
//! The data set's own notes define the labels: a pixel is target where at least two
//! radiologists marked it, and says nothing where exactly one did.

mod cut;
mod index;
mod marks;
mod meaning;
mod strip;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

use self::cut::{Strips, strips};
pub use self::index::whole;
use self::index::{Index, Line};
pub use self::marks::Marks;
pub use self::meaning::{IGNORED, check_label, listed};
use self::strip::{Greys, byte};

use crate::analysis::SliceView;
use crate::analysis::region::regions;
use crate::mask::Mask;
use crate::volume::{Intensity, PixelSpacing};

/// Pixel edge assumed where the index has none, in millimetres: the usual one of LIDC-IDRI.
const USUAL_PIXEL_MM: f32 = 0.7;

/// Edges of a pixel in millimetres that are taken for real, with room on both sides of what
/// scanners and coarser copies of them have.
pub const PIXEL_MM: std::ops::RangeInclusive<f32> = 0.05..=10.0;

/// How a note begins of what could not be scored.
pub const NOT_SCORED: &str = "not scored: ";

/// What is known of a pixel: no tumour.
pub const BACKGROUND: u8 = 0;
/// At least two readers marked it.
pub const TARGET: u8 = 1;
/// Exactly one reader marked it.
pub const DOUBTFUL: u8 = 2;
/// Exactly one reader marked it, and it hangs together with a target: the outline is in doubt, not
/// the nodule. Training alone tells it apart ([`Crop::with_rim`]).
pub const RIM: u8 = 3;

/// The part of the data a crop belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// For learning.
    Train,
    /// For choosing thresholds and the best weights.
    Val,
    /// Looked at once, for the published figures.
    Test,
}

/// One axial image with the readers' marks.
#[derive(Debug, Clone)]
pub struct Crop {
    /// Patient of the collection.
    pub patient: String,
    /// Its place in the patient's strip.
    pub row: usize,
    /// Part of the data.
    pub split: Split,
    /// HU, row by row.
    pub hu: Vec<i16>,
    /// [`BACKGROUND`], [`TARGET`] or [`DOUBTFUL`], row by row.
    pub label: Vec<u8>,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// Edge of a pixel in millimetres.
    pub pixel_mm: f32,
    /// Whether the HU are known exactly rather than estimated.
    pub hu_exact: bool,
    /// What is told apart when results are scored.
    pub about: About,
}

/// What is known of a crop beside image and labels.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// Bits 0–3: which readers marked the pixel as the crop's nodule; row by row, empty
    /// where the data do not say.
    pub readers: Vec<u8>,
    /// Mean of the readers' ratings, 1 (benign) to 5.
    pub malignancy: Option<f32>,
    /// Diameter of the nodule.
    pub diameter_mm: Option<f32>,
    /// Readers who marked the nodule in any slice.
    pub annotators: Option<u8>,
    /// Whether no file says how large its pixels are.
    pub pixel_assumed: bool,
    /// Whether no file says that its HU are exact, or that they are estimated.
    pub hu_assumed: bool,
    /// Name of the nodule among its patient's, and number of the slice in it: the same place of the
    /// next slice is the crop with the next number.
    pub place: Option<(String, i32)>,
}

impl Crop {
    /// Number of target pixels.
    pub fn target_pixels(&self) -> usize {
        self.label.iter().map(|&l| usize::from(l == TARGET)).sum()
    }

    /// 1 where at least two readers marked, else 0: what predictions are compared with.
    /// Pixels of a single reader count as background there.
    pub fn reference(&self) -> Vec<u8> {
        self.label.iter().map(|&l| u8::from(l == TARGET)).collect()
    }

    /// What any reader marked.
    pub fn marked(&self) -> Mask {
        Mask {
            pixels: self
                .label
                .iter()
                .map(|&l| u8::from(l != BACKGROUND))
                .collect(),
            ..Mask::empty(self.rows, self.columns)
        }
    }

    /// The same with [`RIM`] for those [`DOUBTFUL`] pixels that hang together with a target.
    #[must_use]
    pub fn with_rim(mut self) -> Self {
        for region in regions(&self.marked()) {
            let is_target = |&at: &usize| self.label.get(at) == Some(&TARGET);
            if !region.pixels.iter().any(is_target) {
                continue;
            }
            for at in region.pixels {
                if let Some(label) = self.label.get_mut(at).filter(|it| **it == DOUBTFUL) {
                    *label = RIM;
                }
            }
        }
        self
    }

    /// The crop as the product's preparation takes it.
    pub fn view(&self) -> SliceView<'_> {
        SliceView {
            values: &self.hu,
            rows: self.rows,
            cols: self.columns,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing::square(self.pixel_mm)),
        }
    }
}

/// Reads the crops of some splits.
///
/// # Arguments
/// `data` is the folder with `index.csv`, `images/` and `masks/`.
///
/// # Errors
/// A line of the index or a crop of these splits that cannot be read.
pub fn read(data: &Path, splits: &[Split]) -> Result<Vec<Crop>> {
    let Index { mut lines, unread } = index::read(data)?;
    if let Some(error) = unread.into_iter().next() {
        return Err(error);
    }
    lines.retain(|line| line.is_of(splits));
    let Strips {
        mut crops, unread, ..
    } = strips(data, lines, &Assumed::default(), &mut Vec::new())?;
    if let Some(error) = unread.into_iter().next() {
        return Err(error);
    }
    // Training has no use for them, and they take as much memory as the labels.
    for crop in &mut crops {
        crop.about.readers = Vec::new();
    }
    Ok(crops)
}

/// The patients of these splits.
///
/// # Errors
/// The index cannot be read.
pub fn patients(data: &Path, splits: &[Split]) -> Result<BTreeSet<String>> {
    let lines = index::read(data)?.lines;
    let mut patients = BTreeSet::new();
    for line in lines {
        if line.is_of(splits) {
            patients.insert(line.patient().to_owned());
        }
    }
    Ok(patients)
}

/// What the user says of data that do not say it themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assumed {
    /// Edge of a pixel where no file says it.
    pub pixel_mm: Option<f32>,
    /// What the numbers of masks are.
    pub marks: Option<Marks>,
    /// Number of the tumour, where masks number several things.
    pub label: Option<u8>,
    /// Whether marks of volumes are those of the image's voxels in the order of both files,
    /// wherever these say that they lie.
    pub as_stored: bool,
}

impl Assumed {
    fn pixel_mm(&self) -> f32 {
        self.pixel_mm.unwrap_or(USUAL_PIXEL_MM)
    }
}

/// Reads the crops of a split with what is known about them, and what the numbers of their masks
/// are taken for where neither user nor index say it.
///
/// # Arguments
/// * `split`: its name in the index, or `all`; `None` is `test`, or all if the index has no such.
/// * `notes`: takes in what had to be assumed, and what could not be read.
///
/// # Errors
/// An index that cannot be read or has no such split; no crop that can be read; masks whose numbers
/// may mean several things.
pub fn read_any(
    data: &Path,
    split: Option<&str>,
    assumed: &Assumed,
    notes: &mut Vec<String>,
) -> Result<(Vec<Crop>, Option<Marks>)> {
    let lines = index::choose(readable(data, notes)?, split, notes)?;
    let is_unknown = |line: &&Line| line.pixel_mm().is_none();
    let unknown = lines.iter().filter(is_unknown).count();
    if unknown > 0 {
        let mm = assumed.pixel_mm();
        notes.push(format!(
            "pixels of {unknown} crops are taken for {mm} mm; --pixel-mm says otherwise"
        ));
    }
    let Strips {
        crops,
        unread,
        taken_for,
    } = strips(data, lines, assumed, notes)?;
    for error in &unread {
        notes.push(format!("{NOT_SCORED}{error:#}"));
    }
    match unread.into_iter().next() {
        Some(error) if crops.is_empty() => Err(error),
        _ => Ok((crops, taken_for)),
    }
}

/// Whether a folder holds crops: `images/`, and `index.csv` that says in which row of a strip each
/// lies.
pub fn are_there(data: &Path) -> bool {
    index::is_there(data)
}

/// The lines that can be read; it is noted how many cannot.
fn readable(data: &Path, notes: &mut Vec<String>) -> Result<Vec<Line>> {
    let Index { lines, unread } = index::read(data)?;
    let (count, all) = (unread.len(), unread.len() + lines.len());
    match unread.into_iter().next() {
        Some(error) if lines.is_empty() => return Err(error),
        Some(error) => notes.push(format!(
            "{NOT_SCORED}{count} of {all} lines of the index cannot be read, the first: {error:#}"
        )),
        None => {}
    }
    Ok(lines)
}

/// A whole slice of the training patients: `…_image.png` (16 bit, HU + 1024) and
/// `…_marks.png` (number of readers).
///
/// # Errors
/// Files that cannot be read, differ in size, or an image of other than 16 bits.
pub fn read_full_slice(data: &Path, stem: &str, patient: &str, pixel_mm: f32) -> Result<Crop> {
    let file = |word| data.join(format!("{stem}_{word}.png"));
    let mut slice = read_slice(&file("image"), &file("marks"), patient, pixel_mm)?;
    for value in &mut slice.label {
        *value = Marks::Counts.label(*value);
    }
    Ok(slice)
}

/// The same with the numbers of the marks as they are in the file, in the place of labels.
///
/// # Errors
/// As for [`read_full_slice`].
pub fn read_slice(path: &Path, marks: &Path, patient: &str, pixel_mm: f32) -> Result<Crop> {
    let image = Greys::read(path)?;
    ensure!(
        image.is_deep,
        "{} does not have HU + 1024 in 16 bits",
        path.display()
    );
    let marks = Greys::read(marks)?;
    let (rows, columns) = (image.rows, image.columns);
    ensure!(
        (marks.rows, marks.columns) == (rows, columns),
        "image and marks of {} differ in size",
        path.display()
    );
    Ok(Crop {
        patient: patient.to_owned(),
        row: 0,
        split: Split::Train,
        hu: image
            .values
            .iter()
            .map(|&value| (i32::from(value) - 1024).clamp(-1024, 3071) as i16)
            .collect(),
        label: marks.values.into_iter().map(byte).collect(),
        rows,
        columns,
        pixel_mm,
        hu_exact: true,
        about: About::default(),
    })
}
