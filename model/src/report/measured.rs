//! A line that the reader measured by hand, as the files have it.

use serde::Serialize;

use crate::calliper::Calliper;
use crate::volume::PixelSpacing;

/// One line. Its ends are counted from pixel centres, as those of findings are; the viewer counts
/// from the corner of the image.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    pub(super) slice: usize,
    /// One end as (row, col).
    pub(super) from: (f32, f32),
    /// The other end as (row, col).
    pub(super) to: (f32, f32),
    /// `None`: spacing unknown.
    pub(super) length_mm: Option<f32>,
    pub(super) length_px: f32,
}

impl Measured {
    pub(super) fn new(line: &Calliper, spacing: Option<PixelSpacing>) -> Self {
        let centred = |(row, col): (f64, f64)| ((row - 0.5) as f32, (col - 0.5) as f32);
        Self {
            slice: line.slice,
            from: centred(line.from),
            to: centred(line.to),
            length_mm: spacing.map(|it| line.length_mm(it) as f32),
            length_px: line.length_px() as f32,
        }
    }

    /// Its middle as (row, col).
    pub(super) fn centre(&self) -> (f32, f32) {
        (
            f32::midpoint(self.from.0, self.to.0),
            f32::midpoint(self.from.1, self.to.1),
        )
    }
}
