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
        let zoom = rng
            .random_range(recipe.scale.0.ln()..recipe.scale.1.ln())
            .exp();
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

    /// The crop's coordinates (pixel centres at .5) of a window's pixel.
    pub(super) fn source(&self, row: usize, column: usize, edge: usize) -> (f32, f32) {
        let from_centre = |i: usize| i as f32 + 0.5 - edge as f32 / 2.0;
        let (down, right) = (from_centre(row), from_centre(column));
        let (dy, dx) = self.shift(row, column, edge);
        (
            self.centre.0 + down * self.row.0 + right * self.column.0 + dy,
            self.centre.1 + down * self.row.1 + right * self.column.1 + dx,
        )
    }

    /// How far a pixel is moved by the bend.
    fn shift(&self, row: usize, column: usize, edge: usize) -> (f32, f32) {
        if self.bend.is_empty() {
            return (0.0, 0.0);
        }
        let between = |i: usize| {
            let at = i as f32 / edge as f32 * (KNOTS - 1) as f32;
            let part = at.fract();
            // Flat at the knots, so that lines have no corners there.
            (at as usize, part * part * (3.0 - 2.0 * part))
        };
        let ((top, down), (left, right)) = (between(row), between(column));
        let knot = |y: usize, x: usize| {
            let knot = self.bend.get((top + y) * KNOTS + left + x);
            knot.copied().unwrap_or_default()
        };
        let mix = |a: f32, b: f32, part: f32| a * (1.0 - part) + b * part;
        let line = |y: usize| {
            let (a, b) = (knot(y, 0), knot(y, 1));
            (mix(a.0, b.0, right), mix(a.1, b.1, right))
        };
        let (upper, lower) = (line(0), line(1));
        (mix(upper.0, lower.0, down), mix(upper.1, lower.1, down))
    }

    /// Whether any reader's mark is in the window.
    pub(super) fn sees_marks(&self, crop: &Crop, edge: usize) -> bool {
        (0..edge).step_by(2).any(|row| {
            (0..edge).step_by(2).any(|column| {
                let (y, x) = self.source(row, column, edge);
                nearest(crop, y, x) != BACKGROUND
            })
        })
    }
}

/// An index mirrored into `0..size`.
pub(super) fn mirror(index: i64, size: usize) -> usize {
    let size = (size as i64).max(1);
    let period = index.rem_euclid(2 * size);
    (if period < size {
        period
    } else {
        2 * size - 1 - period
    }) as usize
}

/// The label of the pixel there.
pub(super) fn nearest(crop: &Crop, y: f32, x: f32) -> u8 {
    let (row, column) = (
        mirror(y.floor() as i64, crop.rows),
        mirror(x.floor() as i64, crop.columns),
    );
    crop.label
        .get(row * crop.columns + column)
        .copied()
        .unwrap_or(BACKGROUND)
}

/// HU between the four nearest pixels.
pub(super) fn bilinear(crop: &Crop, y: f32, x: f32) -> f32 {
    let (y, x) = (y - 0.5, x - 0.5);
    let (top, left) = (y.floor(), x.floor());
    let (down, right) = (y - top, x - left);
    let at = |dy: i64, dx: i64| {
        let (row, column) = (
            mirror(top as i64 + dy, crop.rows),
            mirror(left as i64 + dx, crop.columns),
        );
        f32::from(
            crop.hu
                .get(row * crop.columns + column)
                .copied()
                .unwrap_or(-1000),
        )
    };
    let upper = at(0, 0) * (1.0 - right) + at(0, 1) * right;
    let lower = at(1, 0) * (1.0 - right) + at(1, 1) * right;
    upper * (1.0 - down) + lower * down
}
