//! What this processor can do at most, measured: the height that kernels are compared with.
//!
//! Two micro-kernels on one thread, with the vectors that the convolution uses: multiply-adds
//! between registers without any memory, and copying a block far larger than the caches.

use std::hint::black_box;

use crate::conv::Kernel;
use crate::lanes::{Lanes, Narrow};

/// Vectors that are summed up independently: enough to hide the latency of an addition.
const CHAINS: usize = 12;

/// Multiply-adds of one round of [`chains`], each a vector wide.
const STEPS: usize = 100_000;

/// Floats copied at a time: 64 MiB read, 64 MiB written.
const COPIED: usize = 16 << 20;

/// A browser's clock goes in steps of a tenth of a millisecond, in which [`chains`] is done.
const ENOUGH_MS: f64 = 10.0;

/// In case a clock stands still.
const MOST_TIMES: u32 = 1 << 12;

/// The best of this many tries.
const TRIES: usize = 5;

/// Multiply-accumulates a second, and bytes a second read and written by copying.
/// `now_ms` is a clock in milliseconds.
pub fn measure(kernel: Kernel, now_ms: impl Fn() -> f64) -> (f64, f64) {
    let lanes = match kernel {
        Kernel::Portable => Narrow::COUNT,
        #[cfg(target_arch = "x86_64")]
        Kernel::Avx2(_) => pulp::x86::V3::COUNT,
    };
    let macs = (STEPS * CHAINS * lanes) as f64;
    let mut sum = 0.0;
    let arithmetic = best_seconds(&now_ms, || {
        sum += match kernel {
            Kernel::Portable => portable_chains(),
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2(lanes) => crate::avx2::chains(lanes),
        };
    });
    let source = vec![1.0_f32; COPIED];
    let mut target = vec![0.0_f32; COPIED];
    // What is looked at cannot be left out by the compiler.
    let copy = best_seconds(&now_ms, || {
        black_box(&mut target).copy_from_slice(black_box(&source));
    });
    black_box(sum);
    (macs / arithmetic, 8.0 * COPIED as f64 / copy)
}

/// Seconds of `work`, of the fastest of some tries that each do it for a while.
fn best_seconds(now_ms: &impl Fn() -> f64, mut work: impl FnMut()) -> f64 {
    let mut took_ms = |times: u32| {
        let start = now_ms();
        for _ in 0..times {
            work();
        }
        now_ms() - start
    };
    let mut times = 1;
    while times < MOST_TIMES && took_ms(times) < ENOUGH_MS {
        times *= 2;
    }
    let tries = (0..TRIES).map(|_| took_ms(times) / 1000.0 / f64::from(times));
    tries.fold(f64::INFINITY, f64::min).max(1e-9)
}

/// Not generic, so that it is compiled here, for speed.
#[inline(never)]
fn portable_chains() -> f32 {
    chains(Narrow)
}

/// [`STEPS`] multiply-adds in each of [`CHAINS`] registers.
#[inline(always)]
pub(crate) fn chains<V: Lanes>(lanes: V) -> f32 {
    let factor = lanes.splat(black_box(0.999_9));
    let mut sums = [lanes.splat(black_box(1.0)); CHAINS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = lanes.mul_add(*sum, factor, factor);
        }
    }
    let mut lane = [0.0; 8];
    let mut total = 0.0;
    for sum in sums {
        lanes.store(sum, &mut lane);
        total += lane[0];
    }
    total
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// What it says that a piece of work takes which takes `work_ms`, by a clock that goes in steps
    /// of 0.1 ms.
    fn measured_ms(work_ms: f64) -> f64 {
        let time_ms = Cell::new(0.03_f64);
        let now_ms = || (time_ms.get() * 10.0).floor() / 10.0;
        best_seconds(&now_ms, || time_ms.set(time_ms.get() + work_ms)) * 1000.0
    }

    #[test]
    fn a_coarse_clock_measures_work_that_is_shorter_than_its_steps() {
        for work_ms in [0.013, 0.07, 0.12, 40.0] {
            let found = measured_ms(work_ms);
            assert!((found / work_ms - 1.0).abs() < 0.02, "{work_ms}: {found}");
        }
    }

    #[test]
    fn a_clock_that_stands_still_ends_nothing_in_infinity() {
        assert!(best_seconds(&|| 5.0, || ()) > 0.0);
    }
}
