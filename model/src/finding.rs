//! What the analysis says about one spot, and what usually follows from its size.

pub mod advice;
mod rejected;

use serde::{Deserialize, Serialize};

pub use rejected::Rejected;

/// A straight line between two pixel centres of a slice (row, column; fractions allowed).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// One end as (row, col).
    pub from: (f32, f32),
    /// The other end as (row, col).
    pub to: (f32, f32),
}

/// One connected tumour region on one slice, measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Slice it lies on.
    pub slice: usize,
    /// Number of the lesion it belongs to across slices, from 1.
    pub lesion: usize,
    /// Pixels.
    pub area_px: usize,
    /// mm², where spacing is known.
    pub area_mm2: Option<f32>,
    /// Longest diameter: mm where spacing is known, else pixels.
    pub longest: Segment,
    /// Length of `longest` in mm (`None`: spacing unknown).
    pub longest_mm: Option<f32>,
    /// Length of `longest` in pixels.
    pub longest_px: f32,
    /// Longest chord perpendicular to `longest`.
    pub perpendicular: Segment,
    /// Length of `perpendicular` in mm.
    pub perpendicular_mm: Option<f32>,
    /// Length of `perpendicular` in pixels.
    pub perpendicular_px: f32,
    /// Mean value inside: HU for CT, grey level otherwise.
    pub mean_value: f32,
    /// Mean tumour probability inside, 0…1.
    pub confidence: f32,
    /// Centre as (row, col).
    pub centre: (f32, f32),
}

/// One lesion over all its slices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesion {
    /// Number, from 1, largest first.
    pub number: usize,
    /// First and last slice.
    pub slices: (usize, usize),
    /// Slice with the largest area.
    pub key_slice: usize,
    /// Volume in mL, where all spacings are known and the slices before and after were analysed, too.
    pub volume_ml: Option<f32>,
    /// Largest longest diameter over its slices, mm.
    pub longest_mm: Option<f32>,
    /// Mean probability over all its pixels.
    pub confidence: f32,
}
