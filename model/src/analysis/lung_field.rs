//! The lung field: where a lung tumour can lie at all.
//!
//! Air inside the body is found by threshold; outside air, bowel gas and airways are told
//! apart by place, size and density; each lung is then closed with a disk and made convex
//! towards the chest wall, so that tumours on the pleura, which are as dense as the wall,
//! stay inside. The steps follow the usual recipe for CT (Hu, Hoffman & Reinhardt, IEEE
//! TMI 2001, doi:10.1109/42.929615), the repair is described in [`chest_wall`].

mod chest_wall;
mod threshold;

use super::SliceView;
use super::component::{Components, Connectivity};
use super::morphology::{close, fill_holes};
use super::region::{Region, regions};
use crate::mask::Mask;
use crate::volume::{Intensity, PixelSpacing};

/// Radius of the closing in mm: takes in a nodule up to about 2 cm that bulges from the pleura.
const CLOSING_MM: f32 = 11.0;
/// A lung's cross-section has at least this area in mm²; smaller pieces are kept only
/// beside larger ones.
const LEAST_LUNG_MM2: f32 = 400.0;
/// Below this area in mm², a piece of air is noise or a bronchus.
const LEAST_PIECE_MM2: f32 = 60.0;
/// Up to this area in mm², nearly pure air is a trachea or main bronchus.
const MOST_AIRWAY_MM2: f32 = 1000.0;
/// Median HU below which air has no lung tissue in it: airways, stomach, bowel.
const PURE_AIR_HU: i16 = -945;
/// Holes up to this area in mm² are filled: a mass of 7 cm, but not the dome of the
/// liver, which the lung's base can surround.
const MOST_HOLE_MM2: f32 = 4000.0;
/// A chest is at least this wide or high, in mm.
const LEAST_VIEW_MM: f32 = 180.0;
/// Longest edge in mm that an image of unknown spacing is taken to show.
const ASSUMED_VIEW_MM: f32 = 380.0;

/// The lung field of a slice, on its grid; `None` where nothing looks like a lung seen
/// whole (abdomen, a small crop).
pub fn lung_field(slice: &SliceView<'_>) -> Option<Mask> {
    if slice.values.len() != slice.rows * slice.cols || slice.values.is_empty() {
        return None;
    }
    let spacing = slice.spacing.unwrap_or_else(|| assumed_spacing(slice));
    let view_mm = (slice.rows as f32 * spacing.row_mm).max(slice.cols as f32 * spacing.col_mm);
    if view_mm < LEAST_VIEW_MM {
        return None;
    }
    let air = threshold::air(slice)?;
    let enclosed = enclosed_air(&air);
    let pieces = lung_pieces(&enclosed, slice, spacing);
    let total_px: usize = pieces.iter().map(|piece| piece.pixels.len()).sum();
    if (total_px as f32) * spacing.area_mm2() < LEAST_LUNG_MM2 {
        return None;
    }
    let max_hole_px = (MOST_HOLE_MM2 / spacing.area_mm2()) as usize;
    let mut field = Mask::empty(slice.rows, slice.cols);
    for piece in &pieces {
        for &index in &piece.pixels {
            if let Some(pixel) = field.pixels.get_mut(index) {
                *pixel = 1;
            }
        }
    }
    let repaired = chest_wall::repair(&fill_holes(&field, max_hole_px), midline(&air));
    let closed = close(&repaired, CLOSING_MM, spacing);
    Some(fill_holes(&closed, max_hole_px))
}

/// The column through the middle of the body: the mean over everything that is not air.
fn midline(air: &Mask) -> usize {
    let tissue = air.pixels.iter().enumerate().filter(|(_, p)| **p == 0);
    let (sum, count) = tissue.fold((0, 0), |(sum, count), (index, _)| {
        (sum + index % air.cols, count + 1)
    });
    sum / count.max(1)
}

/// Pixels of an image whose file does not tell: as if it showed a whole chest.
fn assumed_spacing(slice: &SliceView<'_>) -> PixelSpacing {
    let pixel_mm = ASSUMED_VIEW_MM / slice.rows.max(slice.cols).max(1) as f32;
    PixelSpacing {
        row_mm: pixel_mm,
        col_mm: pixel_mm,
    }
}

/// Air that is not the room's: does not touch the image's edge nor run around the body
/// (the ring between the body and a padded circular field of view).
fn enclosed_air(air: &Mask) -> Mask {
    let inside = Components::of(air, Connectivity::Four).keep(|part| !part.touches_edge);
    let rings: Vec<Region> = regions(&inside)
        .into_iter()
        .filter(|region| spans_image(region, air))
        .collect();
    let mut kept = inside;
    for index in rings.iter().flat_map(|ring| &ring.pixels) {
        if let Some(pixel) = kept.pixels.get_mut(*index) {
            *pixel = 0;
        }
    }
    kept
}

/// Whether a region reaches over nine tenths of the image in both directions, which the
/// lungs never do.
fn spans_image(region: &Region, image: &Mask) -> bool {
    let extent = |positions: &mut dyn Iterator<Item = usize>| {
        let (low, high) =
            positions.fold((usize::MAX, 0), |(low, high), p| (low.min(p), high.max(p)));
        high.saturating_sub(low) + 1
    };
    let rows = extent(&mut region.pixels.iter().map(|i| i / image.cols));
    let cols = extent(&mut region.pixels.iter().map(|i| i % image.cols));
    10 * rows > 9 * image.rows && 10 * cols > 9 * image.cols
}

/// The pieces of enclosed air that are lung.
fn lung_pieces(enclosed: &Mask, slice: &SliceView<'_>, spacing: PixelSpacing) -> Vec<Region> {
    let mut pieces: Vec<Region> = regions(enclosed)
        .into_iter()
        .filter(|piece| {
            let area_mm2 = piece.pixels.len() as f32 * spacing.area_mm2();
            area_mm2 >= LEAST_PIECE_MM2 && !is_airway_or_bowel(piece, area_mm2, slice)
        })
        .collect();
    pieces.retain(|piece| !piece.pixels.is_empty());
    pieces
}

/// Whether a piece is pure air: airway or bowel gas.
fn is_airway_or_bowel(piece: &Region, area_mm2: f32, slice: &SliceView<'_>) -> bool {
    if slice.intensity != Intensity::Hounsfield || area_mm2 > MOST_AIRWAY_MM2 {
        return false;
    }
    let mut values: Vec<i16> = piece
        .pixels
        .iter()
        .filter_map(|&i| slice.values.get(i).copied())
        .collect();
    let middle = values.len() / 2;
    if middle >= values.len() {
        return true;
    }
    let (_, median, _) = values.select_nth_unstable(middle);
    *median < PURE_AIR_HU
}
