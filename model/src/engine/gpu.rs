//! The network on the GPU, through WebGPU in the browser and Vulkan, Metal or DX12 natively.
//!
//! Every step is one call of a kernel, or a few; `shape.wgsl` explains how images lie in memory,
//! `conv_tiled.wgsl` and `conv_direct.wgsl` how the convolution, where nearly all of the work is,
//! goes about it on a real and on an emulated GPU. Only WebGPU's default limits are needed: 7
//! bindings a kernel, 128 invocations and 10 KiB a workgroup; where a real GPU has f16, images are
//! stored in it and coarse ones convolved in it. Buffers and bindings are made once for each size
//! of input; one that is too large for the GPU's limits is computed in overlapping windows. A card
//! that computes an image in a moment gets all of it in one submission, others get it in pieces
//! (`pace.rs` says why).
//!
//! The GPU is given the network's input and gives back probabilities. What comes before and after
//! is not done here, because it does not pay: the lung field, which says what part of a slice the
//! network gets, masks and findings follow regions from one pixel to the next, and the page has to
//! have the probabilities because threshold and least peak are moved afterwards. Left between them
//! is resampling, there and back, for which the whole slice would have to come here; it takes a
//! processor a millisecond or two, in a series while the GPU computes another slice (`BENCH.md`,
//! "Slices of a series").

mod answer;
mod call;
mod choice;
mod device;
mod kernels;
mod pace;
mod pack;
mod prepared;
mod roofline;
mod run;
mod signal;
mod source;
mod stamps;
mod start;
#[cfg(test)]
mod translate;
#[cfg(all(
    feature = "net",
    any(all(test, feature = "analysis"), feature = "truth-web")
))]
mod truth;
mod unroll;
mod upload;
mod windows;

use super::plan::Plan;
use super::reach::reach_px;
use super::{AdapterInfo, EngineError, plan_at};
use crate::map::Map;
use crate::network::NetworkConfig;
use device::Device;
use kernels::Kernels;
use pace::Pace;
use prepared::{PreparedPlan, largest_bytes, most_workgroups, sizes_bytes};
use stamps::Stamps;
use upload::{StepWeights, WeightKey};
use windows::Windows;

pub(super) use answer::STEP as PROBABILITY_STEP;
pub use choice::{ConvKernel, Precision};
pub use device::{is_emulated, probe_gpu};
pub(super) use run::Wanted;
pub use start::GpuStart;
#[cfg(feature = "truth-web")]
pub(super) use truth::deviations;

/// What can be set by hand; nothing of it is needed.
#[derive(Debug, Clone, Copy, Default)]
pub struct GpuOptions {
    /// How convolutions are computed; by default what suits the adapter.
    pub kernel: Option<ConvKernel>,
    /// In what it computes; by default what suits the adapter. f16 is refused by one that does
    /// not have it.
    pub precision: Option<Precision>,
    /// Largest buffer, bytes; never more than the adapter allows. A larger image is computed in
    /// windows.
    pub buffer_bytes: Option<u64>,
    /// Invocations of the largest workgroup; never more than the adapter allows.
    pub workgroup_invocations: Option<usize>,
    /// Measure steps by the GPU's clock ([`Gpu::step_times`]), where it has one.
    pub is_timed: bool,
}

/// Milliseconds of each step, and rows and columns of what they were computed on.
pub type StepTimes = (Vec<f64>, (usize, usize));

/// A network prepared for the GPU.
#[derive(Debug)]
pub struct Gpu {
    config: NetworkConfig,
    level: usize,
    plan: Plan,
    device: Device,
    kernels: Kernels,
    weights: Map<WeightKey, StepWeights>,
    /// Those of a slice's two looks, the last used one at the end.
    prepared: Vec<PreparedPlan>,
    /// Bytes of the largest buffer.
    buffer_bytes: u64,
    /// Most workgroups of a call in one dimension.
    most_workgroups: usize,
    pace: Pace,
}

impl Gpu {
    pub(super) fn adapter(&self) -> &AdapterInfo {
        &self.device.info
    }

    /// Whether the GPU has f16.
    pub fn has_halves(&self) -> bool {
        self.device.has_halves()
    }

    /// In what the GPU computes.
    pub fn precision(&self) -> Precision {
        self.kernels.convolution.precision
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn level(&self) -> usize {
        self.level
    }

    pub(super) fn set_level(&mut self, level: usize) -> Result<(), EngineError> {
        if level != self.level {
            self.plan = plan_at(&self.config, level)?;
            self.level = level;
            self.prepared.clear();
        }
        Ok(())
    }

    /// Milliseconds of each step of the plan on an image of this size, multiples of the network's
    /// stride, or on one of its windows, and the size of that; `None` if the GPU has no clock or
    /// none was asked for. Of each step the median of five runs, of three on an emulated GPU.
    pub async fn step_times(
        &mut self,
        rows: usize,
        cols: usize,
    ) -> Result<Option<StepTimes>, EngineError> {
        let windows = self.windows(rows, cols)?;
        let size = (windows.rows.length, windows.cols.length);
        // Both may not fit.
        self.prepared.clear();
        let prepared = self.prepare(size).await?;
        let Some(stamps) = Stamps::new(&self.device, self.plan.steps().len()) else {
            return Ok(None);
        };
        let runs = if self.device.info.software { 3 } else { 5 };
        let mut times = Vec::new();
        // The first run pays for what drivers put off until then.
        for run in 0..=runs {
            self.device
                .checked(|| stamps.run(&self.device, &prepared))
                .await?;
            let run_ms = stamps.read(&self.device).await?;
            if run > 0 {
                times.push(run_ms);
            }
        }
        Ok(Some((stamps::medians(&times), size)))
    }

    /// Multiply-accumulates a second, and bytes read and written a second by copying, that this
    /// GPU reaches with nothing else to do.
    pub async fn roofline(&mut self, now_ms: &impl Fn() -> f64) -> Result<(f64, f64), EngineError> {
        roofline::measure(&self.device, now_ms).await
    }

    /// Bytes of the weights.
    pub(super) fn weights_bytes(&self) -> u64 {
        self.weights.values().map(StepWeights::bytes).sum()
    }

    /// Bytes of the plan's buffers for an image of this size, or for one of its windows, with
    /// borders and in the GPU's precision.
    pub(super) fn planned_bytes(&self, rows: usize, cols: usize) -> Result<u64, EngineError> {
        let windows = self.windows(rows, cols)?;
        let size = (windows.rows.length, windows.cols.length);
        Ok(sizes_bytes(&self.plan, size, self.precision()).sum())
    }

    /// Bytes of weights and of all buffers, those of the result and its read-back included, of the
    /// sizes that are kept from the runs so far.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.weights_bytes() + self.prepared.iter().map(PreparedPlan::bytes).sum::<u64>()
    }

    /// How an image of this size is computed: at once if its buffers are small enough and its calls
    /// have no more workgroups than the GPU takes.
    fn windows(&self, rows: usize, cols: usize) -> Result<Windows, EngineError> {
        let largest = |rows, cols| largest_bytes(&self.plan, (rows, cols), self.precision());
        let workgroups =
            |rows, cols| most_workgroups(&self.plan, (rows, cols), self.kernels.convolution);
        let fits = |rows, cols| {
            largest(rows, cols) <= self.buffer_bytes
                && workgroups(rows, cols) <= self.most_workgroups
        };
        let (reach, stride) = (reach_px(&self.plan), self.config.stride());
        Windows::new((rows, cols), reach, stride, fits).ok_or_else(|| EngineError::GpuLimit {
            rows,
            cols,
            needed_mib: largest(rows, cols) >> 20,
            limit_mib: self.buffer_bytes >> 20,
        })
    }

    /// Buffers and bindings for an image of `size` (rows, columns): those that are there, or new
    /// ones.
    async fn prepared(&mut self, size: (usize, usize)) -> Result<PreparedPlan, EngineError> {
        if let Some(at) = self.prepared.iter().position(|it| it.size() == size) {
            return Ok(self.prepared.remove(at));
        }
        // One more is kept, if it is of the other look: that takes a quarter more memory.
        let pixels = |(rows, cols): (usize, usize)| rows * cols;
        self.prepared.retain(|it| {
            let (kept, new) = (pixels(it.size()), pixels(size));
            kept.max(new) >= 3 * kept.min(new)
        });
        if self.prepared.len() > 1 {
            self.prepared.remove(0);
        }
        let made = self.prepare(size).await;
        if made.is_ok() || self.prepared.is_empty() {
            return made;
        }
        self.prepared.clear();
        self.prepare(size).await
    }

    async fn prepare(&self, (rows, cols): (usize, usize)) -> Result<PreparedPlan, EngineError> {
        let make = || {
            let (kernels, weights) = (&self.kernels, &self.weights);
            PreparedPlan::new(&self.device, kernels, weights, &self.plan, rows, cols)
        };
        self.device.checked(make).await?
    }
}
