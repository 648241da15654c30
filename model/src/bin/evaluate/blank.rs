//! A scan without anything in it, for tests.

use model::volume::{Intensity, Volume};

/// So many slices of HU 0, of which nothing else is known.
pub(crate) fn blank(slices: usize, rows: usize, cols: usize) -> Volume {
    let voxels = vec![0; slices * rows * cols];
    Volume::without_place((rows, cols), voxels, Intensity::Hounsfield)
}
