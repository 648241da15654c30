//! A scan without anything in it, for tests.

use model::volume::{Intensity, Volume};

/// So many slices of HU 0, of which nothing else is known.
pub(crate) fn blank(slices: usize, rows: usize, cols: usize) -> Volume {
    Volume {
        rows,
        cols,
        voxels: vec![0; slices * rows * cols],
        intensity: Intensity::Hounsfield,
        spacing: None,
        slice_spacing_mm: None,
        slice_thickness_mm: None,
        slice_positions_mm: Vec::new(),
        patient_from_voxel: None,
        file_grid: None,
        dicom: None,
        format: String::new(),
        notes: Vec::new(),
    }
}
