//! What the reader measured by hand, as the files have it: lines, some with a second axis, and
//! ellipses with the values that they enclose.

use serde::Serialize;

use crate::calliper::{Axis, Calliper, Enclosed};
use crate::volume::PixelSpacing;

/// One line; of two axes, the longer one. Its ends are counted from pixel centres, as those of
/// findings are; the viewer counts from the corner of the image.
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
    /// Where there are two: the shorter one, at a right angle.
    #[serde(skip_serializing_if = "Option::is_none")]
    short_axis: Option<ShortAxis>,
}

/// The shorter of two axes.
#[derive(Debug, Serialize)]
struct ShortAxis {
    from: (f32, f32),
    to: (f32, f32),
    length_mm: Option<f32>,
    length_px: f32,
    /// Of both.
    mean_diameter_mm: Option<f32>,
}

impl Measured {
    pub(super) fn new(line: &Calliper, spacing: Option<PixelSpacing>) -> Self {
        let (long, short) = line.axes(spacing);
        let length_mm = mm(long, spacing);
        let short_axis = short.map(|short| ShortAxis {
            from: centred(short.from),
            to: centred(short.to),
            length_mm: mm(short, spacing),
            length_px: px(short),
            mean_diameter_mm: mean(length_mm, mm(short, spacing)),
        });
        Self {
            slice: line.slice,
            from: centred(long.from),
            to: centred(long.to),
            length_mm,
            length_px: px(long),
            short_axis,
        }
    }
}

/// Length in pixels.
pub(super) fn px(axis: Axis) -> f32 {
    axis.length(None) as f32
}

/// Length in mm; `None`: spacing unknown.
pub(super) fn mm(axis: Axis, spacing: Option<PixelSpacing>) -> Option<f32> {
    spacing.and(Some(axis.length(spacing) as f32))
}

/// Mean of both axes in mm, where both are known: as of findings
/// ([`crate::finding::advice::mean_diameter_mm`]).
pub(super) fn mean(long_mm: Option<f32>, short_mm: Option<f32>) -> Option<f32> {
    Some(f32::midpoint(long_mm?, short_mm?))
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
