//! Files whose numbers stand for something else than greys: marks, labels, shares.

use super::super::error::{OpenError, Result};
use super::super::limit;
use super::super::orient::Reorder;
use super::canonical;
use super::packed::UNLIMITED;
use super::stored::Grid;
use crate::vector::{Affine, column, norm};
use crate::volume::{FileGrid, is_possible_mm};

/// Numbers as they are in the file, scaled as it says, in the order of a
/// [`Volume`](crate::volume::Volume).
#[derive(Debug, Clone)]
pub struct Labels {
    /// Columns, rows, slices.
    pub size: [usize; 3],
    /// Patient coordinates (LPS, mm) of voxel (col, row, slice, 1); `None` where the file does not
    /// say them, or where they cannot be those of a CT, as for images.
    pub patient_from_voxel: Option<Affine>,
    /// Row by row, slice after slice.
    pub values: Vec<f32>,
}

/// Opens a NIfTI, NRRD or `MetaImage` file as labels, whatever memory it takes: programs write marks as
/// numbers of up to eight bytes, of which nearly all are 0.
///
/// # Errors
/// It is none, ends too early, or has more voxels than a volume may have.
pub fn open_labels(file: Vec<u8>) -> Result<Labels, OpenError> {
    let grid = Grid::read::<UNLIMITED>(file)?;
    let reorder = Reorder::to_canonical(&grid.place.patient_from_voxel)?;
    labels(&grid, reorder)
}

/// The same where the labels are those of the voxels of another file in the order that both are
/// stored in, wherever their own file says that they lie.
///
/// # Errors
/// As for [`open_labels`].
pub fn open_labels_on(file: Vec<u8>, other: &FileGrid) -> Result<Labels, OpenError> {
    let reorder = Reorder {
        axis: other.axis,
        flip: other.flip,
    };
    labels(&Grid::read::<UNLIMITED>(file)?, reorder)
}

fn labels(grid: &Grid, reorder: Reorder) -> Result<Labels, OpenError> {
    let size = reorder.size(grid.size);
    let [cols, rows, slices] = size.map(|n| n as u64);
    limit::check_grid(rows, cols, slices)?;
    let affine = reorder.affine(grid.size, &grid.place.patient_from_voxel);
    let is_placed = grid.place.is_oriented
        && [0, 1]
            .map(|axis| norm(column(&affine, axis)) as f32)
            .into_iter()
            .all(is_possible_mm);
    Ok(Labels {
        size,
        patient_from_voxel: is_placed.then_some(affine),
        values: canonical(grid, reorder, |value| value as f32)?,
    })
}
