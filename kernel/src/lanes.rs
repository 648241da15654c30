//! A few floats that are calculated with at once.

use wide::f32x4;

/// What the kernels need of a processor's instructions for vectors. Who has a value of such a type
/// knows that the processor has them.
pub(crate) trait Lanes: Copy {
    /// Some floats.
    type Vector: Copy;
    /// How many.
    const COUNT: usize;
    /// All the same.
    fn splat(self, value: f32) -> Self::Vector;
    /// The first `COUNT` of `values`, which must hold at least that many.
    fn load(self, values: &[f32]) -> Self::Vector;
    /// Overwrites the first `COUNT` of `target`, which must hold at least that many.
    fn store(self, vector: Self::Vector, target: &mut [f32]);
    /// `a + b`.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a − b`.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// `a · factor`.
    fn mul(self, a: Self::Vector, factor: Self::Vector) -> Self::Vector;
    /// `a · factor + sum`.
    fn mul_add(self, a: Self::Vector, factor: Self::Vector, sum: Self::Vector) -> Self::Vector;
    /// The larger one, lane by lane.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
}

/// 128 bits, which every processor has that programs are built for: wasm `simd128`, SSE2, NEON.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Narrow;

impl Lanes for Narrow {
    type Vector = f32x4;
    const COUNT: usize = 4;

    #[inline(always)]
    fn splat(self, value: f32) -> f32x4 {
        f32x4::splat(value)
    }

    #[inline(always)]
    fn load(self, values: &[f32]) -> f32x4 {
        f32x4::new([values[0], values[1], values[2], values[3]])
    }

    #[inline(always)]
    fn store(self, vector: f32x4, target: &mut [f32]) {
        target[..4].copy_from_slice(&vector.to_array());
    }

    #[inline(always)]
    fn add(self, a: f32x4, b: f32x4) -> f32x4 {
        a + b
    }

    #[inline(always)]
    fn sub(self, a: f32x4, b: f32x4) -> f32x4 {
        a - b
    }

    #[inline(always)]
    fn mul(self, a: f32x4, factor: f32x4) -> f32x4 {
        a * factor
    }

    #[inline(always)]
    fn mul_add(self, a: f32x4, factor: f32x4, sum: f32x4) -> f32x4 {
        mul_add(a, factor, sum)
    }

    #[inline(always)]
    fn max(self, a: f32x4, b: f32x4) -> f32x4 {
        a.fast_max(b)
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
