//! Which pieces of air are lung.

use crate::analysis::SliceView;
use crate::analysis::component::{Components, Connectivity};
use crate::analysis::morphology::dilate;
use crate::analysis::region::{Region, regions};
use crate::mask::Mask;
use crate::volume::{Intensity, PixelSpacing};

/// A lung's cross-section has at least this area in mm²; smaller pieces count only
/// close to larger ones.
const LEAST_LUNG_MM2: f32 = 400.0;
/// Below this area in mm², a piece of air is noise or a bronchus.
const LEAST_PIECE_MM2: f32 = 60.0;
/// How close to a lung a smaller piece must be, in mm.
const NEAR_LUNG_MM: f32 = 15.0;
/// A piece that lies mostly within this distance of the room's air, in mm, is a fold of skin
/// or a gap above the table: ribs and muscle make the chest wall thicker.
const SKIN_MM: f32 = 10.0;
/// Up to this area in mm², nearly pure air is a trachea or main bronchus.
const MOST_AIRWAY_MM2: f32 = 1000.0;
/// Median HU below which so small a piece is an airway (its blurred rim raises the median).
const AIRWAY_HU: i16 = -925;
/// Median HU below which a piece of any size is gas in stomach or bowel: even severe
/// emphysema stays above.
const GAS_HU: i16 = -965;

/// The lungs among the air pixels of a slice; `None` if there are none.
pub(super) fn lungs(air: &Mask, slice: &SliceView<'_>, spacing: PixelSpacing) -> Option<Mask> {
    let components = Components::of(air, Connectivity::Four);
    let room = components.keep(|part| part.touches_edge);
    let inside = components.keep(|part| !part.touches_edge);
    let skin = dilate(&room, SKIN_MM, spacing);
    let is_skin = |piece: &Region| 2 * piece.pixels_in(&skin) > piece.pixels.len();
    let area_mm2 = |piece: &Region| piece.pixels.len() as f32 * spacing.area_mm2();
    let candidates: Vec<Region> = regions(&inside)
        .into_iter()
        .take_while(|piece| area_mm2(piece) >= LEAST_PIECE_MM2)
        .filter(|piece| !runs_around_body(piece, air) && !is_skin(piece))
        .filter(|piece| !is_gas(piece, area_mm2(piece), slice))
        .collect();

    let mut lungs = Mask::empty(air.rows, air.cols);
    let (large, small): (Vec<Region>, Vec<Region>) = candidates
        .into_iter()
        .partition(|piece| area_mm2(piece) >= LEAST_LUNG_MM2);
    if large.is_empty() {
        return None;
    }
    for piece in &large {
        lungs.set(&piece.pixels, 1);
    }
    if !small.is_empty() {
        let near = dilate(&lungs, NEAR_LUNG_MM, spacing);
        for piece in &small {
            if piece.pixels_in(&near) > 0 {
                lungs.set(&piece.pixels, 1);
            }
        }
    }
    Some(lungs)
}

/// Whether a piece reaches over nine tenths of the image in both directions, which lungs
/// never do: the ring of air between the body and a padded circular field of view.
fn runs_around_body(piece: &Region, image: &Mask) -> bool {
    let (mut rows, mut cols) = ((usize::MAX, 0), (usize::MAX, 0));
    for index in &piece.pixels {
        let (row, col) = (index / image.cols, index % image.cols);
        rows = (rows.0.min(row), rows.1.max(row));
        cols = (cols.0.min(col), cols.1.max(col));
    }
    10 * (rows.1 + 1 - rows.0) > 9 * image.rows && 10 * (cols.1 + 1 - cols.0) > 9 * image.cols
}

/// Whether a piece is gas without lung tissue in it: airway, stomach, bowel.
fn is_gas(piece: &Region, area_mm2: f32, slice: &SliceView<'_>) -> bool {
    if slice.intensity != Intensity::Hounsfield {
        return false;
    }
    let values = || piece.pixels.iter().filter_map(|&i| slice.values.get(i));
    let count = values().count();
    // Counting says where the median lies, and sorts nothing.
    let has_median_below = |hu: i16| values().filter(|value| **value < hu).count() > count / 2;
    count == 0
        || has_median_below(GAS_HU)
        || (area_mm2 < MOST_AIRWAY_MM2 && has_median_below(AIRWAY_HU))
}
