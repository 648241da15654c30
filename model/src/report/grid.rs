//! The grid that places of findings are on.

use serde::Serialize;

use crate::saved::Saved;
use crate::volume::{Intensity, PixelSpacing, Volume};

/// The grid that places of findings are on. Slices go from feet to head, rows from front to back,
/// columns to the patient's left, whatever the file's own order is, if it is oriented.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grid<'a> {
    rows: usize,
    columns: usize,
    slices: usize,
    pub(super) intensity: Intensity,
    pub(super) pixel_spacing: Option<PixelSpacing>,
    /// Whether the pixel spacing, and with it every size in mm, is the reader's calibration.
    is_calibrated_by_reader: bool,
    slice_spacing_mm: Option<f32>,
    /// Whether it is known how the patient lies.
    is_oriented: bool,
    /// Three rows of the matrix that takes (column, row, slice, 1) to patient coordinates (LPS,
    /// mm).
    patient_from_voxel: Option<[[f64; 4]; 3]>,
    slice_positions_mm: &'a [f32],
    /// Number of each slice's image in its DICOM series; empty where it is not known.
    instance_numbers: &'a [usize],
}

impl<'a> From<&'a Volume> for Grid<'a> {
    fn from(volume: &'a Volume) -> Self {
        Self {
            rows: volume.rows,
            columns: volume.cols,
            slices: volume.slices(),
            intensity: volume.intensity,
            pixel_spacing: volume.spacing,
            is_calibrated_by_reader: volume.is_calibrated,
            slice_spacing_mm: volume.slice_spacing_mm,
            is_oriented: volume.is_oriented,
            patient_from_voxel: volume.patient_from_voxel,
            slice_positions_mm: &volume.slice_positions_mm,
            instance_numbers: &volume.instance_numbers,
        }
    }
}

impl<'a> From<&'a Saved> for Grid<'a> {
    /// Where the patient lay is not saved.
    fn from(saved: &'a Saved) -> Self {
        Self {
            rows: saved.rows,
            columns: saved.cols,
            slices: saved.scan_slices,
            intensity: saved.intensity,
            pixel_spacing: saved.spacing,
            is_calibrated_by_reader: saved.is_calibrated,
            slice_spacing_mm: saved.slice_spacing_mm,
            is_oriented: saved.is_oriented(),
            patient_from_voxel: None,
            slice_positions_mm: &[],
            instance_numbers: &saved.instance_numbers,
        }
    }
}

impl Grid<'_> {
    /// The number of a slice's image in its series, where that is known.
    pub(super) fn instance_number(&self, slice: usize) -> Option<usize> {
        self.instance_numbers.get(slice).copied()
    }

    /// Who says how large pixels are: `file` or `reader`; empty where nobody does.
    pub(super) fn sizes_by(&self) -> &'static str {
        match self.pixel_spacing {
            Some(_) if self.is_calibrated_by_reader => "reader",
            Some(_) => "file",
            None => "",
        }
    }

    /// Patient coordinates (LPS, mm) of the centre of a finding on a slice, given as (row, column).
    /// Slices need not be evenly spaced: each is as far from the first one as their positions say.
    /// These are of the file's first pixels, which need not be the volume's.
    pub(super) fn place(&self, slice: usize, centre: (f32, f32)) -> [Option<f32>; 3] {
        let (row, column) = (f64::from(centre.0), f64::from(centre.1));
        let positions = self.slice_positions_mm;
        let position = positions.get(slice);
        let Some(matrix) = &self.patient_from_voxel else {
            return [None, None, position.copied()];
        };
        let [_, _, [_, _, step_mm, _]] = matrix;
        let steps = match (positions.first(), position) {
            (Some(first), Some(own)) if step_mm.abs() > 0.0 => {
                (f64::from(*own) - f64::from(*first)) / step_mm
            }
            _ => slice as f64,
        };
        matrix.map(|[a, b, c, origin]| Some((a * column + b * row + c * steps + origin) as f32))
    }
}
