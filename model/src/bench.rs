//! What is measured about the engine's speed, and what came out.

use serde::{Deserialize, Serialize};

use crate::network::{Architecture, NetworkConfig};
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

    /// Whether the GPU is worth using where so many of the processor's cores share the slices of a series.
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
    /// MiB of it that the plan asks for: all buffers of its steps as they are allocated, of one window
    /// if there are several.
    pub planned_mib: f64,
    /// MiB of it that are weights.
    pub weights_mib: f64,
    /// Every step: of the fastest run on the processor; of a run of its own on a GPU with a
    /// clock that can be read, of one window if there are several; otherwise none.
    pub steps: Vec<StepFigures>,
}

/// One step of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepFigures {
    /// Which, such as `x01 conv1 48→16`.
    pub name: String,
    /// Its time.
    pub ms: f64,
    /// Multiply-accumulates a second, in thousand millions.
    pub gmac_per_s: f64,
}
