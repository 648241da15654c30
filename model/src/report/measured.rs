//! What the reader measured by hand, as the files have it: lines, and ellipses with the values that
//! they enclose.

use serde::Serialize;

use crate::calliper::{Calliper, Enclosed};
use crate::volume::PixelSpacing;

/// One line. Its ends are counted from pixel centres, as those of findings are; the viewer counts
/// from the corner of the image.
#[derive(Debug, Serialize)]
pub(super) struct Measured {
    slice: usize,
    /// One end as (row, col).
    from: (f32, f32),
    /// The other end as (row, col).
    to: (f32, f32),
    /// `None`: spacing unknown.
    length_mm: Option<f32>,
    length_px: f32,
}

impl Measured {
    pub(super) fn new(line: &Calliper, spacing: Option<PixelSpacing>) -> Self {
        Self {
            slice: line.slice,
            from: centred(line.from),
            to: centred(line.to),
            length_mm: spacing.map(|it| line.length_mm(it) as f32),
            length_px: line.length_px() as f32,
        }
    }
}

/// One ellipse: two corners of its box, counted likewise, and what it encloses.
#[derive(Debug, Serialize)]
pub(super) struct Ellipse {
    slice: usize,
    /// One corner as (row, col).
    from: (f32, f32),
    /// The opposite corner as (row, col).
    to: (f32, f32),
    area_px: usize,
    /// `None`: spacing unknown.
    area_mm2: Option<f32>,
    /// `None`, as the others: no pixel is inside.
    mean_value: Option<f32>,
    /// `None`: a single pixel has none.
    sd_value: Option<f32>,
    min_value: Option<i16>,
    max_value: Option<i16>,
}

impl Ellipse {
    /// `None` of a line.
    pub(super) fn new(line: &Calliper, spacing: Option<PixelSpacing>) -> Option<Self> {
        let enclosed = line.enclosed?;
        let Enclosed {
            area_px,
            mean_value,
            sd_value,
            min_value,
            max_value,
        } = enclosed;
        let has_values = area_px > 0;
        Some(Self {
            slice: line.slice,
            from: centred(line.from),
            to: centred(line.to),
            area_px,
            area_mm2: spacing.map(|it| enclosed.area_mm2(it)),
            mean_value: has_values.then_some(mean_value),
            sd_value: sd_value.filter(|_| has_values),
            min_value: has_values.then_some(min_value),
            max_value: has_values.then_some(max_value),
        })
    }
}

/// A place of the viewer, counted from pixel centres.
pub(super) fn centred((row, col): (f64, f64)) -> (f32, f32) {
    ((row - 0.5) as f32, (col - 0.5) as f32)
}
