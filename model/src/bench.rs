//! What is measured about the engine's speed, and what came out.

use serde::{Deserialize, Serialize};

use crate::network::{Architecture, NetworkConfig};
use crate::order;
use crate::protocol::BackendChoice;

/// What to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Which network.
    pub architecture: Architecture,
    /// Its channels at full resolution.
    pub width: usize,
    /// Edge of the square input in pixels, a multiple of 16.
    pub edge: usize,
    /// GPU or CPU.
    pub backend: BackendChoice,
}

impl Case {
    /// The published network at another width.
    pub fn config(&self) -> NetworkConfig {
        NetworkConfig {
            width: self.width,
            ..NetworkConfig::published(self.architecture)
        }
    }
}

/// How long GPU and processor take for the same image on this machine, ms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Speeds {
    /// Of which network.
    pub architecture: Architecture,
    /// Of which weights: another release may compute in another way.
    pub weights_version: String,
    /// The GPU.
    pub adapter: String,
    /// On the GPU; a guess from a smaller image where that was slow enough already.
    pub gpu_ms: f64,
    /// On the processor, one thread.
    pub cpu_ms: f64,
}

impl Speeds {
    /// Edge of the image in pixels: half of a slice's.
    pub const EDGE: usize = 256;

    /// Whether the GPU is worth using where so many of the processor's cores share the slices of a
    /// series.
    pub fn gpu_wins(&self, cores: usize) -> bool {
        self.gpu_ms * cores as f64 <= self.cpu_ms
    }
}

/// What came out. Times are milliseconds from an input to its probabilities, with the read-back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// What was measured.
    pub case: Case,
    /// What computed.
    pub adapter: String,
    /// Packing or uploading weights, compiling kernels.
    pub prepare_ms: f64,
    /// The first result after that.
    pub first_ms: f64,
    /// Median of the warm runs.
    pub warm_ms: f64,
    /// The fastest of them.
    pub best_ms: f64,
    /// How many there were: as many as asked for, if they were done in time.
    pub runs: usize,
    /// Multiply-accumulates of one run, in thousand millions.
    pub gmac: f64,
    /// The same a second, from the median.
    pub gmac_per_s: f64,
    /// What bare arithmetic reaches on this processor, on one thread, or on this GPU.
    pub peak_gmac_per_s: f64,
    /// Memory read and written a second by copying, GB.
    pub copy_gb_per_s: f64,
    /// MiB of weights, buffers and, on the GPU, what is read back.
    pub memory_mib: f64,
    /// MiB of it that the plan asks for: all buffers of its steps as they are allocated, of one
    /// window if there are several.
    pub planned_mib: f64,
    /// MiB of it that are weights.
    pub weights_mib: f64,
    /// Every step: of the fastest run on the processor; on a GPU with a clock that can be read the
    /// median of several runs by themselves, of one window if there are several; otherwise none.
    pub steps: Vec<StepFigures>,
}

/// The time in the middle, the later one of two; `None` if there is none.
pub fn median(mut times_ms: Vec<f64>) -> Option<f64> {
    order::sort_by(&mut times_ms, f64::total_cmp);
    times_ms.get(times_ms.len() / 2).copied()
}

/// The share of a machine's roofline that a step reaches: the time that its arithmetic or, if that
/// is more, its memory traffic would take at the measured peaks, by the time that it took
/// (Williams, Waterman and Patterson, "Roofline", 2009).
///
/// More than 1 where fewer multiplications do (Winograd), where caches hold what is read, and where
/// a graphics card sums in 16 bits: the peak is that of 32.
///
/// # Arguments
/// Its work in thousand million multiply-accumulates and megabytes, and what the machine does of
/// both, in thousand millions and gigabytes a second.
pub fn share_of_roof(
    (gmac, mb): (f64, f64),
    (peak_gmac_per_s, copy_gb_per_s): (f64, f64),
    ms: f64,
) -> f64 {
    let arithmetic_ms = gmac / peak_gmac_per_s * 1e3;
    let traffic_ms = mb / copy_gb_per_s;
    arithmetic_ms.max(traffic_ms) / ms.max(1e-6)
}

/// One step of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepFigures {
    /// Which, such as `x01 conv1 48→16`.
    pub name: String,
    /// Its time.
    pub ms: f64,
    /// Multiply-accumulates, in thousand millions.
    pub gmac: f64,
    /// Megabytes that it has to read and to write at least: every number of its images and every
    /// weight once (of a transformed kernel, those before).
    pub mb: f64,
    /// See [`share_of_roof`].
    pub roof: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_time_in_the_middle_or_the_later_one_of_two() {
        assert_eq!(median(vec![70.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 2.0]), Some(4.0));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn a_step_is_bound_by_its_arithmetic_or_by_its_traffic() {
        // 10 GMAC/s and 5 GB/s: 100 ms of arithmetic for 1 GMAC, 100 ms of traffic for 500 MB.
        let machine = (10.0, 5.0);
        let share = |work, ms| share_of_roof(work, machine, ms);
        assert!((share((1.0, 50.0), 200.0) - 0.5).abs() < 1e-12);
        assert!((share((0.1, 500.0), 200.0) - 0.5).abs() < 1e-12);
        assert!((share((1.0, 0.0), 50.0) - 2.0).abs() < 1e-12);
        assert!(share((1.0, 1.0), 0.0).is_finite());
    }
}
