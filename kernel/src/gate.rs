//! The attention gate (Oktay et al. 2018, with addition as the joining operation).

use crate::plain::add_scaled;
use crate::weights::GateWeights;

/// Attention factors of `rows × cols` pixels:
/// `sigmoid(psi · relu(Wg · upsampled coarse + Ws · skip + b) + b_psi)`.
///
/// A 1×1 convolution and upsampling can change places, so `Wg` is applied at the
/// coarse resolution, to a quarter of the pixels.
pub fn run(
    weights: &GateWeights,
    skip: &[f32],
    coarse: &[f32],
    (rows, cols): (usize, usize),
    out: &mut [f32],
) {
    let mids = weights.bias.len();
    let quarter = rows * cols / 4;
    let gating = gating(weights, coarse, quarter);
    let half = cols / 2;
    let skip_channels = weights.skip.len() / mids;
    let mut middle = vec![0.0; cols];
    for (row, out) in out.chunks_exact_mut(cols).take(rows).enumerate() {
        out.fill(weights.psi_bias);
        for (mid, signal) in gating.chunks_exact(quarter).enumerate() {
            let signal = &signal[row / 2 * half..][..half];
            for (pair, value) in middle.chunks_exact_mut(2).zip(signal) {
                pair.fill(*value);
            }
            let factors = &weights.skip[mid * skip_channels..][..skip_channels];
            for (plane, factor) in skip.chunks_exact(rows * cols).zip(factors) {
                add_scaled(&mut middle, &plane[row * cols..][..cols], *factor);
            }
            let psi = weights.psi[mid];
            for (sum, value) in out.iter_mut().zip(&middle) {
                *sum += psi * value.max(0.0);
            }
        }
        for value in out {
            *value = 1.0 / (1.0 + (-*value).exp());
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
