//! The lung field: where a lung tumour can lie at all.
//!
//! Air inside the body is found by threshold (`threshold`); room air, bowel gas, airways
//! and gaps between body and table are told apart by place, size and density (`piece`);
//! each lung is then made convex towards the chest wall (`chest_wall`) and closed with a
//! disk, so that tumours on the pleura, which are as dense as the wall, stay inside. The
//! order of steps is the usual one for CT (Hu, Hoffman & Reinhardt, IEEE TMI 2001,
//! doi:10.1109/42.929615).

mod chest_wall;
mod piece;
mod section;
mod threshold;

pub use section::shows_whole_body;

use super::SliceView;
use super::morphology::{close, dilate, fill_holes};
use crate::mask::Mask;
use crate::volume::PixelSpacing;

/// Radius of the closing in mm: takes in a nodule up to about 2 cm that bulges from the
/// pleura, and the vessels at the hilum.
const CLOSING_MM: f32 = 11.0;
/// Width in mm of the rim added at the end: pixels half lung, half wall, which readers
/// count to a nodule on the pleura.
const RIM_MM: f32 = 1.0;
/// Depth in mm of the deepest dent that is filled: larger ones are the way around the
/// liver or a collapsed lung, not a mass.
const MOST_DENT_MM: f32 = 60.0;
/// Holes up to this area in mm² are filled: a mass of 7 cm, but not the dome of the
/// liver, which the lung's base can surround.
const MOST_HOLE_MM2: f32 = 4000.0;
/// A chest is at least this wide or high, in mm.
const LEAST_VIEW_MM: f32 = 180.0;
/// An image of unknown spacing with fewer pixels along its longest edge is taken for a crop.
const LEAST_EDGE_PX: usize = 200;
/// Longest edge in mm that an image of unknown spacing is taken to show.
const ASSUMED_VIEW_MM: f32 = 380.0;

/// The lung field of a slice, on its grid; `None` where nothing looks like a lung seen
/// whole (abdomen, a small crop).
pub fn lung_field(slice: &SliceView<'_>) -> Option<Mask> {
    if slice.values.len() != slice.rows * slice.cols || slice.values.is_empty() {
        return None;
    }
    let spacing = slice.spacing.unwrap_or_else(|| assumed_spacing(slice));
    let is_thumbnail = slice.spacing.is_none() && slice.rows.max(slice.cols) < LEAST_EDGE_PX;
    if is_thumbnail || !has_room_for_chest(slice, spacing) {
        return None;
    }
    let air = threshold::air(slice)?;
    let lungs = piece::lungs(&air, slice, spacing)?;
    let midline = midline(&air);
    let max_hole_px = (MOST_HOLE_MM2 / spacing.area_mm2()) as usize;
    let most_dent_px = (MOST_DENT_MM / spacing.col_mm) as usize;
    let filled = fill_holes(&lungs, max_hole_px);
    let whole = chest_wall::repair(&filled, midline, most_dent_px);
    // Each half on its own, or the disk would bridge the mediastinum where the lungs
    // come close to each other.
    let mut field = whole.clone();
    for half in [0..midline, midline..slice.cols] {
        let closed = close_within(&whole, half, spacing);
        for (pixel, closed) in field.pixels.iter_mut().zip(closed.pixels) {
            *pixel |= closed;
        }
    }
    let field = fill_holes(&field, max_hole_px);
    Some(dilate(&field, RIM_MM, spacing))
}

/// Whether the image is large enough to show a chest whole.
fn has_room_for_chest(slice: &SliceView<'_>, spacing: PixelSpacing) -> bool {
    let (height_mm, width_mm) = (
        slice.rows as f32 * spacing.row_mm,
        slice.cols as f32 * spacing.col_mm,
    );
    height_mm.max(width_mm) >= LEAST_VIEW_MM
}

/// The closing of the part of a mask in the given columns.
fn close_within(mask: &Mask, cols: std::ops::Range<usize>, spacing: PixelSpacing) -> Mask {
    let mut half = mask.clone();
    for line in half.pixels.chunks_exact_mut(mask.cols.max(1)) {
        for (col, pixel) in line.iter_mut().enumerate() {
            *pixel *= u8::from(cols.contains(&col));
        }
    }
    close(&half, CLOSING_MM, spacing)
}

/// The column through the middle of the body: the mean over everything that is not air.
fn midline(air: &Mask) -> usize {
    let tissue = air.pixels.iter().enumerate().filter(|(_, p)| **p == 0);
    // A browser's `usize` would run over at images of 2,400 pixels squared.
    let (sum, count) = tissue.fold((0_u64, 0_u64), |(sum, count), (index, _)| {
        (sum + (index % air.cols) as u64, count + 1)
    });
    (sum / count.max(1)) as usize
}

/// The column through the middle of the body of a slice; `None` if it has one grey level only.
pub(super) fn midline_of(slice: &SliceView<'_>) -> Option<usize> {
    threshold::air(slice).map(|air| midline(&air))
}

/// Pixels of an image whose file does not tell: as if it showed a whole chest.
pub(super) fn assumed_spacing(slice: &SliceView<'_>) -> PixelSpacing {
    PixelSpacing::square(ASSUMED_VIEW_MM / slice.rows.max(slice.cols).max(1) as f32)
}
