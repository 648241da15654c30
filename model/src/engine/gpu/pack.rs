//! Weights and images in the order in which the kernels read them (see `shape.wgsl`).

use half::f16;

use super::choice::BLOCK;
use crate::engine::weights::{ConvWeights, GateWeights, HeadWeights};

/// Uniform buffers must start at multiples of this (WebGPU's default limit), bytes.
pub(super) const UNIFORM_ALIGNMENT: usize = 256;
/// Channels of a vector.
pub(super) const GROUP: usize = 4;

/// The two weight buffers of a step.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// Halves, eight to a vector of 16 bytes.
    pub(super) halves: Vec<u8>,
    /// Vectors of four f32.
    pub(super) vectors: Vec<f32>,
}

/// `[out, in, 3, 3]` to `[out/8][in][9 taps][8 outputs]` halves; vectors: a factor for each
/// output, then the bias.
///
/// A weight is its half times its output's factor. For weights that were stored as I8 the halves
/// are those whole numbers as parts of 128, so nothing is lost and none is larger than 1. For
/// others the factor is a power of two that brings the largest weight of the output to 1…2: halves
/// then have eleven significant bits whatever the size of the weights.
///
/// Outputs must be a multiple of four; a block of eight is filled up with zero weights, and
/// so are the inputs to a multiple of four.
/// The buffer ends with `tail_vectors` of zeros, so that a piece of a fixed length may start at
/// any block.
pub(super) fn conv(weights: &ConvWeights, tail_vectors: usize) -> Packed {
    let tail = tail_vectors * BLOCK;
    let blocks = weights.bias.len().div_ceil(BLOCK);
    let stride = block_vectors(weights.inputs) * BLOCK;
    let mut halves = vec![f16::ZERO; blocks * stride + tail];
    let mut vectors = Vec::with_capacity(2 * weights.bias.len());
    let kernels_of_an_output = weights.weight.chunks_exact(weights.inputs * 9);
    for (output, kernels) in kernels_of_an_output.enumerate() {
        let factor = factor(&weights.factors, output, kernels);
        vectors.push(factor);
        let first = output / BLOCK * stride + output % BLOCK;
        for (tap, value) in kernels.iter().enumerate() {
            halves[first + tap * BLOCK] = f16::from_f32(value / factor);
        }
    }
    vectors.extend(&weights.bias);
    Packed {
        halves: bytes(&halves),
        vectors,
    }
}

/// Vectors of eight halves from one block of outputs to the next: 9 for each of the inputs, and
/// as many more as make a block start where a uniform buffer may.
pub(super) fn block_vectors(inputs: usize) -> usize {
    (inputs.next_multiple_of(GROUP) * 9).next_multiple_of(UNIFORM_ALIGNMENT / 16)
}

/// The largest power of two that is no larger than the largest value; 1 if all are zero.
fn power_of_two(values: &[f32]) -> f32 {
    let largest = values
        .iter()
        .fold(0.0_f32, |most, value| most.max(value.abs()));
    if largest.is_normal() {
        f32::from_bits(largest.to_bits() & f32::INFINITY.to_bits())
    } else {
        1.0
    }
}

/// `[mid/8][skip, then coarse channels][8 mids]` halves; vectors: factors of the weights for
/// skips, and for the coarse channels, bias, psi, each for a multiple of eight mids; bias of psi.
///
/// The same halves and factors as in [`conv`]. The buffer is filled up to `least_vectors`.
pub(super) fn gate(weights: &GateWeights, least_vectors: usize) -> Packed {
    let mids = weights.bias.len();
    let inputs = [weights.skip.len() / mids, weights.gating.len() / mids];
    let [skips, coarse] = inputs.map(|channels| channels.next_multiple_of(GROUP));
    let vectors_used = mids.div_ceil(BLOCK) * (skips + coarse);
    let mut halves = vec![f16::ZERO; vectors_used.max(least_vectors) * BLOCK];
    let parts = [
        (&weights.skip, &weights.skip_factors, inputs[0], 0),
        (&weights.gating, &weights.gating_factors, inputs[1], skips),
    ];
    let mut vectors = Vec::new();
    let padded = mids.next_multiple_of(BLOCK);
    for (values, factors, channels, first_channel) in parts {
        for (mid, row) in values.chunks_exact(channels).enumerate() {
            let factor = factor(factors, mid, row);
            vectors.push(factor);
            let first = mid / BLOCK * (skips + coarse) + first_channel;
            for (channel, value) in row.iter().enumerate() {
                let half = f16::from_f32(value / factor);
                halves[(first + channel) * BLOCK + mid % BLOCK] = half;
            }
        }
        vectors.resize(vectors.len().next_multiple_of(padded), 0.0);
    }
    vectors.extend(&weights.bias);
    vectors.resize(3 * padded, 0.0);
    vectors.extend(&weights.psi);
    vectors.resize(4 * padded, 0.0);
    vectors.extend([weights.psi_bias, 0.0, 0.0, 0.0]);
    Packed {
        halves: bytes(&halves),
        vectors,
    }
}

/// What the weights of an output are divided by before they are stored.
fn factor(stored: &[f32], output: usize, values: &[f32]) -> f32 {
    match stored.get(output) {
        Some(&factor) if factor > 0.0 => factor * 128.0,
        _ => power_of_two(values),
    }
}

fn bytes(halves: &[f16]) -> Vec<u8> {
    halves.iter().flat_map(|half| half.to_le_bytes()).collect()
}

/// Vectors of weights, then the bias. They are f32, as psi of a gate is: one number a channel, of
/// which there would be nothing to save.
pub(super) fn head(weights: &HeadWeights) -> Packed {
    let mut vectors = weights.weight.clone();
    vectors.resize(vectors.len().next_multiple_of(GROUP), 0.0);
    vectors.extend([weights.bias, 0.0, 0.0, 0.0]);
    Packed {
        halves: Vec::new(),
        vectors,
    }
}

/// A slice with a border of zeros.
pub(super) fn image(input: &[f32], rows: usize, cols: usize) -> Vec<f32> {
    let pitch = cols + 2;
    let mut bordered = vec![0.0; (rows + 2) * pitch];
    let lines = bordered.chunks_exact_mut(pitch).skip(1);
    for (line, values) in lines.zip(input.chunks_exact(cols)) {
        for (pixel, &value) in line.iter_mut().skip(1).zip(values) {
            *pixel = value;
        }
    }
    bordered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weight of an output, input and tap as a kernel reads it.
    fn read(packed: &Packed, inputs: usize, output: usize, tap: usize) -> f32 {
        let (halves, _) = packed.halves.as_chunks::<2>();
        let at = (output / BLOCK * block_vectors(inputs) + tap) * BLOCK + output % BLOCK;
        f16::from_le_bytes(halves[at]).to_f32() * packed.vectors[output]
    }

    #[test]
    fn weights_stored_as_i8_are_kept_exactly() {
        let factors: Vec<f32> = (0..12).map(|i| 1.1e-3 * (i as f32 + 1.0)).collect();
        let weight: Vec<f32> = (0..12 * 4 * 9)
            .map(|i| f32::from((i * 37 % 255) as i16 - 127) * factors[i / 36])
            .collect();
        let bias = vec![0.5; 12];
        let weights = ConvWeights {
            inputs: 4,
            weight: weight.clone(),
            factors,
            bias,
        };
        let packed = conv(&weights, 0);
        for (index, value) in weight.iter().enumerate() {
            let found = read(&packed, 4, index / 36, index % 36);
            assert_eq!(found.to_bits(), value.to_bits());
        }
        assert_eq!(&packed.vectors[12..], &[0.5; 12]);
    }

    #[test]
    fn a_slice_has_a_border_of_zeros() {
        let bordered = image(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3);
        let expected = [
            [0.0; 5],
            [0.0, 1.0, 2.0, 3.0, 0.0],
            [0.0, 4.0, 5.0, 6.0, 0.0],
            [0.0; 5],
        ];
        assert_eq!(bordered, expected.concat());
    }

    #[test]
    fn other_weights_keep_eleven_digits_whatever_their_size() {
        for size in [1e-12_f32, 1.0, 1e12] {
            let weight: Vec<f32> = (0..4 * 4 * 9).map(|i| (i as f32).sin() * size).collect();
            let weights = ConvWeights {
                inputs: 4,
                weight: weight.clone(),
                factors: Vec::new(),
                bias: vec![0.0; 4],
            };
            let packed = conv(&weights, 0);
            for (index, value) in weight.iter().enumerate() {
                let found = read(&packed, 4, index / 36, index % 36);
                assert!(
                    (found - value).abs() <= size * 2.0_f32.powi(-11),
                    "{found} {value}"
                );
            }
        }
    }
}
