//! Convolution and gate with AVX2 and FMA, chosen at run time on processors that have both.
#![expect(
    unsafe_code,
    reason = "programs are built for any x86-64 processor, so the compiler may use AVX2 only \
              inside functions marked for it, and calling those is unsafe: the caller must have \
              asked the processor first"
)]

use std::arch::x86_64::{
    __m256, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_set1_ps, _mm256_storeu_ps,
};

use crate::conv::{Band, band};
use crate::gate;
use crate::lanes::Lanes;

/// 256 bits. Private to this file: values exist only inside [`run`], behind the check.
#[derive(Clone, Copy)]
struct Avx(__m256);

impl Lanes for Avx {
    const COUNT: usize = 8;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: only reached from `run_unchecked`, where AVX2 is known to be there.
        Self(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    fn load(values: &[f32]) -> Self {
        let values = &values[..8];
        // SAFETY: as above; eight floats are readable, alignment is not required.
        Self(unsafe { _mm256_loadu_ps(values.as_ptr()) })
    }

    #[inline(always)]
    fn store(self, target: &mut [f32]) {
        let target = &mut target[..8];
        // SAFETY: as above; eight floats are writable, alignment is not required.
        unsafe { _mm256_storeu_ps(target.as_mut_ptr(), self.0) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, sum: Self) -> Self {
        // SAFETY: as above, with FMA.
        Self(unsafe { _mm256_fmadd_ps(self.0, factor.0, sum.0) })
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        // SAFETY: as above.
        Self(unsafe { _mm256_max_ps(self.0, other.0) })
    }
}

/// Whether [`run`] may be chosen.
pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

/// One band with 4 channels × 24 pixels in twelve of the sixteen registers.
/// Falls back to the portable kernel where the processor lacks AVX2.
pub(crate) fn run(job: &Band<'_>, patches: &mut [f32], out: &mut [f32]) {
    if is_available() {
        // SAFETY: both features were detected in the line above.
        unsafe { run_unchecked(job, patches, out) }
    } else {
        crate::conv::portable(job, patches, out);
    }
}

#[target_feature(enable = "avx2,fma")]
fn run_unchecked(job: &Band<'_>, patches: &mut [f32], out: &mut [f32]) {
    band::<Avx, 3>(job, patches, out);
}

/// A gate with 4 channels × 16 pixels in eight of the sixteen registers.
pub(crate) fn gate(job: &gate::Job<'_>, out: &mut [f32]) {
    if is_available() {
        // SAFETY: both features were detected in the line above.
        unsafe { gate_unchecked(job, out) }
    } else {
        gate::portable(job, out);
    }
}

#[target_feature(enable = "avx2,fma")]
fn gate_unchecked(job: &gate::Job<'_>, out: &mut [f32]) {
    gate::factors::<Avx, 2>(job, out);
}

/// Floats in a vector.
pub(crate) const LANES: usize = Avx::COUNT;

/// [`crate::roofline::chains`] with these vectors; 0 where the processor lacks AVX2.
pub(crate) fn chains() -> f32 {
    if is_available() {
        // SAFETY: both features were detected in the line above.
        unsafe { chains_unchecked() }
    } else {
        0.0
    }
}

#[target_feature(enable = "avx2,fma")]
fn chains_unchecked() -> f32 {
    crate::roofline::chains::<Avx>()
}
