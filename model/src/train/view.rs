//! Where a window lies in its crop: anywhere, mirrored, turned, zoomed, squeezed, bent.

use rand::RngExt;
use rand::rngs::StdRng;

use super::crops::{BACKGROUND, Crop};
use super::recipe::Recipe;
use crate::network::NETWORK_PIXEL_MM;

/// Points along a side that a bent window is drawn at; between them it follows smoothly.
const KNOTS: usize = 5;

/// A window's place in its crop.
#[derive(Debug, Clone)]
pub(super) struct View {
    centre: (f32, f32),
    /// The crop's way for one row and one column of the window.
    row: (f32, f32),
    column: (f32, f32),
    /// Shifts at the knots in the crop's pixels; none where the window is not bent.
    bend: Vec<(f32, f32)>,
}

impl View {
    /// A place that the recipe allows.
    ///
    /// # Arguments
    /// `reach`: how far it may lie over the crop's edge, as a share of half a window.
    pub(super) fn random(
        rng: &mut StdRng,
        crop: &Crop,
        recipe: &Recipe,
        edge: usize,
        reach: f32,
    ) -> Self {
        // Halving is as likely as doubling.
        let (least, most) = (recipe.scale.0.ln(), recipe.scale.1.ln());
        let zoom = if least < most {
            rng.random_range(least..most).exp()
        } else {
            recipe.scale.0
        };
        let step = NETWORK_PIXEL_MM / crop.pixel_mm / zoom;
        let flips: u8 = rng.random_range(0..8);
        let half = step * edge as f32 / 2.0;
        let over = reach * half;
        let mut along = |size: usize| {
            let free = (size as f32 / 2.0 - half + over).max(1.0);
            size as f32 / 2.0 + rng.random_range(-free..free)
        };
        let centre = (along(crop.rows), along(crop.columns));
        let mut within = |most: f32| {
            if most > 0.0 {
                rng.random_range(-most..most)
            } else {
                0.0
            }
        };
        let (sin, cos) = within(recipe.turn_degrees).to_radians().sin_cos();
        let squeeze = (within(recipe.squeeze)).exp2();
        let (tall, wide) = (step * squeeze, step / squeeze);
        let most = recipe.bend_mm / crop.pixel_mm;
        let knots = if most > 0.0 { KNOTS * KNOTS } else { 0 };
        let bend = (0..knots).map(|_| (within(most), within(most))).collect();
        let (mut row, mut column) = ((tall * cos, tall * sin), (-wide * sin, wide * cos));
        if flips & 1 != 0 {
            row = (-row.0, -row.1);
        }
        if flips & 2 != 0 {
            column = (-column.0, -column.1);
        }
        if flips & 4 != 0 {
            std::mem::swap(&mut row, &mut column);
        }
        Self {
            centre,
            row,
            column,
            bend,
        }
    }

    /// The same window moved so that `place`, in the crop's coordinates, is somewhere in its
    /// middle half.
    #[must_use]
    pub(super) fn around(self, rng: &mut StdRng, place: (f32, f32), edge: usize) -> Self {
        let quarter = edge as f32 / 4.0;
        let (down, right) = (
            rng.random_range(-quarter..quarter),
            rng.random_range(-quarter..quarter),
        );
        Self {
            centre: (
                place.0 - down * self.row.0 - right * self.column.0,
                place.1 - down * self.row.1 - right * self.column.1,
            ),
            ..self
        }
    }

    /// The crop's coordinates of every pixel of a window.
    pub(super) fn grid(&self, edge: usize) -> Grid<'_> {
        let lines = if self.bend.is_empty() {
            Vec::new()
        } else {
            let across = |column| between(column, edge);
            let line = |knots: &[(f32, f32)]| -> Vec<(f32, f32)> {
                let knot = |at: usize| knots.get(at).copied().unwrap_or_default();
                let shift = |(left, part)| mix(knot(left), knot(left + 1), part);
                (0..edge).map(across).map(shift).collect()
            };
            self.bend.chunks(KNOTS).map(line).collect()
        };
        Grid {
            view: self,
            edge,
            lines,
        }
    }

    /// Whether any reader's mark is in the window.
    pub(super) fn sees_marks(&self, crop: &Crop, edge: usize) -> bool {
        let grid = self.grid(edge);
        let seen = |(y, x)| nearest(crop, y, x) != BACKGROUND;
        (0..edge)
            .step_by(2)
            .any(|row| grid.row(row).step_by(2).any(seen))
    }
}

/// Where the pixels of a window lie in the crop. What the pixels of a row or of a column share is
/// computed once: nearly all of the time that a window takes goes into its pixels.
pub(super) struct Grid<'a> {
    view: &'a View,
    edge: usize,
    /// How far each column is moved at each row of knots; none where the window is not bent.
    lines: Vec<Vec<(f32, f32)>>,
}

impl Grid<'_> {
    /// The crop's coordinates (pixel centres at .5) of a row of the window.
    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = (f32, f32)> {
        let View {
            centre,
            row: way,
            column: across,
            ..
        } = self.view;
        let from_centre = |at: usize| at as f32 + 0.5 - self.edge as f32 / 2.0;
        let down = from_centre(row);
        let start = (centre.0 + down * way.0, centre.1 + down * way.1);
        let (top, part) = between(row, self.edge);
        let line = |at: usize| self.lines.get(at).map_or(&[][..], Vec::as_slice);
        let (upper, lower) = (line(top), line(top + 1));
        (0..self.edge).map(move |column| {
            let right = from_centre(column);
            let (dy, dx) = match (upper.get(column), lower.get(column)) {
                (Some(&above), Some(&below)) => mix(above, below, part),
                _ => (0.0, 0.0),
            };
            (
                start.0 + right * across.0 + dy,
                start.1 + right * across.1 + dx,
            )
        })
    }
}

/// The knot before a row or column, and how far it is from there to the next: flat at the knots,
/// so that lines have no corners there.
fn between(at: usize, edge: usize) -> (usize, f32) {
    let at = at as f32 / edge as f32 * (KNOTS - 1) as f32;
    let part = at.fract();
    (at as usize, part * part * (3.0 - 2.0 * part))
}

/// The way from `a` to `b`, as far as `part` of it.
fn mix(a: (f32, f32), b: (f32, f32), part: f32) -> (f32, f32) {
    let mix = |a: f32, b: f32| a * (1.0 - part) + b * part;
    (mix(a.0, b.0), mix(a.1, b.1))
}

/// An index mirrored into `0..size`.
pub(super) fn mirror(index: i64, size: usize) -> usize {
    let size = (size as i64).max(1);
    // Nearly all lie inside or just outside: a division would take longer than all the rest.
    let once = if index < 0 {
        -1 - index
    } else if index < size {
        index
    } else {
        2 * size - 1 - index
    };
    if (0..size).contains(&once) {
        return once as usize;
    }
    let period = index.rem_euclid(2 * size);
    period.min(2 * size - 1 - period) as usize
}

/// The largest whole number that is not larger: the standard library calls a function for it on
/// processors that are not asked to have an instruction.
fn floor(value: f32) -> i64 {
    let whole = value as i32;
    i64::from(whole) - i64::from(whole as f32 > value)
}

/// The label of the pixel there.
pub(super) fn nearest(crop: &Crop, y: f32, x: f32) -> u8 {
    let (row, column) = (mirror(floor(y), crop.rows), mirror(floor(x), crop.columns));
    crop.label
        .get(row * crop.columns + column)
        .copied()
        .unwrap_or(BACKGROUND)
}

/// HU between the four nearest pixels.
pub(super) fn bilinear(crop: &Crop, y: f32, x: f32) -> f32 {
    let (y, x) = (y - 0.5, x - 0.5);
    let (top, left) = (floor(y), floor(x));
    let (down, right) = (y - top as f32, x - left as f32);
    let row = |row| mirror(row, crop.rows) * crop.columns;
    let column = |column| mirror(column, crop.columns);
    let (above, below) = (row(top), row(top + 1));
    let (before, after) = (column(left), column(left + 1));
    let at = |row: usize, column: usize| {
        let value = crop.hu.get(row + column).copied();
        f32::from(value.unwrap_or(-1000))
    };
    let upper = at(above, before) * (1.0 - right) + at(above, after) * right;
    let lower = at(below, before) * (1.0 - right) + at(below, after) * right;
    upper * (1.0 - down) + lower * down
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::crops::{About, Split, TARGET};
    use rand::SeedableRng as _;

    fn crop() -> Crop {
        let values = |size: usize, step: usize| (0..64 * 48).map(move |i| (i * step) % size);
        Crop {
            patient: String::new(),
            row: 0,
            split: Split::Train,
            hu: values(1400, 7919).map(|it| it as i16 - 1000).collect(),
            label: values(3, 131).map(|it| it as u8).collect(),
            rows: 64,
            columns: 48,
            pixel_mm: 0.7,
            hu_exact: true,
            about: About::default(),
        }
    }

    fn view(seed: u64, turn_and_bend: bool) -> View {
        let text = include_str!("../../config/unet-2.json");
        let mut recipe: Recipe = serde_json::from_str(text).unwrap();
        if !turn_and_bend {
            (recipe.turn_degrees, recipe.bend_mm, recipe.squeeze) = (0.0, 0.0, 0.0);
        }
        View::random(&mut StdRng::seed_from_u64(seed), &crop(), &recipe, 40, 0.5)
    }

    /// The place of one pixel, written down without anything shared between pixels.
    fn alone(view: &View, row: usize, column: usize, edge: usize) -> (f32, f32) {
        let from_centre = |i: usize| i as f32 + 0.5 - edge as f32 / 2.0;
        let (down, right) = (from_centre(row), from_centre(column));
        let knot = |y: usize, x: usize| view.bend.get(y * 5 + x).copied().unwrap_or_default();
        let place = |i: usize| {
            let at = i as f32 / edge as f32 * 4.0;
            let part = at - at.floor();
            (at.floor() as usize, part * part * (3.0 - 2.0 * part))
        };
        let ((top, lower), (left, righter)) = (place(row), place(column));
        let mix = |a: f32, b: f32, part: f32| a * (1.0 - part) + b * part;
        let bend = |of: &dyn Fn((f32, f32)) -> f32| {
            let line = |y| mix(of(knot(y, left)), of(knot(y, left + 1)), righter);
            mix(line(top), line(top + 1), lower)
        };
        (
            view.centre.0 + down * view.row.0 + right * view.column.0 + bend(&|k| k.0),
            view.centre.1 + down * view.row.1 + right * view.column.1 + bend(&|k| k.1),
        )
    }

    #[test]
    fn rows_of_pixels_lie_exactly_where_each_pixel_alone_would() {
        for seed in 0..20 {
            for bent in [true, false] {
                let view = view(seed, bent);
                let grid = view.grid(40);
                for row in 0..40 {
                    let expected: Vec<_> = (0..40).map(|c| alone(&view, row, c, 40)).collect();
                    assert_eq!(grid.row(row).collect::<Vec<_>>(), expected);
                }
            }
        }
    }

    #[test]
    fn an_index_is_mirrored_as_often_as_it_takes() {
        // NumPy's pad(mode="symmetric") of 0, 1, 2.
        let known = [2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2];
        let found: Vec<usize> = (-3..10).map(|index| mirror(index, 3)).collect();
        assert_eq!(found, known);
        for index in -500..500_i64 {
            let period = index.rem_euclid(14);
            let expected = if period < 7 { period } else { 13 - period };
            assert_eq!(mirror(index, 7) as i64, expected, "{index}");
        }
    }

    #[test]
    fn wholes_are_those_of_the_standard_library() {
        for value in (-40..40)
            .map(|i| i as f32 / 4.0)
            .chain([-0.0, 1e-9, -1e-9, 511.999])
        {
            assert_eq!(floor(value), value.floor() as i64, "{value}");
        }
        assert_eq!(nearest(&crop(), 0.5, 2.5), (2 * 131 % 3) as u8);
        assert!([BACKGROUND, TARGET, 2].contains(&nearest(&crop(), -7.5, 90.0)));
    }
}
