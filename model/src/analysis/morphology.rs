//! Morphology with a disk measured in millimetres, and hole filling.
//!
//! Hand-written because imageproc offers squares and diamonds, or a slow general
//! structuring element; by way of the distance transform a disk of any radius costs
//! the same, and it is round in the patient even where pixels are not square.
//!
//! Pixels beyond the image count neither as set nor as unset, so closing never removes
//! and opening never adds a pixel (scikit-image's `mode="ignore"`).

use super::component::{Components, Connectivity};
use super::distance::squared_distance_mm2;
use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Slack for radii that are exact multiples of a pixel, which `f32` may round up.
const ROUNDING: f32 = 1.0 + 1e-5;

/// Every pixel within `radius_mm` of a set pixel.
#[must_use]
pub fn dilate(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    let reach = radius_mm * radius_mm * ROUNDING;
    let near = squared_distance_mm2(mask, spacing);
    Mask {
        pixels: near.iter().map(|&d| u8::from(d <= reach)).collect(),
        ..*mask
    }
}

/// Every pixel farther than `radius_mm` from any unset pixel.
#[must_use]
pub fn erode(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    inverted(&dilate(&inverted(mask), radius_mm, spacing))
}

/// Removes what a disk does not fit into: specks and spurs.
#[must_use]
pub fn open(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    if radius_mm <= 0.0 {
        return mask.clone();
    }
    dilate(&erode(mask, radius_mm, spacing), radius_mm, spacing)
}

/// Fills what a disk does not fit into: gaps, notches, thin holes.
#[must_use]
pub fn close(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    if radius_mm <= 0.0 {
        return mask.clone();
    }
    erode(&dilate(mask, radius_mm, spacing), radius_mm, spacing)
}

/// Sets every unset region of at most `max_px` pixels that does not touch the image's
/// edge (4-connected, like `scipy.ndimage.binary_fill_holes`).
#[must_use]
pub fn fill_holes(mask: &Mask, max_px: usize) -> Mask {
    let outside = Components::of(&inverted(mask), Connectivity::Four);
    outside.keep_or(mask, |part| !part.touches_edge && part.area_px <= max_px)
}

/// Set and unset exchanged.
#[must_use]
pub fn inverted(mask: &Mask) -> Mask {
    Mask {
        pixels: mask.pixels.iter().map(|&p| u8::from(p == 0)).collect(),
        ..*mask
    }
}

/// Pixels set in both masks (of equal size).
#[must_use]
pub fn intersection(a: &Mask, b: &Mask) -> Mask {
    let both = a.pixels.iter().zip(&b.pixels);
    Mask {
        pixels: both.map(|(&x, &y)| u8::from(x != 0 && y != 0)).collect(),
        ..*a
    }
}
