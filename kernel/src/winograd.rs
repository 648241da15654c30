//! The 3×3 convolution with 2.25 times fewer multiplications: Winograd's F(2×2, 3×3)
//! (Lavin & Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016).
//!
//! Four outputs (2×2) depend on a *patch* of 4×4 inputs. Patch and kernel are transformed
//! to 16 *places* each; there a convolution is a product place by place, summed over the
//! input channels: 16 multiplications a channel instead of 36 for the same four outputs.
//! The transforms themselves are additions, and are shared: a patch is transformed once for
//! all outputs, a sum is transformed back once for all inputs.
//!
//! Patches lie beside each other in the vectors, [`WIDEST`] of them at once; for these the
//! transformed patches of all channels (`[16][in][WIDEST]`) stay in the level-1 or level-2
//! cache while every block of output channels reads them, `N · COUNT` patches in the
//! registers at a time. In f32 the result deviates by
//! a few units in the last place from the direct sum, less than the self-test would notice.

use crate::conv::{BLOCK, Band, WIDEST};
use crate::lanes::Lanes;
use crate::weights::ConvWeights;

/// Places of a transformed patch, and of a transformed kernel.
const PLACES: usize = 16;

/// Fewer input channels do not pay for the transforms.
pub(crate) const FEWEST_INPUTS: usize = 4;

/// Kernels `[out, in, 3, 3]` transformed and in the order of use: `[out/4][16][in][4]`.
pub(crate) fn transform_kernels(conv: &ConvWeights) -> Vec<f32> {
    let (inputs, outputs) = (conv.inputs, conv.bias.len());
    let mut all = vec![0.0; outputs.div_ceil(BLOCK) * PLACES * inputs * BLOCK];
    let (kernels, _) = conv.weight.as_chunks::<9>();
    for (index, kernel) in kernels.iter().enumerate() {
        let (output, input) = (index / inputs, index % inputs);
        let start = (output / BLOCK * PLACES * inputs + input) * BLOCK + output % BLOCK;
        let slots = all[start..].iter_mut().step_by(inputs * BLOCK);
        for (slot, value) in slots.zip(transform_kernel(kernel)) {
            *slot = value;
        }
    }
    all
}

/// `G · kernel · Gᵀ`.
fn transform_kernel(kernel: &[f32; 9]) -> [f32; PLACES] {
    let line = |a: f32, b: f32, c: f32| [a, 0.5 * (a + b + c), 0.5 * (a - b + c), c];
    let [a, b, c, d, e, f, g, h, i] = *kernel;
    let columns = [line(a, d, g), line(b, e, h), line(c, f, i)];
    let mut places = [0.0; PLACES];
    for (row, places) in places.chunks_exact_mut(4).enumerate() {
        places.copy_from_slice(&line(columns[0][row], columns[1][row], columns[2][row]));
    }
    places
}

/// Floats that [`band`] needs for transformed patches.
pub(crate) const fn patch_floats(inputs: usize) -> usize {
    PLACES * inputs * WIDEST
}

/// Patches that are worked on together: a stretch of all patches of a band, in reading order.
#[derive(Clone, Copy)]
struct Stretch {
    /// The first.
    start: usize,
    /// How many.
    count: usize,
    /// Patches of one row.
    across: usize,
}

impl Stretch {
    /// Calls `run(row, column, place in the stretch, length)` for the part in each row of patches.
    #[inline(always)]
    fn rows(self, mut run: impl FnMut(usize, usize, usize, usize)) {
        let mut done = 0;
        while done < self.count {
            let at = self.start + done;
            let (row, column) = (at / self.across, at % self.across);
            let length = (self.across - column).min(self.count - done);
            run(row, column, done, length);
            done += length;
        }
    }
}

/// All output channels of one band, whose rows are packed up to an even number.
#[inline(always)]
pub(crate) fn band<V: Lanes, const N: usize>(
    lanes: V,
    job: &Band<'_>,
    kernels: &[f32],
    patches: &mut [f32],
    out: &mut [f32],
) {
    let inputs = job.filters.inputs;
    let across = job.cols.div_ceil(2);
    let total = job.rows.div_ceil(2) * across;
    for start in (0..total).step_by(WIDEST) {
        let count = WIDEST.min(total - start);
        let stretch = Stretch {
            start,
            count,
            across,
        };
        for channel in 0..inputs {
            // Not cut at the plane's end: the last patch of an odd image reads past it.
            let rest = &job.source[channel * job.plane()..];
            let places = patches[channel * WIDEST..].chunks_mut(inputs * WIDEST);
            transform_patches(rest, job.cols + 1, stretch, places);
        }
        let blocks = kernels.chunks_exact(PLACES * inputs * BLOCK);
        let outs = out.chunks_mut(BLOCK * job.out_plane);
        for ((kernels, bias), out) in blocks.zip(&job.filters.bias).zip(outs) {
            let mut sums = [[[0.0; WIDEST]; BLOCK]; PLACES];
            let products = patches
                .chunks_exact(inputs * WIDEST)
                .zip(kernels.chunks_exact(inputs * BLOCK));
            for (sums, (patches, kernels)) in sums.iter_mut().zip(products) {
                for first in (0..WIDEST).step_by(N * V::COUNT) {
                    multiply::<V, N>(lanes, patches, kernels, first, sums);
                }
            }
            transform_back(job, stretch, &sums, bias, out);
        }
    }
}

/// `Bᵀ · patch · B` for a stretch of patches of one channel. `places` gives the 16 lines to write.
#[inline(always)]
fn transform_patches<'a>(
    plane: &[f32],
    pitch: usize,
    stretch: Stretch,
    mut places: impl Iterator<Item = &'a mut [f32]>,
) {
    let mut places: [&mut [f32]; PLACES] =
        std::array::from_fn(|_| places.next().unwrap_or_default());
    // One row of patches, its rows combined: two floats a patch and two beyond the last.
    let mut line = [0.0; 2 * WIDEST + 2];
    stretch.rows(|row, column, done, length| {
        let edge = 2 * length + 2;
        let source = |i: usize| &plane[(2 * row + i) * pitch + 2 * column..][..edge];
        let rows = [source(0), source(1), source(2), source(3)];
        let line = &mut line[..edge];
        for (places, combine) in places.chunks_exact_mut(4).zip([0, 1, 2, 3]) {
            match combine {
                0 => subtract(line, rows[0], rows[2]),
                1 => add(line, rows[1], rows[2]),
                2 => subtract(line, rows[2], rows[1]),
                _ => subtract(line, rows[1], rows[3]),
            }
            let (pairs, _) = line.as_chunks::<2>();
            let (here, next) = (&pairs[..length], &pairs[1..=length]);
            let mut write = |place: usize, value: fn([f32; 2], [f32; 2]) -> f32| {
                let target = &mut places[place][done..done + length];
                for ((target, here), next) in target.iter_mut().zip(here).zip(next) {
                    *target = value(*here, *next);
                }
            };
            write(0, |here, next| here[0] - next[0]);
            write(1, |here, next| here[1] + next[0]);
            write(2, |here, next| next[0] - here[1]);
            write(3, |here, next| here[1] - next[1]);
        }
    });
}

#[inline(always)]
fn add(target: &mut [f32], a: &[f32], b: &[f32]) {
    for ((target, a), b) in target.iter_mut().zip(a).zip(b) {
        *target = a + b;
    }
}

#[inline(always)]
fn subtract(target: &mut [f32], a: &[f32], b: &[f32]) {
    for ((target, a), b) in target.iter_mut().zip(a).zip(b) {
        *target = a - b;
    }
}

/// One place, `N · COUNT` patches from the `first` one on: `sums[o] = Σ kernels[in][o] · patches[in]`.
#[inline(always)]
fn multiply<V: Lanes, const N: usize>(
    lanes: V,
    patches: &[f32],
    kernels: &[f32],
    first: usize,
    sums: &mut [[f32; WIDEST]; BLOCK],
) {
    let mut totals = [[lanes.splat(0.0); N]; BLOCK];
    let (kernels, _) = kernels.as_chunks::<BLOCK>();
    let (lines, _) = patches.as_chunks::<WIDEST>();
    for (line, kernel) in lines.iter().zip(kernels) {
        let line = &line[first..][..N * V::COUNT];
        let mut pixels = [lanes.splat(0.0); N];
        for (v, pixels) in pixels.iter_mut().enumerate() {
            *pixels = lanes.load(&line[v * V::COUNT..]);
        }
        for (totals, factor) in totals.iter_mut().zip(kernel) {
            let factor = lanes.splat(*factor);
            for (total, pixels) in totals.iter_mut().zip(&pixels) {
                *total = lanes.mul_add(*pixels, factor, *total);
            }
        }
    }
    for (line, totals) in sums.iter_mut().zip(&totals) {
        let line = &mut line[first..][..N * V::COUNT];
        for (v, total) in totals.iter().enumerate() {
            lanes.store(*total, &mut line[v * V::COUNT..]);
        }
    }
}

/// `Aᵀ · sums · A`, bias and `ReLU`, written to the output planes.
#[inline(always)]
fn transform_back(
    job: &Band<'_>,
    stretch: Stretch,
    sums: &[[[f32; WIDEST]; BLOCK]; PLACES],
    bias: &[f32; BLOCK],
    out: &mut [f32],
) {
    for (channel, plane) in out.chunks_exact_mut(job.out_plane).enumerate() {
        let at = |row: usize, column: usize| &sums[row * 4 + column][channel];
        // [upper, lower][column of places][patch]
        let mut halves = [[[0.0; WIDEST]; 4]; 2];
        let [upper, lower] = &mut halves;
        for (column, (upper, lower)) in upper.iter_mut().zip(lower).enumerate() {
            let (a, b, c, d) = (at(0, column), at(1, column), at(2, column), at(3, column));
            for i in 0..WIDEST {
                upper[i] = a[i] + b[i] + c[i];
                lower[i] = b[i] - c[i] - d[i];
            }
        }
        // [upper, lower][left, right][patch]
        let mut quads = [[[0.0; WIDEST]; 2]; 2];
        for ([left, right], [a, b, c, d]) in quads.iter_mut().zip(&halves) {
            for i in 0..WIDEST {
                left[i] = (a[i] + b[i] + c[i] + bias[channel]).max(0.0);
                right[i] = (b[i] - c[i] - d[i] + bias[channel]).max(0.0);
            }
        }
        stretch.rows(|row, column, done, length| {
            for (below, quad) in quads.iter().enumerate() {
                // The last row and column of an odd image have no partner.
                let y = 2 * row + below;
                if y >= job.rows {
                    continue;
                }
                let x = 2 * column;
                let end = (x + 2 * length).min(job.cols);
                let start = (job.first + y) * job.cols;
                let line = &mut plane[start + x..start + end];
                let sides = quad.each_ref().map(|side| &side[done..done + length]);
                let (pairs, odd) = line.as_chunks_mut::<2>();
                for ((pair, left), right) in pairs.iter_mut().zip(sides[0]).zip(sides[1]) {
                    *pair = [*left, *right];
                }
                if let ([last], Some(left)) = (odd, sides[0].last()) {
                    *last = *left;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One patch: the places of kernel and patch multiplied and transformed back are the
    /// four outputs of the direct sum.
    #[test]
    fn a_patch_gives_the_outputs_of_the_direct_sum() {
        let kernel: [f32; 9] = std::array::from_fn(|i| (i as f32 * 1.7).sin());
        let patch: [f32; 16] = std::array::from_fn(|i| (i as f32 * 0.9).cos());
        let mut places = [0.0; PLACES];
        let stretch = Stretch {
            start: 0,
            count: 1,
            across: 1,
        };
        transform_patches(&patch, 4, stretch, places.chunks_mut(1));
        let product: Vec<f32> = places
            .iter()
            .zip(transform_kernel(&kernel))
            .map(|(a, b)| a * b)
            .collect();
        let rows = |r: usize| -> [f32; 4] { std::array::from_fn(|c| product[r * 4 + c]) };
        let (a, b, c, d) = (rows(0), rows(1), rows(2), rows(3));
        let upper: [f32; 4] = std::array::from_fn(|i| a[i] + b[i] + c[i]);
        let lower: [f32; 4] = std::array::from_fn(|i| b[i] - c[i] - d[i]);
        for (y, line) in [upper, lower].iter().enumerate() {
            let found = [line[0] + line[1] + line[2], line[1] - line[2] - line[3]];
            for (x, found) in found.iter().enumerate() {
                let direct: f32 = (0..9)
                    .map(|k| kernel[k] * patch[(y + k / 3) * 4 + x + k % 3])
                    .sum();
                assert!((found - direct).abs() < 1e-5, "{y} {x}: {found} {direct}");
            }
        }
    }
}
