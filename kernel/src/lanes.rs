//! A few floats that are calculated with at once.

use wide::f32x4;

/// What the convolution needs of a SIMD vector.
pub(crate) trait Lanes: Copy {
    /// Floats in the vector.
    const COUNT: usize;
    /// All the same.
    fn splat(value: f32) -> Self;
    /// The first `COUNT` of `values`, which must hold at least that many.
    fn load(values: &[f32]) -> Self;
    /// Overwrites the first `COUNT` of `target`, which must hold at least that many.
    fn store(self, target: &mut [f32]);
    /// `self · factor + sum`.
    fn mul_add(self, factor: Self, sum: Self) -> Self;
    /// The larger one, lane by lane.
    fn max(self, other: Self) -> Self;
}

/// 128 bits: wasm `simd128`, SSE2, NEON.
impl Lanes for f32x4 {
    const COUNT: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self::splat(value)
    }

    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        Self::new([values[0], values[1], values[2], values[3]])
    }

    #[inline(always)]
    fn store(self, target: &mut [f32]) {
        target[..4].copy_from_slice(&self.to_array());
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        mul_add(self, factor, sum)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.fast_max(other)
    }
}

/// One instruction where the module is built for browsers that have it.
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
#[inline(always)]
fn mul_add(a: f32x4, factor: f32x4, sum: f32x4) -> f32x4 {
    use bytemuck::cast;
    cast(std::arch::wasm32::f32x4_relaxed_madd(
        cast(a),
        cast(factor),
        cast(sum),
    ))
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "relaxed-simd")))]
#[inline(always)]
fn mul_add(a: f32x4, factor: f32x4, sum: f32x4) -> f32x4 {
    a.mul_add(factor, sum)
}
