//! Files of one grid of numbers: NIfTI, NRRD and `MetaImage`.
//!
//! Each format reads its header; the voxels are read here, straight into canonical order, without
//! the copies of the volume that typed arrays would cost.

mod apart;
mod header;
mod labels;
mod meta_image;
mod nifti;
mod nrrd;
mod packed;
mod stored;
mod text;

pub(super) use apart::join_all;
pub use apart::{join, voxels_among};
pub use labels::{Labels, open_labels, open_labels_on};
pub(super) use meta_image::is_meta_image;
pub(super) use nifti::{is_nifti, is_nifti_header};
pub(super) use nrrd::is_nrrd;

use super::NamedFile;
use super::error::{OpenError, Result};
use super::intensity::{
    NO_AIR, SURELY_HOUNSFIELD, grey, grey_up_to_brightest, hounsfield, stretched,
};
use super::limit;
use super::orient::Reorder;
use crate::mask::Mask;
use crate::vector::{Affine, column, cross, dot, norm};
use crate::volume::{FileGrid, Intensity, PixelSpacing, Volume};
use packed::{LIMITED, UNLIMITED};
use stored::Grid;

/// Values that lie closer together have been scaled to something like 0…1, and would all be the
/// same whole numbers.
const NARROW: f64 = 32.0;

/// Grey levels above this do not fit a volume.
const WIDE: f64 = i16::MAX as f64;

/// Opens a file as a volume.
pub(super) fn open(
    files: Vec<NamedFile>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Volume> {
    scan(&Grid::read::<LIMITED>(only(files)?)?, progress)
}

/// The same whatever memory it takes.
pub(super) fn open_large(file: Vec<u8>) -> Result<Volume> {
    scan(&Grid::read::<UNLIMITED>(file)?, &mut |_, _| {})
}

/// The values of a file, and whatever else it says, as a volume.
fn scan(grid: &Grid, progress: &mut dyn FnMut(usize, usize)) -> Result<Volume> {
    progress(1, 2);
    let reorder = Reorder::to_canonical(&grid.place.patient_from_voxel)?;
    let [cols, rows, slices] = reorder.size(grid.size).map(|n| n as u64);
    let count = limit::check_grid(rows, cols, slices)?;
    let (mut low, mut high, mut finite) = (f64::INFINITY, f64::NEG_INFINITY, 0);
    for value in (0..count).map(|index| grid.value(index)) {
        if value.is_finite() {
            (low, high, finite) = (low.min(value), high.max(value), finite + 1);
        }
    }
    let is_hounsfield = low < SURELY_HOUNSFIELD.into();
    let is_stretched = high > low && (high - low < NARROW || high > WIDE);
    let voxels = canonical(grid, reorder, |value| {
        // Infinite ones must not be what greys go up to.
        let value = if value > high { high } else { value };
        match (is_hounsfield, is_stretched) {
            (true, _) => hounsfield(value),
            (false, true) => stretched(value, low, high),
            (false, false) => grey(value),
        }
    })?;
    progress(2, 2);
    Ok(Volume {
        notes: notes(grid, is_hounsfield, finite == count),
        ..volume(grid, reorder, voxels, is_hounsfield)
    })
}

/// Values in canonical order as a volume, without notes.
fn volume(grid: &Grid, reorder: Reorder, voxels: Vec<i16>, is_hounsfield: bool) -> Volume {
    let [cols, rows, slices] = reorder.size(grid.size);
    let affine = reorder.affine(grid.size, &grid.place.patient_from_voxel);
    let [along_cols, along_rows, step] = [0, 1, 2].map(|axis| column(&affine, axis));
    let normal = cross(along_cols, along_rows);
    let [_, distances @ ..] = grid.place.space.pixdim;
    let said = distances.get(reorder.axis[2]).copied().unwrap_or(0.0);
    let has_slice_spacing = slices > 1 || said.abs() > 0.0;
    Volume {
        rows,
        cols,
        intensity: if is_hounsfield {
            Intensity::Hounsfield
        } else {
            grey_up_to_brightest(&voxels)
        },
        voxels,
        spacing: grid.place.has_spacing.then_some(PixelSpacing {
            row_mm: norm(along_rows) as f32,
            col_mm: norm(along_cols) as f32,
        }),
        is_calibrated: false,
        slice_spacing_mm: (grid.place.has_spacing && has_slice_spacing)
            .then_some((dot(step, normal).abs() / norm(normal)) as f32),
        slice_thickness_mm: None,
        patient_from_voxel: grid.place.is_oriented.then_some(affine),
        is_oriented: grid.place.is_oriented,
        instance_numbers: Vec::new(),
        slice_positions_mm: (0..slices)
            .filter(|_| grid.place.is_oriented)
            .map(|slice| (affine[2][3] + affine[2][2] * slice as f64) as f32)
            .collect(),
        file_grid: Some(FileGrid {
            size: grid.size,
            axis: reorder.axis,
            flip: reorder.flip,
            space: grid.place.space,
        }),
        dicom: None,
        format: grid.format.to_owned(),
        notes: Vec::new(),
    }
}

/// What the reader should know of a file, and of how its values were taken.
fn notes(grid: &Grid, is_hounsfield: bool, is_finite: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let mut note = |text: &str| notes.push(text.to_owned());
    if !grid.place.is_oriented {
        note("The file does not say which way the patient lies: left and right may be swapped.");
    }
    if !grid.place.has_spacing {
        note("The file gives no pixel spacing: sizes are in pixels until you calibrate them.");
    }
    if !is_hounsfield {
        note(NO_AIR);
    }
    if !is_finite {
        note(
            "Some values are infinite or no numbers; they are taken as the brightest or the darkest.",
        );
    }
    notes
}

/// Opens a file as masks, one a canonical slice: voxels of at least 1 are set.
pub(super) fn open_masks(files: Vec<NamedFile>) -> Result<Masks> {
    let grid = Grid::read::<LIMITED>(only(files)?)?;
    let reorder = Reorder::to_canonical(&grid.place.patient_from_voxel)?;
    let [cols, rows, slices] = reorder.size(grid.size);
    limit::check_grid(rows as u64, cols as u64, slices as u64)?;
    let pixels = canonical(&grid, reorder, |value| u8::from(value >= 1.0))?;
    let masks = pixels
        .chunks_exact(rows * cols)
        .filter_map(|slice| Mask::from_bytes(rows, cols, slice));
    let affine = reorder.affine(grid.size, &grid.place.patient_from_voxel);
    Ok(Masks {
        size: [cols, rows, slices],
        slices: masks.collect(),
        patient_from_voxel: grid.place.is_oriented.then_some(affine),
    })
}

/// The masks of a file, in canonical order.
pub(super) struct Masks {
    /// Columns, rows and slices.
    pub(super) size: [usize; 3],
    /// One a slice.
    pub(super) slices: Vec<Mask>,
    /// Where their voxels lie, if the file says so.
    pub(super) patient_from_voxel: Option<Affine>,
}

/// What the voxels mean, in canonical order.
fn canonical<T>(grid: &Grid, reorder: Reorder, meaning: impl Fn(f64) -> T) -> Result<Vec<T>> {
    let mut all = Vec::new();
    limit::reserve(&mut all, grid.size.iter().product())?;
    let indices = reorder.indices(grid.size);
    all.extend(indices.map(|index| meaning(grid.value(index))));
    Ok(all)
}

fn only(files: Vec<NamedFile>) -> Result<Vec<u8>> {
    let count = files.len();
    match <[NamedFile; 1]>::try_from(files) {
        Ok([file]) => Ok(file.bytes),
        Err(_) => Err(OpenError::Several {
            format: "NIfTI, NRRD or MetaImage",
            count,
        }),
    }
}
