//! The 3×3 convolution, cut to fit registers and caches: by Winograd's algorithm
//! (`winograd.rs`), or tap by tap where input channels are too few to pay for its transforms,
//! as in the first convolution of a network.
//!
//! * **Level-2 cache**: a *band* of rows of all input channels is packed into one scratch
//!   buffer (see [`crate::pack`]), small enough to stay in the cache while every
//!   output channel reads it. Both ways work on such bands.
//! * **Registers**, tap by tap: the innermost loops hold a tile of 4 output channels × `N` vectors
//!   of neighbouring pixels in registers. For each input channel and each of the nine taps it loads
//!   `N` vectors of pixels and 4 weights and does `4 · N` multiply-adds, so that loads stay behind
//!   arithmetic: with two vectors 8 of 16 registers are sums, 6 loads for 8 multiply-adds. With
//!   three, pixels and weights would just fit beside 12 sums, but compilers want two weights at
//!   once and keep a sum in memory, for which every round then waits: half the speed.
//! * **Weights** are stored in the order of use, missing output channels as zeros: tap by tap
//!   `[out/4][in][3·3][4]`, for Winograd's algorithm transformed, `[36][out/4][in][4]`.

#[cfg(target_arch = "x86_64")]
use pulp::x86::V3;

use crate::lanes::{Lanes, Narrow};
use crate::pack::{Source, plane_length};
use crate::weights::ConvWeights;
use crate::winograd::{self, TILE};

/// Output channels of a tile.
pub(crate) const BLOCK: usize = 4;
/// Weights of one input channel for one tile.
const TAPS: usize = 9 * BLOCK;
/// The widest tile, in pixels.
pub(crate) const WIDEST: usize = 16;
/// Floats of a packed band: 512 KiB, half of a usual level-2 cache.
const BAND_FLOATS: usize = 128 * 1024;

/// Weights of a convolution in the order of use.
#[derive(Debug)]
pub struct Filters {
    pub(crate) inputs: usize,
    taps: Taps,
    /// One entry for four output channels.
    pub(crate) bias: Vec<[f32; BLOCK]>,
}

/// The kernels in the order of use.
#[derive(Debug)]
enum Taps {
    /// `[out/4][in][9][4]`.
    Direct(Vec<f32>),
    /// See [`winograd::transform_kernels`].
    Winograd(Vec<f32>),
}

impl Filters {
    /// Reorders `[out, in, 3, 3]`.
    pub fn pack(conv: &ConvWeights) -> Self {
        let (inputs, blocks) = (conv.inputs, conv.bias.len().div_ceil(BLOCK));
        let mut bias = vec![[0.0; BLOCK]; blocks];
        for (output, value) in conv.bias.iter().enumerate() {
            bias[output / BLOCK][output % BLOCK] = *value;
        }
        let taps = if inputs < winograd::FEWEST_INPUTS {
            Taps::Direct(Self::pack_direct(conv))
        } else {
            Taps::Winograd(winograd::transform_kernels(conv))
        };
        Self { inputs, taps, bias }
    }

    /// Floats in memory.
    pub fn floats(&self) -> usize {
        let (Taps::Direct(taps) | Taps::Winograd(taps)) = &self.taps;
        taps.len() + self.bias.len() * BLOCK
    }

    fn pack_direct(conv: &ConvWeights) -> Vec<f32> {
        let (inputs, blocks) = (conv.inputs, conv.bias.len().div_ceil(BLOCK));
        let mut taps = vec![0.0; blocks * inputs * TAPS];
        let (kernels, _) = conv.weight.as_chunks::<9>();
        for (index, kernel) in kernels.iter().enumerate() {
            let (output, input) = (index / inputs, index % inputs);
            let start = (output / BLOCK * inputs + input) * TAPS + output % BLOCK;
            for (slot, value) in taps[start..].iter_mut().step_by(BLOCK).zip(kernel) {
                *slot = *value;
            }
        }
        taps
    }
}

/// Which instructions carry out the convolution.
#[derive(Debug, Clone, Copy)]
pub enum Kernel {
    /// 128-bit vectors, on every processor.
    Portable,
    /// 256-bit vectors with fused multiply-add, on processors that were asked for them.
    #[cfg(target_arch = "x86_64")]
    Avx2(V3),
}

impl Kernel {
    /// The fastest one that works here.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = V3::try_new() {
            return Self::Avx2(lanes);
        }
        Self::Portable
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "AVX2",
            Self::Portable if cfg!(target_feature = "relaxed-simd") => "WebAssembly relaxed SIMD",
            Self::Portable if cfg!(target_arch = "wasm32") => "WebAssembly SIMD",
            Self::Portable if cfg!(target_arch = "aarch64") => "NEON",
            Self::Portable if cfg!(target_arch = "x86_64") => "SSE2",
            Self::Portable => "plain",
        }
    }
}

/// Some rows of a convolution, packed and ready.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Band<'a> {
    /// Packed planes, see [`Source::pack`], with room to read past the last.
    pub(crate) source: &'a [f32],
    pub(crate) filters: &'a Filters,
    /// First output row.
    pub(crate) first: usize,
    /// Output rows in the band; packed are as many, or more up to a whole row of patches.
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// Floats of one whole output plane.
    pub(crate) out_plane: usize,
}

impl Band<'_> {
    /// Floats of one packed plane.
    pub(crate) fn plane(&self) -> usize {
        plane_length(self.rows.next_multiple_of(TILE), self.cols)
    }
}

/// Convolves `source`, adds the bias, applies `ReLU` and writes the planes `out`.
pub fn run(
    kernel: Kernel,
    source: &Source<'_>,
    filters: &Filters,
    scratch: &mut Vec<f32>,
    out: &mut [f32],
) {
    let line = filters.inputs * (source.cols + 1);
    let band_rows = (BAND_FLOATS / line).saturating_sub(2).max(TILE) / TILE * TILE;
    let band_rows = band_rows.min(source.rows.next_multiple_of(TILE));
    let packed =
        filters.inputs * plane_length(band_rows, source.cols) + WIDEST + winograd::READ_PAST;
    let outputs = filters.bias.len() * BLOCK;
    let needed = packed + winograd::patch_floats(filters.inputs, outputs);
    scratch.resize(scratch.len().max(needed), 0.0);
    let (scratch, patches) = scratch.split_at_mut(packed);
    let mut first = 0;
    while first < source.rows {
        let rows = band_rows.min(source.rows - first);
        source.pack(first, rows.next_multiple_of(TILE), scratch);
        let job = Band {
            source: scratch,
            filters,
            first,
            rows,
            cols: source.cols,
            out_plane: source.rows * source.cols,
        };
        match kernel {
            Kernel::Portable => portable(&job, patches, out),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(lanes) => crate::avx2::run(lanes, &job, patches, out),
        }
        first += rows;
    }
}

/// One band with 4 channels × 8 pixels in eight of the sixteen registers; without a
/// fused multiply-add the products need registers too.
pub(crate) fn portable(job: &Band<'_>, patches: &mut [f32], out: &mut [f32]) {
    band::<Narrow, 2>(Narrow, job, patches, out);
}

/// All output channels of one band.
#[inline(always)]
pub(crate) fn band<V: Lanes, const N: usize>(
    lanes: V,
    job: &Band<'_>,
    patches: &mut [f32],
    out: &mut [f32],
) {
    match &job.filters.taps {
        Taps::Direct(taps) => direct::<V, N>(lanes, job, taps, out),
        Taps::Winograd(kernels) => winograd::band::<V, N>(lanes, job, kernels, patches, out),
    }
}

/// Tap by tap.
#[inline(always)]
fn direct<V: Lanes, const N: usize>(lanes: V, job: &Band<'_>, taps: &[f32], out: &mut [f32]) {
    let pitch = job.cols + 1;
    let plane = job.plane();
    // The last position is the zero to the right of the last row.
    let positions = job.rows * pitch - 1;
    let filters = job.filters;
    let blocks = taps.chunks_exact(filters.inputs * TAPS);
    let outs = out.chunks_mut(BLOCK * job.out_plane);
    for ((taps, bias), out) in blocks.zip(&filters.bias).zip(outs) {
        let mut start = 0;
        while start < positions {
            let mut tile = [[0.0; WIDEST]; BLOCK];
            let source = &job.source[start..];
            convolve::<V, N>(lanes, source, (plane, pitch), taps, bias, &mut tile);
            let length = (N * V::COUNT).min(positions - start);
            scatter(job, &tile, start, length, out);
            start += N * V::COUNT;
        }
    }
}

/// One tile: 4 output channels × `N` vectors of pixels.
#[inline(always)]
fn convolve<V: Lanes, const N: usize>(
    lanes: V,
    source: &[f32],
    (plane, pitch): (usize, usize),
    taps: &[f32],
    bias: &[f32; BLOCK],
    tile: &mut [[f32; WIDEST]; BLOCK],
) {
    let mut sums = [[lanes.splat(0.0); N]; BLOCK];
    for (sums, bias) in sums.iter_mut().zip(bias) {
        *sums = [lanes.splat(*bias); N];
    }
    let (channels, _) = taps.as_chunks::<TAPS>();
    for (channel, taps) in channels.iter().enumerate() {
        for dy in 0..3 {
            let line = &source[channel * plane + dy * pitch..][..N * V::COUNT + 2];
            for dx in 0..3 {
                let mut pixels = [lanes.splat(0.0); N];
                for (v, pixels) in pixels.iter_mut().enumerate() {
                    *pixels = lanes.load(&line[dx + v * V::COUNT..][..V::COUNT]);
                }
                for (o, sums) in sums.iter_mut().enumerate() {
                    let weight = lanes.splat(taps[(dy * 3 + dx) * BLOCK + o]);
                    for (sum, pixels) in sums.iter_mut().zip(&pixels) {
                        *sum = lanes.mul_add(*pixels, weight, *sum);
                    }
                }
            }
        }
    }
    for (line, sums) in tile.iter_mut().zip(&sums) {
        for (v, sum) in sums.iter().enumerate() {
            let value = lanes.max(*sum, lanes.splat(0.0));
            lanes.store(value, &mut line[v * V::COUNT..]);
        }
    }
}

/// Copies a tile to the output planes, leaving out the zeros between rows.
#[inline(always)]
fn scatter(
    job: &Band<'_>,
    tile: &[[f32; WIDEST]; BLOCK],
    start: usize,
    length: usize,
    out: &mut [f32],
) {
    let pitch = job.cols + 1;
    let mut done = 0;
    while done < length {
        let (row, col) = ((start + done) / pitch, (start + done) % pitch);
        let run = (job.cols - col).min(length - done);
        let target = (job.first + row) * job.cols + col;
        for (plane, line) in out.chunks_exact_mut(job.out_plane).zip(tile) {
            plane[target..target + run].copy_from_slice(&line[done..done + run]);
        }
        done += run + 1;
    }
}
