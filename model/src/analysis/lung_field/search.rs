//! Where to look for tumours: the lung field and the bays in it.
//!
//! A mass that is attached to hilum or mediastinum over a wide base lies outside the lung
//! field, since nothing in one slice tells it from the heart beside it. The search region
//! is the convex hull of the lung field in each half of the chest: it takes in most of such
//! masses, at the price of some heart and vessels.

use super::chest_wall::{Half, concave_majorant};
use crate::mask::Mask;

/// The lung field and everything between its parts in the same half of the chest.
#[must_use]
pub fn search_region(field: &Mask) -> Mask {
    let mut out = field.clone();
    let Some((_, cols)) = field.bounds() else {
        return out;
    };
    let midline = usize::midpoint(cols.start, cols.end);
    for half in [Half::Left, Half::Right] {
        let outer = concave_majorant(&half.outer_border(field, midline));
        // Distances measured from the far side turn the inner border into an outer one.
        let flipped: Vec<(usize, usize)> = half
            .inner_border(field, midline)
            .into_iter()
            .map(|(row, distance)| (row, field.cols.saturating_sub(distance)))
            .collect();
        let inner = concave_majorant(&flipped);
        for (&(row, reach), &(_, from)) in outer.iter().zip(&inner) {
            half.fill(
                &mut out,
                midline,
                row,
                field.cols.saturating_sub(from)..=reach,
            );
        }
    }
    out
}
