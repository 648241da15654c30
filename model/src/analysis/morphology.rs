//! Morphology with a disk measured in millimetres, and hole filling.
//!
//! Hand-written because imageproc offers squares and diamonds, or a slow general
//! structuring element; here a disk of any radius costs the same, and it is round in the
//! patient even where pixels are not square.
//!
//! Pixels beyond the image count neither as set nor as unset, so closing never removes
//! and opening never adds a pixel (scikit-image's `mode="ignore"`).

use std::ops::Range;

use super::component::{Components, Connectivity, runs_of};
use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Slack for radii that are exact multiples of a pixel, which `f32` may round up.
const ROUNDING: f32 = 1.0 + 1e-5;

/// Every pixel within `radius_mm` of a set pixel.
#[must_use]
pub fn dilate(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    around(mask, radius_mm, spacing, |part| {
        dilate_all(part, radius_mm, spacing)
    })
}

/// Every pixel farther than `radius_mm` from any unset pixel.
#[must_use]
pub fn erode(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    around(mask, radius_mm, spacing, |part| {
        inverted(&dilate_all(&inverted(part), radius_mm, spacing))
    })
}

/// Does `work` on the part of a mask that a disk on any of its set pixels reaches; beyond it, the
/// result is unset.
fn around(
    mask: &Mask,
    radius_mm: f32,
    spacing: PixelSpacing,
    work: impl Fn(&Mask) -> Mask,
) -> Mask {
    let mut whole = Mask::empty(mask.rows, mask.cols);
    let Some((rows, cols)) = mask.bounds() else {
        return whole;
    };
    let widened = |range: Range<usize>, pixel_mm: f32, end: usize| {
        let reach = (radius_mm.max(0.0) / pixel_mm) as usize + 1;
        range.start.saturating_sub(reach)..(range.end + reach).min(end)
    };
    let rows = widened(rows, spacing.row_mm, mask.rows);
    let cols = widened(cols, spacing.col_mm, mask.cols);
    let mut pixels = Vec::with_capacity(rows.len() * cols.len());
    let lines = mask.pixels.chunks_exact(mask.cols.max(1));
    for line in lines.skip(rows.start).take(rows.len()) {
        pixels.extend_from_slice(line.get(cols.clone()).unwrap_or_default());
    }
    let part = work(&Mask {
        rows: rows.len(),
        cols: cols.len(),
        pixels,
    });
    let lines = whole.pixels.chunks_exact_mut(mask.cols.max(1));
    for (line, part) in lines
        .skip(rows.start)
        .zip(part.pixels.chunks_exact(cols.len()))
    {
        if let Some(line) = line.get_mut(cols.clone()) {
            line.copy_from_slice(part);
        }
    }
    whole
}

/// [`dilate`] over all of a mask.
///
/// A disk is a stack of rows, so a run of set pixels makes a longer one in every row that a disk
/// reaches from it. A slice's masks have a few thousand runs; the distances of `distance`, which
/// would answer the same, are of each of its quarter of a million pixels.
fn dilate_all(mask: &Mask, radius_mm: f32, spacing: PixelSpacing) -> Mask {
    let cols = mask.cols.max(1);
    let half_widths = half_widths_px(radius_mm, spacing, mask.rows);
    let lines = mask.pixels.chunks_exact(cols);
    let runs: Vec<Vec<Range<usize>>> = lines.map(|line| runs_of(line).collect()).collect();
    let mut dilated = Mask::empty(mask.rows, mask.cols);
    // How many more runs cover a column than the one before it.
    let mut change = vec![0_i32; cols + 1];
    for (row, line) in dilated.pixels.chunks_exact_mut(cols).enumerate() {
        let reach = half_widths.len();
        let first = (row + 1).saturating_sub(reach);
        let near = runs.iter().enumerate().take(row + reach).skip(first);
        change.fill(0);
        for (other, runs) in near {
            let Some(&half) = half_widths.get(row.abs_diff(other)) else {
                continue;
            };
            for run in runs {
                let wider = [
                    (run.start.saturating_sub(half), 1),
                    ((run.end + half).min(cols), -1),
                ];
                for (at, step) in wider {
                    if let Some(change) = change.get_mut(at) {
                        *change += step;
                    }
                }
            }
        }
        let mut covers = 0;
        for (pixel, change) in line.iter_mut().zip(&change) {
            covers += change;
            *pixel = u8::from(covers > 0);
        }
    }
    dilated
}

/// Half of what a disk is wide, without its middle pixel, as many rows from its centre as the
/// index says.
fn half_widths_px(radius_mm: f32, spacing: PixelSpacing, most_rows: usize) -> Vec<usize> {
    let reach = radius_mm * radius_mm * ROUNDING;
    (0..most_rows)
        .map(|rows| reach - (rows as f32 * spacing.row_mm).powi(2))
        .take_while(|&rest| rest >= 0.0)
        .map(|rest| (rest.sqrt() / spacing.col_mm) as usize)
        .collect()
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
    outside.keep_or(mask.clone(), |part| {
        !part.touches_edge && part.area_px <= max_px
    })
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
