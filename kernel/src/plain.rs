//! The steps that cost little: pooling and the head.

use crate::weights::HeadWeights;

/// `sums += factor · values`, element by element.
pub(crate) fn add_scaled(sums: &mut [f32], values: &[f32], factor: f32) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

/// 2×2 maximum of planes with `cols` columns; `out` has planes of half the sides.
pub fn pool(source: &[f32], cols: usize, out: &mut [f32]) {
    // Sides are even, so pairs of rows never cross from one plane to the next.
    let pairs = source.chunks_exact(2 * cols);
    for (pair, out) in pairs.zip(out.chunks_exact_mut(cols / 2)) {
        let (upper, lower) = pair.split_at(cols);
        let (upper, _) = upper.as_chunks::<2>();
        let (lower, _) = lower.as_chunks::<2>();
        for ((out, u), l) in out.iter_mut().zip(upper).zip(lower) {
            *out = larger(larger(u[0], u[1]), larger(l[0], l[1]));
        }
    }
}

/// As an instruction of SIMD has it: `f32::max` leaves out what is no number, which takes several
/// of them and keeps the loop from being made of vectors in WebAssembly.
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// One logit a pixel from planes as long as `out`.
pub fn head(weights: &HeadWeights, source: &[f32], out: &mut [f32]) {
    out.fill(weights.bias);
    for (plane, factor) in source.chunks_exact(out.len()).zip(&weights.weight) {
        add_scaled(out, plane, *factor);
    }
}
