//! Sums of places to outputs.

use super::matrix::spread;
use super::patch::turned;
use super::{EDGE, Line, Stretch, TILE};
use crate::conv::{Band, WIDEST};
use crate::lanes::Lanes;

/// `Aᵀ · places · A`, bias and `ReLU`, written to one output plane; the places lie `apart` lines
/// apart.
#[inline(always)]
pub(super) fn transform_back<V: Lanes>(
    lanes: V,
    job: &Band<'_>,
    stretch: Stretch,
    places: &[Line],
    apart: usize,
    bias: f32,
    plane: &mut [f32],
) {
    // [row of outputs][column of outputs][patch]
    let mut outputs = [[[0.0; WIDEST]; TILE]; TILE];
    for i in (0..stretch.count).step_by(V::COUNT) {
        let mut columns = [[lanes.splat(0.0); TILE]; EDGE];
        for (column, sums) in columns.iter_mut().enumerate() {
            let mut six = [lanes.splat(0.0); EDGE];
            for (row, values) in six.iter_mut().enumerate() {
                *values = lanes.load(&places[(row * EDGE + column) * apart][i..]);
            }
            *sums = spread(lanes, six);
        }
        let [a, b, c, d, e, f] = &columns;
        for (row, outputs) in outputs.iter_mut().enumerate() {
            let sums = spread(lanes, [a[row], b[row], c[row], d[row], e[row], f[row]]);
            for (output, sum) in outputs.iter_mut().zip(sums) {
                let value = lanes.max(lanes.add(sum, lanes.splat(bias)), lanes.splat(0.0));
                lanes.store(value, &mut output[i..]);
            }
        }
    }
    for (below, columns) in outputs.iter().enumerate() {
        let mut quads = [[0.0; TILE]; WIDEST];
        for (i, quads) in quads.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            let mut four = [0.0; 16];
            for (part, column) in four.chunks_exact_mut(4).zip(columns) {
                part.copy_from_slice(&column[4 * i..][..4]);
            }
            for (quad, values) in quads.iter_mut().zip(turned(&four)) {
                *quad = values.to_array();
            }
        }
        stretch.rows(|row, column, done, length| {
            // The last row and column of patches may reach past the image.
            let y = TILE * row + below;
            if y >= job.rows {
                return;
            }
            let x = TILE * column;
            let end = (x + TILE * length).min(job.cols);
            let start = (job.first + y) * job.cols;
            let quads = &quads[done..done + length];
            let (whole, rest) = plane[start + x..start + end].as_chunks_mut::<TILE>();
            for (target, quad) in whole.iter_mut().zip(quads) {
                *target = *quad;
            }
            if let Some(quad) = quads.last() {
                rest.copy_from_slice(&quad[..rest.len()]);
            }
        });
    }
}
