//! Smoothing of a mask's boundary that keeps each region's area.

use super::denoise::gaussian;
use super::region::{Region, regions};
use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Standard deviation of the blur in mm: about a pixel, so that stairs vanish and
/// spicules stay.
const SIGMA_MM: f32 = 0.75;

/// Blurs each region and cuts it where its area is closest to what it was.
#[must_use]
pub fn smooth(mask: &Mask, spacing: PixelSpacing) -> Mask {
    // One width for both directions: the blur only rounds corners of a pixel's size.
    let sigma_px = SIGMA_MM / spacing.area_mm2().sqrt().max(f32::EPSILON);
    let mut out = Mask::empty(mask.rows, mask.cols);
    for region in regions(mask) {
        smooth_region(&region, mask, sigma_px, &mut out);
    }
    out
}

/// Adds the smoothed region to `out`.
fn smooth_region(region: &Region, mask: &Mask, sigma_px: f32, out: &mut Mask) {
    let margin = (4.0 * sigma_px).ceil() as usize + 1;
    let rows = region.pixels.iter().map(|i| i / mask.cols);
    let cols = region.pixels.iter().map(|i| i % mask.cols);
    let top = rows.clone().min().unwrap_or(0).saturating_sub(margin);
    let left = cols.clone().min().unwrap_or(0).saturating_sub(margin);
    let bottom = (rows.max().unwrap_or(0) + margin + 1).min(mask.rows);
    let right = (cols.max().unwrap_or(0) + margin + 1).min(mask.cols);
    let width = right - left;

    let mut tile = vec![0.0f32; (bottom - top) * width];
    for index in &region.pixels {
        let at = (index / mask.cols - top) * width + index % mask.cols - left;
        if let Some(value) = tile.get_mut(at) {
            *value = 1.0;
        }
    }
    let blurred = gaussian(&tile, bottom - top, width, sigma_px);
    let cut = cut_for_area(&blurred, region.pixels.len());
    for (i, _) in blurred.iter().enumerate().filter(|(_, v)| **v >= cut) {
        let index = (top + i / width) * mask.cols + left + i % width;
        if let Some(pixel) = out.pixels.get_mut(index) {
            *pixel = 1;
        }
    }
}

/// The value that about `area_px` pixels reach. Pixels of (nearly) equal value stay or go
/// together, so that a symmetric region remains symmetric.
fn cut_for_area(values: &[f32], area_px: usize) -> f32 {
    const LEVELS: usize = 1024;
    let level = |value: f32| ((value * LEVELS as f32) as usize).min(LEVELS - 1);
    let mut counts = [0usize; LEVELS];
    for &value in values {
        if let Some(count) = counts.get_mut(level(value)) {
            *count += 1;
        }
    }
    let mut best = (usize::MAX, LEVELS - 1);
    let mut above = 0;
    for at in (1..LEVELS).rev() {
        above += counts.get(at).copied().unwrap_or(0);
        let miss = above.abs_diff(area_px);
        if miss < best.0 {
            best = (miss, at);
        }
    }
    best.1 as f32 / LEVELS as f32
}
