//! The nodule crops (`index.csv` and strips of PNG) as HU and labels in memory.
//!
//! The data set's own notes define the labels: a pixel is target where at least two
//! radiologists marked it, and says nothing where exactly one did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::analysis::SliceView;
use crate::volume::{Intensity, PixelSpacing};

/// Edge of a crop in its own pixels.
pub const CROP_EDGE: usize = 128;

/// Pixel edge assumed where the index has none, in millimetres: the usual one of LIDC-IDRI.
const USUAL_PIXEL_MM: f32 = 0.7;

/// What is known of a pixel: no tumour.
pub const BACKGROUND: u8 = 0;
/// At least two readers marked it.
pub const TARGET: u8 = 1;
/// Exactly one reader marked it.
pub const DOUBTFUL: u8 = 2;

/// The part of the data a crop belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
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
}

impl Crop {
    /// Number of target pixels.
    pub fn target_pixels(&self) -> usize {
        self.label.iter().filter(|&&l| l == TARGET).count()
    }

    /// 1 where at least two readers marked, else 0: what predictions are compared with.
    /// Pixels of a single reader count as background there.
    pub fn reference(&self) -> Vec<u8> {
        self.label.iter().map(|&l| u8::from(l == TARGET)).collect()
    }

    /// The crop as the product's preparation takes it.
    pub fn view(&self) -> SliceView<'_> {
        SliceView {
            values: &self.hu,
            rows: self.rows,
            cols: self.columns,
            intensity: Intensity::Hounsfield,
            spacing: Some(PixelSpacing {
                row_mm: self.pixel_mm,
                col_mm: self.pixel_mm,
            }),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    patient: String,
    split: Split,
    row: usize,
    hu_slope: f32,
    hu_intercept: f32,
    hu_method: String,
    pixel_mm: Option<f32>,
}

/// Reads the crops of some splits.
///
/// # Arguments
/// `data` is the folder with `index.csv`, `images/` and `masks/`.
pub fn read(data: &Path, splits: &[Split]) -> Result<Vec<Crop>> {
    let index = data.join("index.csv");
    let mut reader =
        csv::Reader::from_path(&index).with_context(|| format!("reading {}", index.display()))?;
    let mut by_patient: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in reader.deserialize() {
        let line: Line = line.with_context(|| format!("reading {}", index.display()))?;
        if splits.contains(&line.split) {
            by_patient
                .entry(line.patient.clone())
                .or_default()
                .push(line);
        }
    }
    let mut crops = Vec::new();
    for (patient, lines) in by_patient {
        let image = grey(&data.join("images").join(format!("{patient}.png")))?;
        let marks = grey(&data.join("masks").join(format!("{patient}.png")))?;
        ensure!(
            image.len() == marks.len(),
            "images and masks of {patient} differ in size"
        );
        for line in lines {
            crops.push(
                cut(&line, &image, &marks)
                    .with_context(|| format!("{patient}, row {}", line.row))?,
            );
        }
    }
    Ok(crops)
}

/// One crop out of its patient's strips.
fn cut(line: &Line, image: &[u8], marks: &[u8]) -> Result<Crop> {
    let size = CROP_EDGE * CROP_EDGE;
    let range = line.row * size..(line.row + 1) * size;
    let image = image
        .get(range.clone())
        .context("the strip ends before this crop")?;
    let marks = marks
        .get(range)
        .context("the strip ends before this crop")?;
    Ok(Crop {
        patient: line.patient.clone(),
        row: line.row,
        split: line.split,
        hu: image
            .iter()
            .map(|&grey| (line.hu_slope * f32::from(grey) + line.hu_intercept) as i16)
            .collect(),
        label: marks.iter().map(|&bits| label(bits)).collect(),
        rows: CROP_EDGE,
        columns: CROP_EDGE,
        pixel_mm: line.pixel_mm.unwrap_or(USUAL_PIXEL_MM),
        hu_exact: line.hu_method != "estimated",
    })
}

/// The label of a mark: bits 0–3 the readers of this nodule, bit 4 one reader of
/// another nodule, bit 5 two or more of another.
fn label(bits: u8) -> u8 {
    let readers = (bits & 0b1111).count_ones();
    if readers >= 2 || bits & 0b10_0000 != 0 {
        TARGET
    } else if bits != 0 {
        DOUBTFUL
    } else {
        BACKGROUND
    }
}

/// A whole slice of the training patients: `…_image.png` (16 bit, HU + 1024) and
/// `…_marks.png` (number of readers).
pub fn read_full_slice(data: &Path, stem: &str, patient: &str, pixel_mm: f32) -> Result<Crop> {
    let path = data.join(format!("{stem}_image.png"));
    let image = image::open(&path)
        .with_context(|| format!("reading {}", path.display()))?
        .into_luma16();
    let marks = grey(&data.join(format!("{stem}_marks.png")))?;
    let (columns, rows) = (image.width() as usize, image.height() as usize);
    ensure!(
        marks.len() == rows * columns,
        "image and marks of {stem} differ in size"
    );
    Ok(Crop {
        patient: patient.to_owned(),
        row: 0,
        split: Split::Train,
        hu: image
            .as_raw()
            .iter()
            .map(|&value| (i32::from(value) - 1024).clamp(-1024, 3071) as i16)
            .collect(),
        label: marks
            .iter()
            .map(|&readers| match readers {
                0 => BACKGROUND,
                1 => DOUBTFUL,
                _ => TARGET,
            })
            .collect(),
        rows,
        columns,
        pixel_mm,
        hu_exact: true,
    })
}

fn grey(path: &Path) -> Result<Vec<u8>> {
    Ok(image::open(path)
        .with_context(|| format!("reading {}", path.display()))?
        .into_luma8()
        .into_raw())
}
