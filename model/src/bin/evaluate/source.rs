//! What is in a folder: crops in strips with an index, or whole slices.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use model::open::{NamedFile, open_files};
use model::train::crops::{self, Assumed, Crop, DOUBTFUL, Marks, TARGET};
use model::volume::{Intensity, Volume};

use crate::evaluate::boxes;

/// A scan and, for every voxel, how many readers marked it.
#[derive(Clone)]
pub(crate) struct Scan {
    pub(crate) name: String,
    /// Number of its first slice: of a slice out of a strip, its place there.
    pub(crate) first: usize,
    pub(crate) image: Volume,
    pub(crate) readers: Vec<u8>,
    /// Whether they are boxes, in the place of marks.
    is_boxed: bool,
}

/// The content of a folder.
pub(crate) enum Content {
    /// `index.csv`, `images/` and `masks/`.
    Crops(Vec<Crop>),
    /// Images of whole slices, opened one after another, and what is assumed of them.
    Scans(Vec<Image>, Assumed),
}

/// A scan that can be scored.
pub(crate) enum Image {
    /// To be read: all together may not fit into memory.
    File(PathBuf),
    /// One slice out of a strip.
    Slice(Box<Scan>),
}

impl Image {
    pub(crate) fn open(&self, assumed: Assumed) -> Result<Cow<'_, Scan>> {
        match self {
            Self::File(path) => Scan::open(path, assumed).map(Cow::Owned),
            Self::Slice(scan) => Ok(Cow::Borrowed(scan.as_ref())),
        }
    }
}

/// A folder, with what had to be assumed of it and what of it cannot be scored.
pub(crate) struct Source {
    pub(crate) content: Content,
    pub(crate) notes: Vec<String>,
}

/// Numbers of readers that say "marked" where a file says no more: two make a target.
const MARKED: u8 = 2;
/// What marks are called beside `NAME_image`.
const MARKS: [&str; 5] = ["marks", "mask", "masks", "label", "seg"];
/// By how much places of voxels of image and marks may differ, in millimetres.
const SAME_PLACE_MM: f64 = 0.05;
/// Edge in pixels from which the images of a strip are whole slices, with a chest to find lungs in.
const WHOLE_PX: usize = 256;

/// Looks at a folder.
///
/// # Arguments
/// * `split`: of an index with splits, the one to score, or `all`; `None`: `test`, or all if there
///   is none.
/// * `assumed`: what the user says where no file does.
///
/// # Errors
/// A folder without anything that can be scored.
pub(crate) fn open(folder: &Path, split: Option<&str>, assumed: Assumed) -> Result<Source> {
    let mut notes = Vec::new();
    let assumed = Assumed {
        pixel_mm: assumed.pixel_mm.or_else(|| named_size(folder)),
        ..assumed
    };
    let content = if folder.join("index.csv").exists() {
        let crops = crops::read_any(folder, split, &assumed, &mut notes)?;
        ensure!(!crops.is_empty(), "the index has no crop to score");
        let whole = crops.iter().filter(|crop| crop.rows >= WHOLE_PX).count();
        if whole == crops.len() {
            notes.push("whole slices in strips: each is judged alone".to_owned());
            let slices = crops.into_iter().map(Scan::from_crop).map(Box::new);
            Content::Scans(slices.map(Image::Slice).collect(), assumed)
        } else {
            if whole > 0 {
                notes.push(format!(
                    "{whole} whole slices are scored as crops, as the others are"
                ));
            }
            Content::Crops(crops)
        }
    } else {
        scans(folder, assumed, &mut notes)?
    };
    Ok(Source { content, notes })
}

/// The images that can be scored. Each is opened once more later: all together may not fit into
/// memory, and what the marks are is told from all of them.
fn scans(folder: &Path, assumed: Assumed, notes: &mut Vec<String>) -> Result<Content> {
    let mut images: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    images.retain(|path| stem(path).is_some());
    images.sort();
    ensure!(
        !images.is_empty(),
        "{} has neither index.csv nor NAME_image.nii.gz or NAME_image.png",
        folder.display()
    );
    let as_they_are = Assumed {
        marks: Some(Marks::Counts),
        ..assumed
    };
    let mut values = BTreeSet::new();
    let mut unread = None;
    images.retain(|path| match Scan::open(path, as_they_are) {
        Ok(scan) => {
            if !scan.is_boxed {
                values.extend(scan.readers);
            }
            if scan.image.spacing.is_none() {
                notes.push(format!(
                    "{}: pixels of unknown size, taken as the network's own",
                    scan.name
                ));
            }
            true
        }
        Err(error) => {
            notes.push(format!("not scored: {}: {error:#}", path.display()));
            unread.get_or_insert(error);
            false
        }
    });
    if let (true, Some(error)) = (images.is_empty(), unread) {
        return Err(error);
    }
    let marks = assumed
        .marks
        .unwrap_or_else(|| Marks::of(&values, Marks::Counts));
    notes.push(format!("numbers of the marks: {marks}"));
    let assumed = Assumed {
        marks: Some(marks),
        ..assumed
    };
    let images = images.into_iter().map(Image::File).collect();
    Ok(Content::Scans(images, assumed))
}

/// The part of `NAME_image.nii.gz` (`.nii`, `.png`) before `_image`, and the ending.
fn stem(path: &Path) -> Option<(String, &'static str)> {
    let name = path.file_name()?.to_str()?;
    ["nii.gz", "nii", "png"].into_iter().find_map(|ending| {
        let stem = name.strip_suffix(ending)?.strip_suffix("_image.")?;
        Some((stem.to_owned(), ending))
    })
}

/// A pixel size in a folder's name, as in `patches-2mm`.
fn named_size(folder: &Path) -> Option<f32> {
    let name = folder.file_name()?.to_str()?;
    name.split(['-', '_'])
        .find_map(|part| part.strip_suffix("mm")?.parse().ok())
}

impl Scan {
    /// Opens an image and the marks, or boxes, beside it.
    pub(crate) fn open(path: &Path, assumed: Assumed) -> Result<Self> {
        let (name, ending) = stem(path).context("not an image")?;
        let mut scan = if ending == "png" {
            Self::from_png(path, &name, assumed.pixel_mm)?
        } else {
            Self::from_volume(path, name)?
        };
        ensure!(
            scan.image.voxels.len() == scan.readers.len(),
            "image and marks of {} differ in size",
            scan.name
        );
        if assumed.marks == Some(Marks::Binary) {
            for mark in scan.readers.iter_mut().filter(|mark| **mark != 0) {
                *mark = MARKED;
            }
        }
        Ok(scan)
    }

    fn from_volume(path: &Path, name: String) -> Result<Self> {
        let image = volume(path)?;
        let beside = |ending: &str| {
            let file = |word| path.with_file_name(format!("{name}_{word}.{ending}"));
            MARKS.map(file).into_iter().find(|file| file.exists())
        };
        let (readers, is_boxed) = if let Some(marks) = beside("nii.gz").or_else(|| beside("nii")) {
            let marks = volume(&marks)?;
            ensure!(
                lie_together(&image, &marks),
                "image and marks of {name} do not have their voxels in the same places"
            );
            let byte = |&value: &i16| value.clamp(0, 255) as u8;
            (marks.voxels.iter().map(byte).collect(), false)
        } else if let Some(boxes) = boxes::read(path, &name)? {
            (boxes::draw(&boxes, &image, MARKED), true)
        } else {
            bail!("{name} has neither marks nor boxes");
        };
        Ok(Self {
            name,
            first: 0,
            image,
            readers,
            is_boxed,
        })
    }

    fn from_png(path: &Path, name: &str, pixel_mm: Option<f32>) -> Result<Self> {
        let folder = path.parent().context("a file without a folder")?;
        let slice = crops::read_full_slice(folder, name, name, pixel_mm.unwrap_or(1.0))?;
        let mut scan = Self::from_crop(slice);
        if pixel_mm.is_none() {
            scan.image.spacing = None;
        }
        Ok(scan)
    }

    /// A scan of one slice.
    fn from_crop(slice: Crop) -> Self {
        let readers = slice.label.iter().map(|&label| match label {
            TARGET => MARKED,
            DOUBTFUL => 1,
            _ => 0,
        });
        Self {
            readers: readers.collect(),
            first: slice.row,
            is_boxed: false,
            image: Volume {
                rows: slice.rows,
                cols: slice.columns,
                intensity: Intensity::Hounsfield,
                spacing: slice.view().spacing,
                slice_spacing_mm: None,
                patient_from_voxel: None,
                slice_positions_mm: Vec::new(),
                file_grid: None,
                format: "PNG".to_owned(),
                notes: Vec::new(),
                voxels: slice.hu,
            },
            name: slice.patient,
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

fn volume(path: &Path) -> Result<Volume> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    open_files(vec![NamedFile { name, bytes }], &mut |_, _| {})
        .with_context(|| format!("opening {}", path.display()))
}

/// Whether the grids are the same. Where one file does not say where its voxels are, its axes may
/// run another way: marks would lie mirrored.
fn lie_together(image: &Volume, marks: &Volume) -> bool {
    let size = |volume: &Volume| (volume.rows, volume.cols, volume.slices());
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() <= SAME_PLACE_MM;
    size(image) == size(marks)
        && match (&image.patient_from_voxel, &marks.patient_from_voxel) {
            (Some(image), Some(marks)) => image
                .iter()
                .flatten()
                .zip(marks.iter().flatten())
                .all(is_near),
            (None, None) => true,
            _ => false,
        }
}
