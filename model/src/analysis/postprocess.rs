//! From probabilities to the final mask (paper §V.D).

use super::UNKNOWN_SPACING;
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
fn level(probability: f32) -> u8 {
    (probability.clamp(0.0, 1.0) * 255.0).ceil() as u8
}

/// Area in mm² from which a region need not be certain anywhere: a disk of 5 mm. Most vessels that
/// are taken for nodules are smaller; and large tumours are often marked less surely than small
/// nodules, so that they would be lost.
const SMALL_MM2: f32 = 20.0;

/// Area in mm² at which a region between two other slices needs the least peak itself; a larger
/// one needs less, a smaller one more.
const USUAL_MM2: f32 = 10.0;
/// Odds that the slices beside speak for at least: they cannot rule out a large mass, of which the
/// lung field may leave out a part there.
const LEAST_ODDS: f32 = 0.1;

/// The final mask: opening, closing, hole filling, removal of regions that are too small, lie
/// mostly outside the lung field or are not probable enough, smoothing of the boundary.
///
/// Not probable enough is, on a slice of which nothing else is known, a small region that
/// nowhere reaches the least peak. Between two known slices it is one of any size, if the odds of
/// its peak, those of the peak in its place on the slices beside, and its size say so together:
/// vessels and noise that are taken for a nodule are mostly gone a slice further, and nodules
/// are not.
///
/// Where the spacing is unknown, lengths and areas are taken at 0.75 mm a pixel. `probability`
/// (0…255) is asked for only where the settings have a least peak.
///
/// # Arguments
/// * `beside`: probabilities of the slices before and after, on the same grid; empty where
///   they are not known.
pub fn final_mask(
    raw: &Mask,
    probability: &[u8],
    beside: &[&[u8]],
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
    let pixels_of = |mm2: f32| (mm2 / spacing.area_mm2() - 1e-3).ceil().max(0.0) as usize;
    let (least_px, small_px) = (pixels_of(settings.min_area_mm2), pixels_of(SMALL_MM2));
    let least_peak = level(settings.least_peak);
    let is_probable = |region: &Region| {
        let own = peak(region, probability);
        let others = beside.iter().map(|plane| peak(region, plane)).max();
        match others {
            _ if least_peak == 0 => true,
            None => region.pixels.len() >= small_px || own >= least_peak,
            Some(others) => {
                let size = region.pixels.len() as f32 * spacing.area_mm2() / USUAL_MM2;
                let together = odds(own) * odds(others).max(LEAST_ODDS);
                together * size * size >= odds(least_peak) * odds(least_peak)
            }
        }
    };
    let kept = keep(&filled, |region| {
        region.pixels.len() >= least_px
            && is_probable(region)
            && field.is_none_or(|field| 2 * region.pixels_in(field) >= region.pixels.len())
    });
    if !settings.smooth {
        return kept;
    }
    let smoothed = smooth(&kept, spacing);
    match field {
        Some(field) => intersection(&smoothed, field),
        None => smoothed,
    }
}

/// The highest probability in a region.
fn peak(region: &Region, probability: &[u8]) -> u8 {
    let inside = region.pixels.iter().filter_map(|&i| probability.get(i));
    inside.copied().max().unwrap_or(0)
}

/// Odds of a probability of 0…255, half a step away from certainty at either end.
fn odds(probability: u8) -> f32 {
    let steps = f32::from(probability);
    (steps + 0.5) / (255.5 - steps)
}

/// The regions that are `wanted`.
fn keep(mask: &Mask, wanted: impl Fn(&Region) -> bool) -> Mask {
    let mut kept = Mask::empty(mask.rows, mask.cols);
    for region in regions(mask).into_iter().filter(wanted) {
        for index in region.pixels {
            if let Some(pixel) = kept.pixels.get_mut(index) {
                *pixel = 1;
            }
        }
    }
    kept
}
