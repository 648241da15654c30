//! The nodule crops (`index.csv` and strips of PNG) as HU and labels in memory.
//!
//! The data set's own notes define the labels: a pixel is target where at least two
//! radiologists marked it, and says nothing where exactly one did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::analysis::SliceView;
use crate::analysis::region::regions;
use crate::mask::Mask;
use crate::volume::{Intensity, PixelSpacing};

/// Pixel edge assumed where the index has none, in millimetres: the usual one of LIDC-IDRI.
const USUAL_PIXEL_MM: f32 = 0.7;

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
            spacing: Some(PixelSpacing {
                row_mm: self.pixel_mm,
                col_mm: self.pixel_mm,
            }),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Line {
    /// The strip, where its file has no other name than the patient.
    #[serde(alias = "file")]
    patient: String,
    split: Option<Split>,
    row: usize,
    nodule: Option<String>,
    slice: Option<String>,
    /// HU = slope · grey + intercept of 8-bit strips; 16-bit ones hold HU + 1024.
    hu_slope: Option<f32>,
    hu_intercept: Option<f32>,
    hu_method: Option<String>,
    pixel_mm: Option<f32>,
    malignancy_mean: Option<f32>,
    diameter_mm: Option<f32>,
    nodule_annotators: Option<u8>,
}

/// Reads the crops of some splits.
///
/// # Arguments
/// `data` is the folder with `index.csv`, `images/` and `masks/`.
pub fn read(data: &Path, splits: &[Split]) -> Result<Vec<Crop>> {
    let wanted = |line: &Line| line.split.is_some_and(|split| splits.contains(&split));
    let mut crops = strips(data, &wanted, None)?;
    // Training has no use for them, and they take as much memory as the labels.
    for crop in &mut crops {
        crop.about.readers = Vec::new();
    }
    Ok(crops)
}

/// Reads the crops of one split, or all of them, with what is known about them.
///
/// # Arguments
/// `pixel_mm` is the edge of a pixel where the index does not say it.
pub fn read_any(data: &Path, split: Option<Split>, pixel_mm: Option<f32>) -> Result<Vec<Crop>> {
    strips(
        data,
        &|line| split.is_none() || line.split.is_none() || line.split == split,
        pixel_mm,
    )
}

fn strips(data: &Path, wanted: &dyn Fn(&Line) -> bool, pixel_mm: Option<f32>) -> Result<Vec<Crop>> {
    let index = data.join("index.csv");
    let mut reader =
        csv::Reader::from_path(&index).with_context(|| format!("reading {}", index.display()))?;
    let mut by_strip: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in reader.deserialize() {
        let line: Line = line.with_context(|| format!("reading {}", index.display()))?;
        if wanted(&line) {
            by_strip.entry(line.patient.clone()).or_default().push(line);
        }
    }
    let mut crops = Vec::new();
    for (name, lines) in by_strip {
        let image = Strip::read(&data.join("images").join(format!("{name}.png")))?;
        let marks = Strip::read(&data.join("masks").join(format!("{name}.png")))?;
        ensure!(
            image.values.len() == marks.values.len(),
            "images and masks of {name} differ in size"
        );
        for line in lines {
            crops.push(
                cut(&line, &image, &marks, pixel_mm.unwrap_or(USUAL_PIXEL_MM))
                    .with_context(|| format!("{name}, row {}", line.row))?,
            );
        }
    }
    Ok(crops)
}

/// Squares on top of each other.
struct Strip {
    values: Vec<u16>,
    edge: usize,
}

impl Strip {
    /// Reads a PNG of 8 or 16 bits, without scaling the one to the other.
    fn read(path: &Path) -> Result<Self> {
        let image = image::open(path).with_context(|| format!("reading {}", path.display()))?;
        let edge = image.width() as usize;
        let values = match image {
            image::DynamicImage::ImageLuma16(image) => image.into_raw(),
            other => other.into_luma8().iter().map(|&v| u16::from(v)).collect(),
        };
        Ok(Self { values, edge })
    }

    fn square(&self, row: usize) -> Result<&[u16]> {
        let size = self.edge * self.edge;
        self.values
            .get(row * size..(row + 1) * size)
            .context("the strip ends before this crop")
    }
}

/// One crop out of its patient's strips.
fn cut(line: &Line, image: &Strip, marks: &Strip, pixel_mm: f32) -> Result<Crop> {
    let marks = marks.square(line.row)?;
    // Strips with a scale for their greys have a bit for every reader; others 0 and 255.
    let scale = line.hu_slope.zip(line.hu_intercept);
    let (slope, intercept) = scale.unwrap_or((1.0, -1024.0));
    let is_target = |&mark: &u16| if mark > 0 { TARGET } else { BACKGROUND };
    let (labels, readers) = if scale.is_some() {
        (
            marks.iter().map(|&mark| label(mark as u8)).collect(),
            marks.iter().map(|&mark| mark as u8 & 0b1111).collect(),
        )
    } else {
        (marks.iter().map(is_target).collect(), Vec::new())
    };
    Ok(Crop {
        patient: line.patient.clone(),
        row: line.row,
        split: line.split.unwrap_or(Split::Test),
        hu: image
            .square(line.row)?
            .iter()
            .map(|&grey| (slope * f32::from(grey) + intercept) as i16)
            .collect(),
        label: labels,
        rows: image.edge,
        columns: image.edge,
        pixel_mm: line.pixel_mm.unwrap_or(pixel_mm),
        hu_exact: line.hu_method.as_deref() != Some("estimated"),
        about: About {
            readers,
            malignancy: line.malignancy_mean,
            diameter_mm: line.diameter_mm,
            annotators: line.nodule_annotators,
            place: place(line),
        },
    })
}

/// Not every index has numbers there.
fn place(line: &Line) -> Option<(String, i32)> {
    let slice = line.slice.as_ref()?.parse().ok()?;
    Some((line.nodule.clone()?, slice))
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
        about: About::default(),
    })
}

fn grey(path: &Path) -> Result<Vec<u8>> {
    Ok(image::open(path)
        .with_context(|| format!("reading {}", path.display()))?
        .into_luma8()
        .into_raw())
}
