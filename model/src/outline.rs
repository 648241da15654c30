//! Boundaries of a mask as polygons along pixel edges, for drawing contours.

use crate::mask::Mask;

/// A closed polygon; the last corner joins the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Corners as (row, col) on the grid of pixel *corners*: (0, 0) is the image's top left
    /// corner, (`rows`, `cols`) its bottom right one. Clockwise on the screen around set
    /// pixels, counter-clockwise around holes.
    pub corners: Vec<(u32, u32)>,
}

/// Right, down, left, up: a quarter turn clockwise each.
const STEPS: [(isize, isize); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];

/// Every boundary of the mask, outer ones and those of holes, in reading order of their
/// first corner. Pixels that touch at a corner only get separate polygons.
pub fn outlines(mask: &Mask) -> Vec<Outline> {
    let mut edges = Edges::of(mask);
    let mut outlines = Vec::new();
    for start in 0..edges.leaving.len() {
        while let Some(direction) = edges.first_leaving(start) {
            outlines.push(edges.follow(start, direction));
        }
    }
    outlines
}

/// Boundary edges, each with its set pixel on the right hand.
struct Edges {
    /// Corners per row.
    width: usize,
    /// For each corner, bit `d` is set if an edge leaves it in direction `d`.
    leaving: Vec<u8>,
}

impl Edges {
    fn of(mask: &Mask) -> Self {
        let width = mask.cols + 1;
        let mut edges = Self {
            width,
            leaving: vec![0; width * (mask.rows + 1)],
        };
        for row in 0..mask.rows {
            for col in 0..mask.cols {
                if !mask.contains(row, col) {
                    continue;
                }
                let at = row * width + col;
                let is_set = |r: Option<usize>, c: Option<usize>| {
                    r.zip(c).is_some_and(|(r, c)| mask.contains(r, c))
                };
                let sides = [
                    (at, 0, is_set(row.checked_sub(1), Some(col))),
                    (at + 1, 1, is_set(Some(row), Some(col + 1))),
                    (at + width + 1, 2, is_set(Some(row + 1), Some(col))),
                    (at + width, 3, is_set(Some(row), col.checked_sub(1))),
                ];
                for (corner, direction, neighbour_set) in sides {
                    if let Some(bits) = edges.leaving.get_mut(corner).filter(|_| !neighbour_set) {
                        *bits |= 1 << direction;
                    }
                }
            }
        }
        edges
    }

    fn first_leaving(&self, corner: usize) -> Option<usize> {
        let bits = self.leaving.get(corner).copied().unwrap_or(0);
        (0..4).find(|d| bits & (1 << d) != 0)
    }

    /// Walks one polygon, taking its edges away. At a corner shared by two diagonal
    /// pixels it turns right, staying with the pixel it came along.
    fn follow(&mut self, start: usize, first: usize) -> Outline {
        let mut corners = Vec::new();
        let (mut at, mut direction) = (start, first);
        let mut came_by = None;
        while self.take(at, direction) {
            if came_by != Some(direction) {
                corners.push(((at / self.width) as u32, (at % self.width) as u32));
            }
            came_by = Some(direction);
            let (down, right) = STEPS[direction % 4];
            at = at.wrapping_add_signed(down * self.width as isize + right);
            let mut bits = self.leaving.get(at).copied().unwrap_or(0);
            if at == start {
                // The edge taken first still decides where the polygon closes.
                bits |= 1 << first;
            }
            let turns = [direction + 1, direction, direction + 3].map(|d| d % 4);
            direction = turns
                .into_iter()
                .find(|d| bits & (1 << d) != 0)
                .unwrap_or(direction);
        }
        Outline { corners }
    }

    /// Removes an edge; `false` if it is not there (any more).
    fn take(&mut self, corner: usize, direction: usize) -> bool {
        let Some(bits) = self.leaving.get_mut(corner) else {
            return false;
        };
        let had = *bits & (1 << direction) != 0;
        *bits &= !(1 << direction);
        had
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(lines: &[&str]) -> Mask {
        let bytes: Vec<u8> = lines
            .concat()
            .bytes()
            .map(|b| u8::from(b == b'#'))
            .collect();
        Mask::from_bytes(lines.len(), lines[0].len(), &bytes).unwrap()
    }

    /// Twice the signed area (shoelace formula); clockwise on the screen is positive.
    fn double_area(outline: &Outline) -> i64 {
        let corners = &outline.corners;
        let next = corners.iter().cycle().skip(1);
        let cross = |(&(r, c), &(s, d)): (&(u32, u32), &(u32, u32))| {
            i64::from(c) * i64::from(s) - i64::from(r) * i64::from(d)
        };
        corners.iter().zip(next).map(cross).sum()
    }

    #[test]
    fn a_single_pixel_is_a_square_clockwise_from_its_top_left_corner() {
        let found = outlines(&mask(&["...", ".#.", "..."]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].corners, [(1, 1), (1, 2), (2, 2), (2, 1)]);
    }

    #[test]
    fn straight_edges_have_no_corners_between() {
        let found = outlines(&mask(&["##", "#.", "#."]));
        assert_eq!(
            found[0].corners,
            [(0, 0), (0, 2), (1, 2), (1, 1), (3, 1), (3, 0)]
        );
    }

    #[test]
    fn areas_of_outlines_and_holes_add_up_to_the_mask() {
        let ring = mask(&["####", "#..#", "#.##", "####"]);
        let found = outlines(&ring);
        assert_eq!(found.iter().map(double_area).collect::<Vec<_>>(), [32, -6]);

        let tangle = mask(&["#.#.##", ".#.#..", "###.##", "#.#.#.", "##.###"]);
        let total: i64 = outlines(&tangle).iter().map(double_area).sum();
        assert_eq!(total, 2 * tangle.area_px() as i64);
    }

    #[test]
    fn pixels_that_touch_at_a_corner_are_apart() {
        assert_eq!(outlines(&mask(&["#.", ".#"])).len(), 2);
        assert_eq!(outlines(&mask(&[".#", "#."])).len(), 2);
        assert!(outlines(&mask(&["..", ".."])).is_empty());
    }
}
