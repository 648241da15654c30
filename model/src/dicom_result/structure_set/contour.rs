//! The pixels of a lesion on a slice as closed planar contours (PS3.3 C.8.8.6).
//!
//! Contours run along the edges of pixels, not through the centres of the outermost ones: readers
//! fill what has its centre inside, so that they get the very pixels back, with a margin of half a
//! pixel against rounding, and the area inside is that of the pixels. Contours through centres are
//! half a pixel too narrow on every side, and one of a single pixel would have no area.
//!
//! A hole is joined to what surrounds it by a channel without width, the keyhole of the standard.
//! A contour of its own would be a hole only for readers that take what lies in two contours out
//! again (dcmrtstruct2nii, platipy); plastimatch, unless it is told to do otherwise, fills what
//! lies in any of them. 3D Slicer knows keyholes. `CLOSED_PLANAR_XOR`, newer, is known to few.

use crate::mask::Mask;
use crate::outline::{Outline, outlines};
use crate::volume::{DicomSlice, FilePlane};

/// As (row, col) on the grid of the pixels' corners, see [`Outline`].
pub(super) type Corner = (u32, u32);

/// Points of a contour: 65 534 bytes hold so many of three numbers like `-1000999.999`, which is a
/// field of view beyond where slices may begin.
const MOST_POINTS: usize = 1680;

/// The contours around these pixels (`row · cols + col` in the file). They do not overlap, and
/// those with more points than a file can hold are cut.
pub(super) fn contours(pixels: &[usize], cols: usize) -> Vec<Vec<Corner>> {
    let found = joined(outlines_of(pixels, cols));
    if pixels.len() < 2 || found.iter().all(|it| it.len() <= MOST_POINTS) {
        return found;
    }
    let (one, other) = pixels.split_at(pixels.len() / 2);
    let mut halves = contours(one, cols);
    halves.extend(contours(other, cols));
    halves
}

/// Outlines of only so many rows as there are: an image has many more.
fn outlines_of(pixels: &[usize], cols: usize) -> Vec<Outline> {
    let cols = cols.max(1);
    let first_row = pixels.iter().min().map_or(0, |it| it / cols);
    let end_row = pixels.iter().max().map_or(0, |it| it / cols + 1);
    let mut mask = Mask::empty(end_row - first_row, cols);
    for pixel in pixels {
        mask.set(&[pixel - first_row * cols], 1);
    }
    let mut found = outlines(&mask);
    for (row, _) in found.iter_mut().flat_map(|it| &mut it.corners) {
        *row += first_row as u32;
    }
    found
}

/// Every hole joined to what surrounds it. What lies to the left of a hole is there before it,
/// because outlines come in reading order.
fn joined(outlines: Vec<Outline>) -> Vec<Vec<Corner>> {
    let mut contours: Vec<Vec<Corner>> = Vec::new();
    for Outline { corners } in outlines {
        let Some((place, edge, bridge)) = to_the_left(&corners, &contours) else {
            contours.push(corners);
            continue;
        };
        let (Some(around), Some(&start)) = (contours.get_mut(place), corners.first()) else {
            continue;
        };
        let rest = around.split_off(edge + 1);
        around.push(bridge);
        around.extend(corners);
        around.extend([start, bridge]);
        around.extend(rest);
        // A bridge may begin at a corner.
        around.dedup();
    }
    contours
}

/// Where the way to the left of a hole's first corner, its topmost and of these its leftmost one,
/// meets a contour: which one, after which of its corners, and the point. `None` if it is no hole.
///
/// The pixels above and below that way are set, or the hole would begin earlier.
fn to_the_left(corners: &[Corner], contours: &[Vec<Corner>]) -> Option<(usize, usize, Corner)> {
    let [(row, col), second, ..] = *corners else {
        return None;
    };
    // Around set pixels the way goes clockwise, and so to the right at first; around a hole down.
    if second.1 != col {
        return None;
    }
    let mut nearest: Option<(usize, usize, Corner)> = None;
    for (place, contour) in contours.iter().enumerate() {
        let next = contour.iter().cycle().skip(1);
        for (edge, (from, to)) in contour.iter().zip(next).enumerate() {
            let is_met = from.1 == to.1
                && from.1 < col
                && from.0.min(to.0) <= row
                && row <= from.0.max(to.0);
            if is_met && nearest.is_none_or(|(.., (_, other))| other < from.1) {
                nearest = Some((place, edge, (row, from.1)));
            }
        }
    }
    nearest
}

/// Where a corner lies in the patient (LPS, mm), to a micrometre: more digits would make files
/// twice as long.
pub(super) fn place_mm(plane: &FilePlane, slice: &DicomSlice, (row, col): Corner) -> [f64; 3] {
    let [row_mm, col_mm] = plane.spacing_mm;
    let [along_row, along_col] = plane.direction;
    // From the centre of the first pixel.
    let right_mm = (f64::from(col) - 0.5) * col_mm;
    let down_mm = (f64::from(row) - 0.5) * row_mm;
    let mut place = slice.position;
    for ((mm, x), y) in place.iter_mut().zip(along_row).zip(along_col) {
        *mm = ((*mm + right_mm * x + down_mm * y) * 1000.0).round() / 1000.0;
    }
    place
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLS: usize = 8;

    fn pixels(lines: &[&str]) -> Vec<usize> {
        let all = lines.concat();
        all.match_indices('#').map(|(index, _)| index).collect()
    }

    /// How often a contour goes around the centre of a pixel: crossings to its right, down less up.
    fn windings(contour: &[Corner], (row, col): (usize, usize)) -> i32 {
        let next = contour.iter().cycle().skip(1);
        let right = |(from, to): &(&Corner, &Corner)| from.1 == to.1 && from.1 as usize > col;
        let edges = contour.iter().zip(next).filter(right);
        let is_above = |corner: &Corner| corner.0 as usize <= row;
        edges
            .map(|(from, to)| i32::from(is_above(from)) - i32::from(is_above(to)))
            .sum()
    }

    /// The pixels that readers fill: those inside of any contour. No contour may go around a pixel
    /// twice, and no two around the same, or readers would differ.
    fn filled(contours: &[Vec<Corner>], rows: usize) -> Vec<usize> {
        let is_filled = |index: &usize| {
            let centre = (index / COLS, index % COLS);
            let all: Vec<i32> = contours.iter().map(|it| windings(it, centre)).collect();
            assert!(all.iter().all(|it| matches!(it, 0 | 1)), "{all:?}");
            let sum: i32 = all.iter().sum();
            assert!(sum < 2, "two contours around one pixel");
            sum == 1
        };
        (0..rows * COLS).filter(is_filled).collect()
    }

    #[test]
    fn one_pixel_is_its_four_corners() {
        let found = contours(&[3 * COLS + 2], COLS);
        assert_eq!(found, [[(3, 2), (3, 3), (4, 3), (4, 2)]]);
    }

    #[test]
    fn a_hole_is_joined_by_a_keyhole() {
        let ring = pixels(&["........", ".###....", ".#.#....", ".###...."]);
        let around = [(1, 1), (1, 4), (4, 4), (4, 1)];
        let hole = [(2, 1), (2, 2), (3, 2), (3, 3), (2, 3), (2, 2), (2, 1)];
        assert_eq!(contours(&ring, COLS), [[&around[..], &hole].concat()]);
    }

    #[test]
    fn holes_beside_each_other_and_islands_in_holes_are_kept_apart() {
        let tangle = pixels(&[
            "########", "#.#.#..#", "##.##..#", "#.#.####", "#.....##", "#.##.###", "#....#.#",
            "########",
        ]);
        let found = contours(&tangle, COLS);
        assert_eq!(filled(&found, 8), tangle);
    }

    #[test]
    fn a_contour_of_more_points_than_fit_is_cut() {
        let cols = 4 * MOST_POINTS;
        let teeth = (0..cols).flat_map(|col| [Some(cols + col), (col % 2 == 0).then_some(col)]);
        let comb: Vec<usize> = teeth.flatten().collect();
        let found = contours(&comb, cols);
        assert!(found.len() > 1 && found.iter().all(|it| it.len() <= MOST_POINTS));
        let twice: i64 = found.iter().map(|it| double_area(it)).sum();
        assert_eq!(twice, 2 * comb.len() as i64);
    }

    /// Twice the area inside (shoelace formula).
    fn double_area(contour: &[Corner]) -> i64 {
        let next = contour.iter().cycle().skip(1);
        let cross = |(&(r, c), &(s, d)): (&Corner, &Corner)| {
            i64::from(c) * i64::from(s) - i64::from(r) * i64::from(d)
        };
        contour.iter().zip(next).map(cross).sum()
    }

    proptest! {
        #[test]
        fn readers_get_the_very_pixels_back(set in prop::collection::vec(any::<bool>(), COLS * 9)) {
            let some: Vec<usize> = (0..set.len()).filter(|&index| set[index]).collect();
            let found = contours(&some, COLS);
            prop_assert_eq!(filled(&found, 9), some.clone());
            let twice: i64 = found.iter().map(|it| double_area(it)).sum();
            prop_assert_eq!(twice, 2 * some.len() as i64);
            for contour in &found {
                let next = contour.iter().cycle().skip(1);
                prop_assert!(contour.iter().zip(next).all(|(a, b)| a != b));
            }
        }
    }
}
