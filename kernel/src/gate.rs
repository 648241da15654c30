//! The attention gate (Oktay et al. 2018, with addition as the joining operation).
//!
//! Two 1×1 convolutions to a few *middle* channels and one from these to a number a pixel. The
//! innermost loops hold 4 middle channels × `N` vectors of pixels in registers, as the 3×3
//! convolution does. Planes lie a power of two apart, so that the same pixel of many channels would
//! meet in one set of the cache: a row of all channels is copied first, tile by tile.

use crate::conv::{BLOCK, Kernel, WIDEST};
use crate::lanes::{Lanes, Narrow};
use crate::plain::add_scaled;
use crate::weights::GateWeights;

/// Attention factors of `rows × cols` pixels:
/// `sigmoid(psi · relu(Wg · upsampled coarse + Ws · skip + b) + b_psi)`.
///
/// A 1×1 convolution and upsampling can change places, so `Wg` is applied at the
/// coarse resolution, to a quarter of the pixels.
pub fn run(
    kernel: Kernel,
    weights: &GateWeights,
    skip: &[f32],
    coarse: &[f32],
    (rows, cols): (usize, usize),
    out: &mut [f32],
) {
    let gating = gating(weights, coarse, rows * cols / 4);
    let job = Job {
        weights,
        skip,
        gating: &gating,
        rows,
        cols,
    };
    match kernel {
        Kernel::Portable => portable(&job, out),
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2(lanes) => crate::avx2::gate(lanes, &job, out),
    }
}

/// What is left after the convolution at the coarse resolution.
#[derive(Debug)]
pub(crate) struct Job<'a> {
    weights: &'a GateWeights,
    /// Planes of `rows × cols`.
    skip: &'a [f32],
    /// Planes of `rows/2 × cols/2`, one for each middle channel.
    gating: &'a [f32],
    rows: usize,
    cols: usize,
}

/// 4 channels × 8 pixels in eight of the sixteen registers.
pub(crate) fn portable(job: &Job<'_>, out: &mut [f32]) {
    factors::<Narrow, 2>(Narrow, job, out);
}

/// All rows.
#[inline(always)]
pub(crate) fn factors<V: Lanes, const N: usize>(lanes: V, job: &Job<'_>, out: &mut [f32]) {
    let Job { weights, cols, .. } = *job;
    let width = N * V::COUNT;
    let (mids, channels) = (weights.bias.len(), weights.skip.len() / weights.bias.len());
    let blocks = mids.div_ceil(BLOCK);
    let taps = taps(weights, channels);
    let tiles = cols.div_ceil(width);
    // `[tile][skip channel][pixel]` and `[tile][middle channel][pixel]`; what is missing stays
    // zero.
    let mut skips = vec![0.0; tiles * channels * width];
    let mut signals = vec![0.0; tiles * blocks * BLOCK * width];
    for (row, out) in out.chunks_exact_mut(cols).take(job.rows).enumerate() {
        let planes = job.skip.chunks_exact(job.rows * cols);
        for (channel, plane) in planes.enumerate() {
            let line = &plane[row * cols..][..cols];
            deal::<V, N>(lanes, line, &mut skips[channel * width..], channels * width);
        }
        if row.is_multiple_of(2) {
            let planes = job.gating.chunks_exact(job.rows * cols / 4);
            for (mid, plane) in planes.enumerate() {
                let line = &plane[row / 2 * (cols / 2)..][..cols / 2];
                for (place, value) in line.iter().enumerate() {
                    let (tile, pixel) = (2 * place / width, 2 * place % width);
                    let start = (tile * blocks * BLOCK + mid) * width + pixel;
                    signals[start..][..2].fill(*value);
                }
            }
        }
        let tiles = skips
            .chunks_exact(channels * width)
            .zip(signals.chunks_exact(blocks * BLOCK * width));
        for ((skips, signals), out) in tiles.zip(out.chunks_mut(width)) {
            let mut answer = [lanes.splat(weights.psi_bias); N];
            let parts = taps
                .chunks_exact(channels)
                .zip(signals.chunks_exact(BLOCK * width));
            for ((taps, signals), psi) in parts.zip(weights.psi.chunks(BLOCK)) {
                middle(lanes, skips, taps, signals, psi, &mut answer);
            }
            let mut line = [0.0; WIDEST];
            for (v, answer) in answer.iter().enumerate() {
                lanes.store(*answer, &mut line[v * V::COUNT..]);
            }
            out.copy_from_slice(&line[..out.len()]);
        }
        for value in out {
            *value = 1.0 / (1.0 + (-*value).exp());
        }
    }
}

/// `Ws` in the order of use: `[mid/4][skip channel][4]`, missing middle channels as zeros.
fn taps(weights: &GateWeights, channels: usize) -> Vec<[f32; BLOCK]> {
    let blocks = weights.bias.len().div_ceil(BLOCK);
    let mut taps = vec![[0.0; BLOCK]; blocks * channels];
    for (mid, factors) in weights.skip.chunks_exact(channels).enumerate() {
        for (taps, factor) in taps[mid / BLOCK * channels..].iter_mut().zip(factors) {
            taps[mid % BLOCK] = *factor;
        }
    }
    taps
}

/// Copies a line to tiles that lie `apart` floats apart.
#[inline(always)]
fn deal<V: Lanes, const N: usize>(lanes: V, line: &[f32], tiles: &mut [f32], apart: usize) {
    let width = N * V::COUNT;
    for (part, tile) in line.chunks(width).zip(tiles.chunks_mut(apart)) {
        if part.len() == width {
            for v in 0..N {
                let pixels = lanes.load(&part[v * V::COUNT..]);
                lanes.store(pixels, &mut tile[v * V::COUNT..]);
            }
        } else {
            tile[..part.len()].copy_from_slice(part);
        }
    }
}

/// Adds `psi · relu(signals + taps · skips)` of four middle channels.
#[inline(always)]
fn middle<V: Lanes, const N: usize>(
    lanes: V,
    skips: &[f32],
    taps: &[[f32; BLOCK]],
    signals: &[f32],
    psi: &[f32],
    answer: &mut [V::Vector; N],
) {
    let width = N * V::COUNT;
    let mut sums = [[lanes.splat(0.0); N]; BLOCK];
    for (sums, signals) in sums.iter_mut().zip(signals.chunks_exact(width)) {
        for (v, sum) in sums.iter_mut().enumerate() {
            *sum = lanes.load(&signals[v * V::COUNT..]);
        }
    }
    for (line, taps) in skips.chunks_exact(width).zip(taps) {
        let mut pixels = [lanes.splat(0.0); N];
        for (v, pixels) in pixels.iter_mut().enumerate() {
            *pixels = lanes.load(&line[v * V::COUNT..]);
        }
        for (sums, factor) in sums.iter_mut().zip(taps) {
            let factor = lanes.splat(*factor);
            for (sum, pixels) in sums.iter_mut().zip(&pixels) {
                *sum = lanes.mul_add(*pixels, factor, *sum);
            }
        }
    }
    for (sums, psi) in sums.iter().zip(psi) {
        let psi = lanes.splat(*psi);
        for (answer, sum) in answer.iter_mut().zip(sums) {
            let signal = lanes.max(*sum, lanes.splat(0.0));
            *answer = lanes.mul_add(signal, psi, *answer);
        }
    }
}

/// `Wg · coarse + b`, one plane of `pixels` for each channel in the middle.
fn gating(weights: &GateWeights, coarse: &[f32], pixels: usize) -> Vec<f32> {
    let mids = weights.bias.len();
    let channels = weights.gating.len() / mids;
    let mut planes = vec![0.0; mids * pixels];
    for (mid, plane) in planes.chunks_exact_mut(pixels).enumerate() {
        plane.fill(weights.bias[mid]);
        let factors = &weights.gating[mid * channels..][..channels];
        for (source, factor) in coarse.chunks_exact(pixels).zip(factors) {
            add_scaled(plane, source, *factor);
        }
    }
    planes
}
