//! The matrices of F(4×4, 3×3): `G` for kernels, `Bᵀ` for patches, `Aᵀ` for sums of their products.

use std::f32::consts::{FRAC_1_SQRT_2, SQRT_2};

use super::{EDGE, PLACES, TILE};
use crate::lanes::Lanes;

/// `G · kernel · Gᵀ`.
pub(super) fn transform_kernel(kernel: &[f32; 9]) -> [f32; PLACES] {
    let line = |a: f32, b: f32, c: f32| {
        let (near, far) = ((2.0 * a + c) / -3.0, (a + 2.0 * c) / 6.0);
        let (slope, steep) = (b * SQRT_2 / 3.0, b * SQRT_2 / 6.0);
        [a, near - slope, near + slope, far + steep, far - steep, c]
    };
    let [a, b, c, d, e, f, g, h, i] = *kernel;
    let columns = [line(a, d, g), line(b, e, h), line(c, f, i)];
    let mut places = [0.0; PLACES];
    for (row, places) in places.chunks_exact_mut(EDGE).enumerate() {
        places.copy_from_slice(&line(columns[0][row], columns[1][row], columns[2][row]));
    }
    places
}

/// `Bᵀ`, times the six.
#[inline(always)]
pub(super) fn combine<V: Lanes>(
    lanes: V,
    [a, b, c, d, e, f]: [V::Vector; EDGE],
) -> [V::Vector; EDGE] {
    let factors = [
        -2.5,
        -2.0,
        -0.5,
        -SQRT_2,
        FRAC_1_SQRT_2,
        SQRT_2,
        -FRAC_1_SQRT_2,
    ];
    let [
        outer,
        two,
        half,
        minus_root,
        half_root,
        root,
        minus_half_root,
    ] = splat(lanes, factors);
    let near = lanes.mul_add(c, two, e);
    let near_slope = lanes.mul_add(b, minus_root, lanes.mul(d, half_root));
    let far = lanes.mul_add(c, half, e);
    let far_slope = lanes.mul_add(d, root, lanes.mul(b, minus_half_root));
    [
        lanes.mul_add(c, outer, lanes.add(a, e)),
        lanes.add(near, near_slope),
        lanes.sub(near, near_slope),
        lanes.add(far, far_slope),
        lanes.sub(far, far_slope),
        lanes.mul_add(d, outer, lanes.add(b, f)),
    ]
}

/// `Aᵀ`, times the six.
#[inline(always)]
pub(super) fn spread<V: Lanes>(
    lanes: V,
    [a, b, c, d, e, f]: [V::Vector; EDGE],
) -> [V::Vector; TILE] {
    let (near, far) = (lanes.add(b, c), lanes.add(d, e));
    let (slope, steep) = (lanes.sub(b, c), lanes.sub(d, e));
    let factors = [FRAC_1_SQRT_2, SQRT_2, 0.5, 2.0, SQRT_2 / 4.0, 2.0 * SQRT_2];
    let [half_root, root, half, two, low, high] = splat(lanes, factors);
    [
        lanes.add(a, lanes.add(near, far)),
        lanes.mul_add(steep, root, lanes.mul(slope, half_root)),
        lanes.mul_add(far, two, lanes.mul(near, half)),
        lanes.mul_add(steep, high, lanes.mul_add(slope, low, f)),
    ]
}

#[inline(always)]
fn splat<V: Lanes, const N: usize>(lanes: V, factors: [f32; N]) -> [V::Vector; N] {
    let mut vectors = [lanes.splat(0.0); N];
    for (vector, factor) in vectors.iter_mut().zip(factors) {
        *vector = lanes.splat(factor);
    }
    vectors
}
