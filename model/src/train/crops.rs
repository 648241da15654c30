//! The nodule crops (`index.csv` and strips of PNG) as HU and labels in memory.
//!
//! The data set's own notes define the labels: a pixel is target where at least two
//! radiologists marked it, and says nothing where exactly one did.

mod index;
mod marks;
mod strip;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Error, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use self::index::Line;
pub use self::marks::Marks;
use self::strip::Strip;

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

/// Reads the crops of some splits.
///
/// # Arguments
/// `data` is the folder with `index.csv`, `images/` and `masks/`.
pub fn read(data: &Path, splits: &[Split]) -> Result<Vec<Crop>> {
    let mut lines = index::read(data)?;
    lines.retain(|line| line.split().is_some_and(|split| splits.contains(&split)));
    let (mut crops, unread) = strips(data, lines, &Assumed::default(), &mut Vec::new());
    if let Some(error) = unread.into_iter().next() {
        return Err(error);
    }
    // Training has no use for them, and they take as much memory as the labels.
    for crop in &mut crops {
        crop.about.readers = Vec::new();
    }
    Ok(crops)
}

/// What the user says of data that do not say it themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Assumed {
    /// Edge of a pixel where no file says it.
    pub pixel_mm: Option<f32>,
    /// What the numbers of masks are.
    pub marks: Option<Marks>,
}

impl Assumed {
    fn pixel_mm(&self) -> f32 {
        self.pixel_mm.unwrap_or(USUAL_PIXEL_MM)
    }
}

/// Reads the crops of a split with what is known about them.
///
/// # Arguments
/// * `split`: its name in the index, or `all`; `None` is `test`, or all if the index has no such.
/// * `notes`: takes in what had to be assumed, and what could not be read.
///
/// # Errors
/// An index that cannot be read or has no such split; no crop that can be read.
pub fn read_any(
    data: &Path,
    split: Option<&str>,
    assumed: &Assumed,
    notes: &mut Vec<String>,
) -> Result<Vec<Crop>> {
    let lines = index::choose(index::read(data)?, split, notes)?;
    let is_unknown = |line: &&Line| line.pixel_mm().is_none();
    let unknown = lines.iter().filter(is_unknown).count();
    if unknown > 0 {
        let mm = assumed.pixel_mm();
        notes.push(format!("pixels of {unknown} crops are taken for {mm} mm"));
    }
    let (crops, unread) = strips(data, lines, assumed, notes);
    for error in &unread {
        notes.push(format!("not scored: {error:#}"));
    }
    match unread.into_iter().next() {
        Some(error) if crops.is_empty() => Err(error),
        _ => Ok(crops),
    }
}

/// The crops of the strips that can be read, and why the others cannot.
fn strips(
    data: &Path,
    lines: Vec<Line>,
    assumed: &Assumed,
    notes: &mut Vec<String>,
) -> (Vec<Crop>, Vec<Error>) {
    let mut by_strip: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in lines {
        let strip = line.strip().to_owned();
        by_strip.entry(strip).or_default().push(line);
    }
    let (mut crops, mut unread) = (Vec::new(), Vec::new());
    let mut values = BTreeSet::new();
    for (name, lines) in by_strip {
        let strip = |folder| Strip::read(&data.join(folder).join(format!("{name}.png")));
        let mut read = || -> Result<Vec<Crop>> {
            let (image, mask) = (strip("images"), strip("masks"));
            if let Ok(mask) = &mask {
                values.extend(mask.values.iter().map(|&value| byte(value)));
            }
            let (image, mask) = (image?, mask?);
            ensure!(
                image.values.len() == mask.values.len(),
                "images and masks of {name} differ in size"
            );
            let each = lines.iter().map(|line| {
                cut(line, &image, &mask, assumed.pixel_mm())
                    .with_context(|| format!("{name}, row {}", line.row))
            });
            each.collect()
        };
        match read() {
            Ok(read) => crops.extend(read),
            Err(error) => unread.push(error),
        }
    }
    let told = || Marks::of(&values, Marks::Bits);
    let marks = assumed.marks.unwrap_or_else(told);
    notes.push(format!("numbers of the masks: {marks}"));
    for crop in &mut crops {
        let readers = crop.label.iter().map_while(|&value| marks.readers(value));
        crop.about.readers = readers.collect();
        for value in &mut crop.label {
            *value = marks.label(*value);
        }
    }
    (crops, unread)
}

/// Larger numbers than any mark are marks all the same.
fn byte(value: u16) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

/// One crop out of its patient's strips, labelled with the numbers of the mask: what they mean is
/// known when all strips are read.
fn cut(line: &Line, image: &Strip, mask: &Strip, pixel_mm: f32) -> Result<Crop> {
    let values = mask.square(line.row)?.iter().map(|&value| byte(value));
    ensure!(
        image.is_deep || line.scale().is_some(),
        "greys of 8 bits need hu_slope and hu_intercept in the index"
    );
    let (slope, intercept) = line.scale().unwrap_or((1.0, -1024.0));
    Ok(Crop {
        patient: line.patient().to_owned(),
        row: line.row,
        split: line.split().unwrap_or(Split::Test),
        hu: image
            .square(line.row)?
            .iter()
            .map(|&grey| (slope * f32::from(grey) + intercept) as i16)
            .collect(),
        label: values.collect(),
        rows: image.edge,
        columns: image.edge,
        pixel_mm: line.pixel_mm().unwrap_or(pixel_mm),
        hu_exact: line.hu_method.as_deref() != Some("estimated"),
        about: About {
            readers: Vec::new(),
            malignancy: line.malignancy_mean,
            diameter_mm: line.diameter_mm,
            annotators: line.annotators(),
            place: line.place(),
        },
    })
}

/// A whole slice of the training patients: `…_image.png` (16 bit, HU + 1024) and
/// `…_marks.png` (number of readers).
///
/// # Errors
/// Files that cannot be read, differ in size, or an image of other than 16 bits.
pub fn read_full_slice(data: &Path, stem: &str, patient: &str, pixel_mm: f32) -> Result<Crop> {
    let path = data.join(format!("{stem}_image.png"));
    let image = image::open(&path).with_context(|| format!("reading {}", path.display()))?;
    let image::DynamicImage::ImageLuma16(image) = image else {
        bail!("{} does not have HU + 1024 in 16 bits", path.display());
    };
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
            .map(|&readers| Marks::Counts.label(readers))
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
