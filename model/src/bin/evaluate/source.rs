//! What is in a folder: crops in strips with an index, or whole slices.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use model::open::{NamedFile, open_files};
use model::train::crops::{self, Crop, DOUBTFUL, Split, TARGET};
use model::volume::{Intensity, PixelSpacing, Volume};

/// A scan and, for every voxel, how many readers marked it.
pub(crate) struct Scan {
    pub(crate) name: String,
    pub(crate) image: Volume,
    pub(crate) readers: Vec<u8>,
}

/// The content of a folder.
pub(crate) enum Source {
    /// `index.csv`, `images/` and `masks/`.
    Crops(Vec<Crop>),
    /// Images of whole slices, opened one after another.
    Scans(Vec<PathBuf>),
}

/// Looks at a folder.
///
/// # Arguments
/// * `split`: of an index with splits, the one to score; `None` scores all.
/// * `pixel_mm`: the edge of a pixel where no file says it.
pub(crate) fn open(folder: &Path, split: Option<Split>, pixel_mm: Option<f32>) -> Result<Source> {
    let pixel_mm = pixel_mm.or_else(|| named_size(folder));
    if folder.join("index.csv").exists() {
        return Ok(Source::Crops(crops::read_any(folder, split, pixel_mm)?));
    }
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
    Ok(Source::Scans(images))
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
    /// Opens an image and the marks beside it.
    pub(crate) fn open(path: &Path, pixel_mm: Option<f32>) -> Result<Self> {
        let (name, ending) = stem(path).context("not an image")?;
        let marks = path.with_file_name(format!("{name}_marks.{ending}"));
        let scan = if ending == "png" {
            Self::from_png(path, &name, pixel_mm)?
        } else {
            let marks = volume(&marks)?;
            Self {
                image: volume(path)?,
                readers: marks.voxels.iter().map(|&v| v.max(0) as u8).collect(),
                name,
            }
        };
        ensure!(
            scan.image.voxels.len() == scan.readers.len(),
            "image and marks of {} differ in size",
            scan.name
        );
        Ok(scan)
    }

    fn from_png(path: &Path, name: &str, pixel_mm: Option<f32>) -> Result<Self> {
        let folder = path.parent().context("a file without a folder")?;
        let spacing = pixel_mm.map(|edge| PixelSpacing {
            row_mm: edge,
            col_mm: edge,
        });
        let slice = crops::read_full_slice(folder, name, name, pixel_mm.unwrap_or(1.0))?;
        let readers = slice.label.iter().map(|&label| match label {
            TARGET => 2,
            DOUBTFUL => 1,
            _ => 0,
        });
        Ok(Self {
            readers: readers.collect(),
            image: Volume {
                rows: slice.rows,
                cols: slice.columns,
                voxels: slice.hu,
                intensity: Intensity::Hounsfield,
                spacing,
                slice_spacing_mm: None,
                patient_from_voxel: None,
                format: "PNG".to_owned(),
                notes: Vec::new(),
            },
            name: name.to_owned(),
        })
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
