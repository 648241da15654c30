//! Distances between the boundaries of two masks.
//!
//! Definitions of the Python package `medpy` (`medpy.metric.binary.hd95`, `assd`); a boundary is
//! [`Mask::rim`].

use super::UNKNOWN_SPACING;
use super::distance::squared_distance_mm2;
use crate::mask::Mask;
use crate::order;
use crate::volume::PixelSpacing;

/// How far two boundaries lie apart, in mm (at 0.75 mm a pixel where the spacing is unknown).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurfaceDistance {
    /// 95th percentile of the distances in both directions.
    pub hd95_mm: f32,
    /// Average symmetric surface distance: mean of the two directions' means.
    pub assd_mm: f32,
}

/// Compares two masks of equal size; `None` if their sizes differ or one is empty.
pub fn surface_distance(
    prediction: &Mask,
    reference: &Mask,
    spacing: Option<PixelSpacing>,
) -> Option<SurfaceDistance> {
    if (prediction.rows, prediction.cols) != (reference.rows, reference.cols) {
        return None;
    }
    let spacing = spacing.unwrap_or(UNKNOWN_SPACING);
    let (a, b) = (prediction.rim(), reference.rim());
    let forth = distances(&a, &b, spacing);
    let back = distances(&b, &a, spacing);
    let mean = |distances: &[f32]| {
        let sum: f64 = distances.iter().map(|&d| f64::from(d)).sum();
        (!distances.is_empty()).then(|| sum / distances.len() as f64)
    };
    let assd_mm = f64::midpoint(mean(&forth)?, mean(&back)?) as f32;
    let mut all = forth;
    all.extend(back);
    order::sort_by(&mut all, f32::total_cmp);
    Some(SurfaceDistance {
        hd95_mm: percentile(&all, 0.95)?,
        assd_mm,
    })
}

/// Distance in mm from each set pixel of `from` to the nearest of `to`.
fn distances(from: &Mask, to: &Mask, spacing: PixelSpacing) -> Vec<f32> {
    let squared = squared_distance_mm2(to, spacing);
    let set = from.pixels.iter().zip(squared).filter(|(p, _)| **p != 0);
    set.map(|(_, d)| d.sqrt())
        .filter(|d| d.is_finite())
        .collect()
}

/// Percentile (0…1) of sorted values, interpolated linearly between ranks; `None` of none.
pub fn percentile(sorted: &[f32], share: f64) -> Option<f32> {
    let rank = share * sorted.len().checked_sub(1)? as f64;
    let low = *sorted.get(rank.floor() as usize)?;
    let high = *sorted.get(rank.ceil() as usize)?;
    Some(low + (high - low) * rank.fract() as f32)
}
