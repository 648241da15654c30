//! From probabilities to the final mask (paper §V.D).

use super::component::{Components, Connectivity};
use super::morphology::{close, fill_holes, intersection, open};
use super::smooth::smooth;
use super::{UNKNOWN_SPACING, region};
use crate::mask::Mask;
use crate::settings::Postprocess;
use crate::volume::PixelSpacing;

/// Pixels whose probability (0…255 for 0…1) is at least `threshold` (0…1).
///
/// A probability of 0 is never a tumour, whatever the threshold: it also marks what lies
/// outside the lung field.
pub fn raw_mask(probability: &[u8], rows: usize, cols: usize, threshold: f32) -> Mask {
    let least = (threshold.clamp(0.0, 1.0) * 255.0).ceil().max(1.0) as u8;
    let mut mask = Mask::empty(rows, cols);
    for (pixel, &p) in mask.pixels.iter_mut().zip(probability) {
        *pixel = u8::from(p >= least);
    }
    mask
}

/// The final mask: opening, closing, hole filling, removal of regions that are too small
/// or lie mostly outside the lung field, smoothing of the boundary.
///
/// Where the spacing is unknown, lengths and areas are taken at 0.75 mm a pixel.
pub fn final_mask(
    raw: &Mask,
    field: Option<&Mask>,
    spacing: Option<PixelSpacing>,
    settings: &Postprocess,
) -> Mask {
    let spacing = spacing.unwrap_or(UNKNOWN_SPACING);
    let field = field.filter(|f| (f.rows, f.cols) == (raw.rows, raw.cols));
    let opened = open(raw, settings.opening_mm, spacing);
    let closed = close(&opened, settings.closing_mm, spacing);
    let filled = if settings.fill_holes {
        fill_holes(&closed, usize::MAX)
    } else {
        closed
    };
    let inside = match field {
        Some(field) => mostly_inside(&filled, field),
        None => filled,
    };
    let least_px = (settings.min_area_mm2 / spacing.area_mm2() - 1e-3)
        .ceil()
        .max(0.0) as usize;
    let large = Components::of(&inside, Connectivity::Eight).keep(|part| part.area_px >= least_px);
    if !settings.smooth {
        return large;
    }
    let smoothed = smooth(&large, spacing);
    match field {
        Some(field) => intersection(&smoothed, field),
        None => smoothed,
    }
}

/// The regions with at least half their pixels in the field.
fn mostly_inside(mask: &Mask, field: &Mask) -> Mask {
    let mut kept = Mask::empty(mask.rows, mask.cols);
    for region in region::regions(mask) {
        let is_inside = |&&index: &&usize| field.pixels.get(index).is_some_and(|&p| p != 0);
        if 2 * region.pixels.iter().filter(is_inside).count() < region.pixels.len() {
            continue;
        }
        for index in region.pixels {
            if let Some(pixel) = kept.pixels.get_mut(index) {
                *pixel = 1;
            }
        }
    }
    kept
}
