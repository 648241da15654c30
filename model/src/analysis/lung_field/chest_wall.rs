//! Making lungs convex towards the chest wall.
//!
//! A mass on the chest wall dents the lung's outer border, which is convex otherwise.
//! For each half of the chest, the distance from the midline to the lung's outer border
//! is taken row by row and replaced by its concave majorant; what that adds lies on the
//! outer side only. Heart and mediastinum stay outside. So does the liver, around whose
//! dome the base of the lung is a crescent: no dent is filled that is larger than the lung
//! around it.

use crate::analysis::diameter::half_hull;
use crate::mask::Mask;

/// The field with dents in its outer borders filled; `midline` is the column that
/// separates the patient's halves; dents deeper than `most_dent_px` stay.
pub(super) fn repair(field: &Mask, midline: usize, most_dent_px: usize) -> Mask {
    let mut out = field.clone();
    for half in [Hemithorax::Left, Hemithorax::Right] {
        let border = half.outer_border(field, midline);
        let Some(&(first, _)) = border.first() else {
            continue;
        };
        let whole = concave_majorant(&border);
        let with_depth = border.iter().filter_map(|&(row, from)| {
            let &(_, reach) = whole.get(row - first)?;
            Some((row, from, reach.saturating_sub(from)))
        });
        let rows: Vec<(usize, usize, usize)> = with_depth.collect();
        let lung_px = half.area_px(field, midline);
        // The border of a smooth lung meets its majorant between two dents.
        for dent in rows.split(|&(.., depth)| depth == 0) {
            if dent.iter().map(|(.., depth)| depth).sum::<usize>() > lung_px {
                continue;
            }
            for &(row, from, depth) in dent {
                if depth <= most_dent_px {
                    half.fill(&mut out, midline, row, from..=from + depth);
                }
            }
        }
    }
    out
}

/// A half of the chest, by its side of the image.
#[derive(Clone, Copy)]
enum Hemithorax {
    Left,
    Right,
}

impl Hemithorax {
    /// Column at `distance` from the midline.
    fn col(self, midline: usize, distance: usize) -> Option<usize> {
        match self {
            Self::Left => midline.checked_sub(distance + 1),
            Self::Right => Some(midline + distance),
        }
    }

    /// Row and distance from the midline of the outermost pixel of every row that has one.
    fn outer_border(self, field: &Mask, midline: usize) -> Vec<(usize, usize)> {
        let outermost = |row| {
            let mut distances = self.reach(field, midline).rev();
            distances.find(|&distance| self.contains(field, midline, row, distance))
        };
        (0..field.rows)
            .filter_map(|row| Some((row, outermost(row)?)))
            .collect()
    }

    /// Distances from the midline that this half has.
    fn reach(self, field: &Mask, midline: usize) -> std::ops::Range<usize> {
        match self {
            Self::Left => 0..midline,
            Self::Right => 0..field.cols.saturating_sub(midline),
        }
    }

    /// Pixels of the field in this half.
    fn area_px(self, field: &Mask, midline: usize) -> usize {
        let mut count = 0;
        for row in 0..field.rows {
            for distance in self.reach(field, midline) {
                count += usize::from(self.contains(field, midline, row, distance));
            }
        }
        count
    }

    fn contains(self, field: &Mask, midline: usize, row: usize, distance: usize) -> bool {
        let col = self.col(midline, distance);
        col.is_some_and(|col| field.contains(row, col))
    }

    /// Sets the pixels of a row at the given distances from the midline.
    fn fill(
        self,
        out: &mut Mask,
        midline: usize,
        row: usize,
        distances: std::ops::RangeInclusive<usize>,
    ) {
        for distance in distances {
            let col = self.col(midline, distance).filter(|&col| col < out.cols);
            let pixel = col.and_then(|col| out.pixels.get_mut(row * out.cols + col));
            if let Some(pixel) = pixel {
                *pixel = 1;
            }
        }
    }
}

/// The lowest concave function over the given points, at every row between the first
/// and the last, rounded down.
fn concave_majorant(points: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let from_below = points.iter().rev();
    let mut corners = half_hull(from_below.map(|&(row, reach)| (row as i64, reach as i64)));
    corners.reverse();
    let mut majorant = Vec::new();
    for (a, b) in corners.iter().zip(corners.iter().skip(1)) {
        for row in a.0..b.0 {
            let reach = a.1 + (b.1 - a.1) * (row - a.0) / (b.0 - a.0);
            majorant.push((row as usize, reach.max(0) as usize));
        }
    }
    if let Some(&(row, reach)) = corners.last() {
        majorant.push((row as usize, reach.max(0) as usize));
    }
    majorant
}
