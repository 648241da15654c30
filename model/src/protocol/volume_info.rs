//! What the page knows of an open scan; the values stay in the worker.

use serde::{Deserialize, Serialize};

use crate::volume::{Intensity, PixelSpacing};

/// What was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeInfo {
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub cols: usize,
    /// Number of slices.
    pub slices: usize,
    /// Meaning of values.
    pub intensity: Intensity,
    /// Pixel spacing.
    pub spacing: Option<PixelSpacing>,
    /// Slice spacing in mm.
    pub slice_spacing_mm: Option<f32>,
    /// Whether planes across the slices show what is there as it is, see [`Volume::is_stack`](crate::volume::Volume::is_stack).
    pub is_stack: bool,
    /// Where each slice lies from feet to head, mm; empty if the file does not say so.
    pub slice_positions_mm: Vec<f32>,
    /// Whether it is a DICOM series that a DICOM file about the result can refer to.
    pub has_series: bool,
    /// Whose it is, as the file says, in lines; empty where it says nothing. Only of such a series.
    pub identity: String,
    /// Format in words.
    pub format: String,
    /// What the user should know.
    pub notes: Vec<String>,
}
