//! A straight line over a slice.

use super::crossing::scale;
use crate::volume::PixelSpacing;

/// From one point to another, both as (row, col) in the viewer's image space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// One end.
    pub from: (f64, f64),
    /// The other end.
    pub to: (f64, f64),
}

impl Axis {
    /// Its middle.
    pub fn middle(&self) -> (f64, f64) {
        (
            f64::midpoint(self.from.0, self.to.0),
            f64::midpoint(self.from.1, self.to.1),
        )
    }

    /// Its length in mm, in pixels without their spacing.
    pub fn length(&self, spacing: Option<PixelSpacing>) -> f64 {
        let (height, width) = scale(spacing);
        let (rows, cols) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        (rows * height).hypot(cols * width)
    }
}
