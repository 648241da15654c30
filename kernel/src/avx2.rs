//! AVX2 and FMA, for processors that have both.
//!
//! Programs are built for any x86-64 processor, so the compiler may use them only inside functions
//! that are marked for it. Crate `pulp` has these, and a token, [`V3`], that says that the
//! processor was asked; crate `wide`, which has the 128 bits, knows at compile time only.

use std::arch::x86_64::__m256;

use bytemuck::cast;
use pulp::NullaryFnOnce;
use pulp::x86::V3;

use crate::conv::{Band, band};
use crate::gate;
use crate::lanes::Lanes;

/// 256 bits.
impl Lanes for V3 {
    type Vector = __m256;
    const COUNT: usize = 8;

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        self.avx._mm256_set1_ps(value)
    }

    #[inline(always)]
    fn load(self, values: &[f32]) -> __m256 {
        let v = &values[..8];
        cast([v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]])
    }

    #[inline(always)]
    fn store(self, vector: __m256, target: &mut [f32]) {
        target[..8].copy_from_slice(&cast::<_, [f32; 8]>(vector));
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        self.avx._mm256_add_ps(a, b)
    }

    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        self.avx._mm256_sub_ps(a, b)
    }

    #[inline(always)]
    fn mul(self, a: __m256, factor: __m256) -> __m256 {
        self.avx._mm256_mul_ps(a, factor)
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, factor: __m256, sum: __m256) -> __m256 {
        self.fma._mm256_fmadd_ps(a, factor, sum)
    }

    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        self.avx._mm256_max_ps(a, b)
    }
}

/// One band with 4 channels × 16 pixels in eight of the sixteen registers.
pub(crate) fn run(lanes: V3, job: &Band<'_>, patches: &mut [f32], out: &mut [f32]) {
    struct Run<'a, 'b>(V3, &'a Band<'b>, &'a mut [f32], &'a mut [f32]);

    impl NullaryFnOnce for Run<'_, '_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            band::<V3, 2>(self.0, self.1, self.2, self.3);
        }
    }

    lanes.vectorize(Run(lanes, job, patches, out));
}

/// A gate with 4 channels × 16 pixels in eight of the sixteen registers.
pub(crate) fn gate(lanes: V3, job: &gate::Job<'_>, out: &mut [f32]) {
    struct Gate<'a, 'b>(V3, &'a gate::Job<'b>, &'a mut [f32]);

    impl NullaryFnOnce for Gate<'_, '_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            gate::factors::<V3, 2>(self.0, self.1, self.2);
        }
    }

    lanes.vectorize(Gate(lanes, job, out));
}

/// [`crate::roofline::chains`] with these vectors.
pub(crate) fn chains(lanes: V3) -> f32 {
    struct Chains(V3);

    impl NullaryFnOnce for Chains {
        type Output = f32;

        #[inline(always)]
        fn call(self) -> f32 {
            crate::roofline::chains(self.0)
        }
    }

    lanes.vectorize(Chains(lanes))
}
