//! From probabilities to the final mask (paper §V.D).

use super::UNKNOWN_SPACING;
use super::evidence::{Beside, Evidence};
use super::morphology::{close, fill_holes, intersection, open};
use super::region::{Region, regions};
use super::smooth::smooth;
use crate::mask::Mask;
use crate::settings::Postprocess;
use crate::volume::PixelSpacing;

/// Pixels whose probability (0…255 for 0…1) is at least `threshold` (0…1).
///
/// A probability of 0 is never a tumour, whatever the threshold: it also marks what lies
/// outside the lung field.
pub fn raw_mask(probability: &[u8], rows: usize, cols: usize, threshold: f32) -> Mask {
    let least = level(threshold).max(1);
    let mut mask = Mask::empty(rows, cols);
    for (pixel, &p) in mask.pixels.iter_mut().zip(probability) {
        *pixel = u8::from(p >= least);
    }
    mask
}

/// The lowest of the values 0…255 that stands for at least this probability.
pub(super) fn level(probability: f32) -> u8 {
    (probability.clamp(0.0, 1.0) * 255.0).ceil() as u8
}

/// Share of the threshold from which pixels continue a region of a slice beside.
const FAINT: f32 = 0.2;

/// Half the width in mm from which a part that both slices beside show was missed: outlines of one
/// lesion vary by less from slice to slice.
const MISSED_MM: f32 = 2.5;

/// The final mask: opening, closing, hole filling, removal of regions that are too small, lie
/// mostly outside the lung field or are not probable enough, smoothing of the boundary.
///
/// A region that continues one of a slice beside is kept in any case, and even where it is faint.
/// What both slices beside show there goes with what is kept: inside a mass, which looks like the
/// chest wall, the network misses parts of single slices.
///
/// Where the spacing is unknown, lengths and areas are taken at 0.75 mm a pixel. `probability`
/// (0…255) is asked for only where the settings have a least peak, or the slices beside something
/// firm.
pub fn final_mask(
    raw: &Mask,
    probability: &[u8],
    beside: &Beside<'_>,
    field: Option<&Mask>,
    spacing: Option<PixelSpacing>,
    settings: &Postprocess,
) -> Mask {
    if raw.area_px() == 0 && beside.firm.is_empty() {
        return raw.clone();
    }
    let spacing = spacing.unwrap_or(UNKNOWN_SPACING);
    let field = field.filter(|f| (f.rows, f.cols) == (raw.rows, raw.cols));
    let opened = open(raw, settings.opening_mm, spacing);
    let closed = close(&opened, settings.closing_mm, spacing);
    let filled = if settings.fill_holes {
        fill_holes(&closed, usize::MAX)
    } else {
        closed
    };
    let pixel_mm2 = spacing.area_mm2();
    let is_in_place = |region: &Region| {
        region.pixels.len() as f32 >= settings.min_area_mm2 / pixel_mm2 - 1e-3
            && field.is_none_or(|field| 2 * region.pixels_in(field) >= region.pixels.len())
    };
    let evidence = Evidence {
        probability,
        beside,
        pixel_mm2,
        least_peak: settings.least_peak,
    };
    let mut kept = Mask::empty(raw.rows, raw.cols);
    for region in regions(&filled) {
        if is_in_place(&region) && (evidence.is_probable(&region) || evidence.continues(&region)) {
            kept.set(&region.pixels, 1);
        }
    }
    if !beside.firm.is_empty() {
        let faint = raw_mask(probability, raw.rows, raw.cols, FAINT * settings.threshold);
        for region in regions(&faint) {
            let is_new = region.pixels_in(raw) == 0;
            if is_new && is_in_place(&region) && evidence.continues(&region) {
                kept.set(&region.pixels, 1);
            }
        }
    }
    let missed = missed_between(&kept, field, beside, spacing);
    kept.set(&missed, 1);
    let bounded = if settings.smooth {
        smooth(&kept, spacing)
    } else {
        kept
    };
    // Closing, filling and smoothing add pixels on the other side of the pleura, too.
    match field {
        Some(field) => within(&bounded, field, &missed, probability),
        None => bounded,
    }
}

/// What of a mask lies in the lung field. Where it was `missed`, it was left out of the lung, too.
fn within(bounded: &Mask, field: &Mask, missed: &[usize], probability: &[u8]) -> Mask {
    let mut field = field.clone();
    field.set(missed, 1);
    let mut within = intersection(bounded, &field);
    if !missed.is_empty() {
        // A part of which the network saw nothing would count as drawn by the reader.
        let is_seen = |at: &usize| probability.get(*at) > Some(&0);
        for region in regions(&within) {
            if !region.pixels.iter().any(is_seen) {
                within.set(&region.pixels, 0);
            }
        }
    }
    within
}

/// Pixels that both slices beside show and this one does not, in parts that touch what is kept
/// inside the field.
fn missed_between(
    kept: &Mask,
    field: Option<&Mask>,
    beside: &Beside<'_>,
    spacing: PixelSpacing,
) -> Vec<usize> {
    let Some(mut missed) = beside.between() else {
        return Vec::new();
    };
    for (pixel, kept) in missed.pixels.iter_mut().zip(&kept.pixels) {
        *pixel &= 1 - kept;
    }
    let missed = open(&missed, MISSED_MM, spacing);
    // What is kept outside the field goes in the end.
    let kept = &field.map_or_else(|| kept.clone(), |field| intersection(kept, field));
    let mut whole = missed.clone();
    for (pixel, kept) in whole.pixels.iter_mut().zip(&kept.pixels) {
        *pixel |= kept;
    }
    let touching = regions(&whole).into_iter();
    let touching = touching.filter(|region| region.pixels_in(kept) > 0);
    let pixels = touching.flat_map(|region| region.pixels);
    pixels
        .filter(|&at| missed.pixels.get(at) == Some(&1))
        .collect()
}
