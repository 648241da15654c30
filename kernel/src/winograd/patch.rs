//! Patches to places.

use wide::f32x4;

use super::matrix::combine;
use super::{EDGE, Line, Stretch, TILE};
use crate::conv::WIDEST;
use crate::lanes::{Lanes, Narrow};

/// What the transforms of patches hold between rows and columns.
pub(super) struct Scratch {
    /// Rows of `Bᵀ · patch`: four floats a patch, then those of the one after the last.
    rows: [[f32; TILE * (WIDEST + TILE)]; EDGE],
    /// One of these rows, the same column of all patches side by side.
    columns: [[f32; WIDEST + 2 * TILE]; TILE],
}

impl Scratch {
    pub(super) const ZERO: Self = Self {
        rows: [[0.0; TILE * (WIDEST + TILE)]; EDGE],
        columns: [[0.0; WIDEST + 2 * TILE]; TILE],
    };
}

/// `Bᵀ · patch · B` for a stretch of patches of one channel; the places lie `apart` lines apart.
#[inline(always)]
pub(super) fn transform_patches<V: Lanes>(
    lanes: V,
    plane: &[f32],
    pitch: usize,
    stretch: Stretch,
    scratch: &mut Scratch,
    places: &mut [Line],
    apart: usize,
) {
    stretch.rows(|row, column, done, length| {
        let source = &plane[TILE * row * pitch + TILE * column..];
        for i in (0..TILE * (length + 1)).step_by(V::COUNT) {
            let mut six = [lanes.splat(0.0); EDGE];
            for (row, values) in six.iter_mut().enumerate() {
                *values = lanes.load(&source[row * pitch + i..]);
            }
            for (line, value) in scratch.rows.iter_mut().zip(combine(lanes, six)) {
                lanes.store(value, &mut line[i..]);
            }
        }
        for (line, places) in scratch.rows.iter().zip(places.chunks_mut(EDGE * apart)) {
            let (quads, _) = line.as_chunks::<{ 4 * TILE }>();
            for (i, quads) in quads[..=length / 4].iter().enumerate() {
                let columns = scratch.columns.iter_mut().zip(turned(quads));
                for (column, values) in columns {
                    Narrow.store(values, &mut column[4 * i..]);
                }
            }
            let [a, b, c, d] = &scratch.columns;
            for i in (0..length).step_by(V::COUNT) {
                // The last two columns are the next patch's first.
                let six = [
                    lanes.load(&a[i..]),
                    lanes.load(&b[i..]),
                    lanes.load(&c[i..]),
                    lanes.load(&d[i..]),
                    lanes.load(&a[i + 1..]),
                    lanes.load(&b[i + 1..]),
                ];
                let at = done + i;
                let targets = places.iter_mut().step_by(apart);
                for (line, value) in targets.zip(combine(lanes, six)) {
                    if at + V::COUNT <= WIDEST {
                        lanes.store(value, &mut line[at..]);
                    } else {
                        let mut all = [0.0; WIDEST];
                        lanes.store(value, &mut all);
                        line[at..].copy_from_slice(&all[..WIDEST - at]);
                    }
                }
            }
        }
    });
}

/// Four columns of four quads, or four quads of four columns.
#[inline(always)]
pub(super) fn turned(quads: &[f32; 16]) -> [f32x4; 4] {
    f32x4::transpose([
        Narrow.load(&quads[..4]),
        Narrow.load(&quads[4..8]),
        Narrow.load(&quads[8..12]),
        Narrow.load(&quads[12..]),
    ])
}
