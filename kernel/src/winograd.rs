//! The 3×3 convolution with four times fewer multiplications: Winograd's F(4×4, 3×3)
//! (Lavin & Gray, *Fast Algorithms for Convolutional Neural Networks*, CVPR 2016).
//!
//! Sixteen outputs (4×4) depend on a *patch* of 6×6 inputs. Patch and kernel are transformed to 36
//! *places* each; there a convolution is a product place by place, summed over the input channels:
//! 36 multiplications a channel instead of 144 for the same sixteen outputs. The transforms take a
//! few operations a place, and are shared: a patch is transformed once for all outputs, a sum is
//! transformed back once for all inputs. Their points are 0, ±√½ and ±√2: with the usual ±1 and ±2
//! places would differ more in size, and more would be lost in rounding.
//!
//! Patches lie beside each other in the vectors, [`WIDEST`] of them at once. Place by place, the
//! transformed patches of all channels (`[in][WIDEST]`) stay in the level-1 or level-2 cache while
//! every block of output channels reads them, `N · COUNT` patches in the registers at a time; what
//! comes out (`[out][WIDEST]`) waits until all places are done. In f32 the result deviates by some
//! ten units in the last place from the direct sum, less than the self-test would notice.

mod matrix;
mod output;
mod patch;

use crate::conv::{BLOCK, Band, WIDEST};
use crate::lanes::Lanes;
use crate::weights::ConvWeights;
use matrix::transform_kernel;
use output::transform_back;
use patch::{Scratch, transform_patches};

/// Rows and columns of the outputs of a patch.
pub(crate) const TILE: usize = 4;
/// Rows and columns of a patch, and of its places.
const EDGE: usize = TILE + 2;
/// Places of a transformed patch, and of a transformed kernel.
const PLACES: usize = EDGE * EDGE;

/// Fewer input channels do not pay for the transforms.
pub(crate) const FEWEST_INPUTS: usize = 4;

/// Floats that are read past a band's last plane.
pub(crate) const READ_PAST: usize = 3 * TILE;

/// One number for each of [`WIDEST`] patches.
type Line = [f32; WIDEST];

/// Kernels `[out, in, 3, 3]` transformed and in the order of use: `[36][out/4][in][4]`.
pub(crate) fn transform_kernels(conv: &ConvWeights) -> Vec<f32> {
    let (inputs, outputs) = (conv.inputs, conv.bias.len());
    let place = outputs.div_ceil(BLOCK) * inputs * BLOCK;
    let mut all = vec![0.0; PLACES * place];
    let (kernels, _) = conv.weight.as_chunks::<9>();
    for (index, kernel) in kernels.iter().enumerate() {
        let (output, input) = (index / inputs, index % inputs);
        let start = (output / BLOCK * inputs + input) * BLOCK + output % BLOCK;
        let slots = all[start..].iter_mut().step_by(place);
        for (slot, value) in slots.zip(transform_kernel(kernel)) {
            *slot = value;
        }
    }
    all
}

/// Floats that [`band`] needs for transformed patches and the sums of their products.
pub(crate) const fn patch_floats(inputs: usize, outputs: usize) -> usize {
    PLACES * WIDEST * (inputs + outputs.next_multiple_of(BLOCK))
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

/// All output channels of one band, whose rows are packed up to a multiple of [`TILE`].
#[inline(always)]
pub(crate) fn band<V: Lanes, const N: usize>(
    lanes: V,
    job: &Band<'_>,
    kernels: &[f32],
    patches: &mut [f32],
    out: &mut [f32],
) {
    let inputs = job.filters.inputs;
    let blocks = job.filters.bias.len();
    let (patches, sums) = patches.split_at_mut(PLACES * inputs * WIDEST);
    let (patches, _) = patches.as_chunks_mut::<WIDEST>();
    let (sums, _) = sums.as_chunks_mut::<WIDEST>();
    let mut scratch = Scratch::ZERO;
    let across = job.cols.div_ceil(TILE);
    let total = job.rows.div_ceil(TILE) * across;
    for start in (0..total).step_by(WIDEST) {
        let count = WIDEST.min(total - start);
        let stretch = Stretch {
            start,
            count,
            across,
        };
        for channel in 0..inputs {
            // Not cut at the plane's end: the last patch of a row may read past it.
            let rest = &job.source[channel * job.plane()..];
            let places = &mut patches[channel..];
            transform_patches(
                lanes,
                rest,
                job.cols + 1,
                stretch,
                &mut scratch,
                places,
                inputs,
            );
        }
        let products = patches
            .chunks_exact(inputs)
            .zip(kernels.chunks_exact(blocks * inputs * BLOCK))
            .zip(sums.chunks_exact_mut(blocks * BLOCK));
        for ((patches, kernels), sums) in products {
            let blocks = kernels.chunks_exact(inputs * BLOCK);
            for (kernels, sums) in blocks.zip(sums.chunks_exact_mut(BLOCK)) {
                for first in (0..count).step_by(N * V::COUNT) {
                    multiply::<V, N>(lanes, patches, kernels, first, sums);
                }
            }
        }
        for (channel, plane) in out.chunks_exact_mut(job.out_plane).enumerate() {
            let bias = job.filters.bias[channel / BLOCK][channel % BLOCK];
            transform_back(
                lanes,
                job,
                stretch,
                &sums[channel..],
                blocks * BLOCK,
                bias,
                plane,
            );
        }
    }
}

/// One place, `N · COUNT` patches from the `first` one on:
/// `sums[o] = Σ kernels[in][o] · patches[in]`.
#[inline(always)]
fn multiply<V: Lanes, const N: usize>(
    lanes: V,
    patches: &[Line],
    kernels: &[f32],
    first: usize,
    sums: &mut [Line],
) {
    let mut totals = [[lanes.splat(0.0); N]; BLOCK];
    let (kernels, _) = kernels.as_chunks::<BLOCK>();
    for (line, kernel) in patches.iter().zip(kernels) {
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

#[cfg(test)]
mod tests {
    use wide::f32x4;

    use super::matrix::spread;
    use super::*;
    use crate::lanes::Narrow;

    /// One patch: the places of kernel and patch multiplied and transformed back are the
    /// sixteen outputs of the direct sum.
    #[test]
    fn a_patch_gives_the_outputs_of_the_direct_sum() {
        let kernel: [f32; 9] = std::array::from_fn(|i| (i as f32 * 1.7).sin());
        let patch: [f32; PLACES + READ_PAST] = std::array::from_fn(|i| (i as f32 * 0.9).cos());
        let stretch = Stretch {
            start: 0,
            count: 1,
            across: 1,
        };
        let mut places = [[0.0; WIDEST]; PLACES];
        let mut scratch = Scratch::ZERO;
        transform_patches(Narrow, &patch, EDGE, stretch, &mut scratch, &mut places, 1);
        let product: Vec<f32x4> = places
            .iter()
            .zip(transform_kernel(&kernel))
            .map(|(place, factor)| f32x4::splat(place[0] * factor))
            .collect();
        let columns: [[f32x4; TILE]; EDGE] = std::array::from_fn(|column| {
            let six = std::array::from_fn(|row| product[row * EDGE + column]);
            spread(Narrow, six)
        });
        for y in 0..TILE {
            let sums = spread(Narrow, columns.map(|column| column[y]));
            let found = sums.map(|sum| sum.to_array()[0]);
            for (x, found) in found.iter().enumerate() {
                let direct: f32 = (0..9)
                    .map(|k| kernel[k] * patch[(y + k / 3) * EDGE + x + k % 3])
                    .sum();
                assert!((found - direct).abs() < 2e-5, "{y} {x}: {found} {direct}");
            }
        }
    }
}
