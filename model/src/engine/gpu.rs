//! The network on the GPU, through WebGPU in the browser and Vulkan, Metal or DX12 natively.
//!
//! Every step is one call of a kernel; `shape.wgsl` explains how images lie in memory,
//! `conv_tiled.wgsl` and `conv_direct.wgsl` how the convolution, where nearly all of the work
//! is, goes about it on a real and on an emulated GPU. Only WebGPU's default limits are needed:
//! 7 bindings a kernel, 128 invocations and 10 KiB a workgroup; where there is f16, images are
//! stored in it. Buffers
//! and bindings are made once for each size of input; one that is too large for the GPU's buffers
//! is computed in overlapping windows.

mod call;
mod choice;
mod device;
mod kernels;
mod pack;
mod roofline;
mod session;
mod signal;
mod source;
mod stamps;
mod unroll;
mod upload;
mod windows;

use std::collections::BTreeMap;

use super::plan::Plan;
use super::reach::reach_px;
use super::weights::Weights;
use super::{AdapterInfo, EngineError, check_input, plan_at};
use crate::network::NetworkConfig;
use choice::WorkgroupLimits;
use device::{Device, Submitted};
use kernels::{Convolution, Kernels};
use pack::GROUP;
use session::{Session, all_bytes, largest_bytes};
use stamps::Stamps;
use upload::{StepWeights, WeightKey};
use windows::Windows;

pub use choice::{ConvKernel, Precision};
pub use device::{is_emulated, probe_gpu};

/// Work handed over at once, in multiply-accumulates. A real GPU does this in well under
/// a second (browsers kill what takes much longer), an emulated one in a tenth of one or so.
const SUBMIT_MACS: u64 = 2_000_000_000;
/// The same for an emulated GPU.
const SUBMIT_MACS_SOFTWARE: u64 = 50_000_000;

/// What can be set by hand; nothing of it is needed.
#[derive(Debug, Clone, Copy, Default)]
pub struct GpuOptions {
    /// How convolutions are computed; by default what suits the adapter.
    pub kernel: Option<ConvKernel>,
    /// How images are stored; by default what suits the adapter. [`Precision::Half`] is refused
    /// by one that does not have it.
    pub precision: Option<Precision>,
    /// Largest buffer, bytes; never more than the adapter allows. A larger image is computed in
    /// windows.
    pub buffer_bytes: Option<u64>,
    /// Measure steps by the GPU's clock ([`Gpu::step_times`]), where it has one.
    pub is_timed: bool,
}

/// A network prepared for the GPU.
#[derive(Debug)]
pub struct Gpu {
    config: NetworkConfig,
    level: usize,
    plan: Plan,
    device: Device,
    kernels: Kernels,
    weights: BTreeMap<WeightKey, StepWeights>,
    session: Option<Session>,
    /// Bytes of the largest buffer.
    buffer_bytes: u64,
}

impl Gpu {
    /// Asks for a GPU, uploads the weights and compiles the kernels.
    pub(super) async fn new(weights: &Weights, options: GpuOptions) -> Result<Self, EngineError> {
        let config = *weights.config();
        if !config.width.is_multiple_of(GROUP) {
            return Err(EngineError::Width(config.width));
        }
        let device = Device::request(options.is_timed).await?;
        let plan = plan_at(&config, config.depth)?;
        let limits = device.handle.limits();
        let has_halves = device.has_halves();
        let suited = Precision::for_adapter(device.info.software, has_halves);
        let precision = options.precision.unwrap_or(suited);
        if precision == Precision::Half && !has_halves {
            return Err(EngineError::NoGpu("it cannot compute with f16".to_owned()));
        }
        let convolution = Convolution {
            kernel: options
                .kernel
                .unwrap_or_else(|| ConvKernel::for_adapter(device.info.software)),
            precision,
            limits: WorkgroupLimits {
                invocations: limits.max_compute_invocations_per_workgroup as usize,
                memory_bytes: limits.max_compute_workgroup_storage_size as usize,
            },
        };
        let compile = || Kernels::compile(&device.handle, convolution, &plan);
        let kernels = device.checked(compile).await?;
        let tail = convolution.tail_vectors();
        let uploaded = device
            .checked(|| upload::all(&device, weights, tail))
            .await?;
        Ok(Self {
            config,
            level: config.depth,
            plan,
            device,
            kernels,
            weights: uploaded,
            session: None,
            buffer_bytes: limits
                .max_storage_buffer_binding_size
                .min(limits.max_buffer_size)
                .min(options.buffer_bytes.unwrap_or(u64::MAX)),
        })
    }

    pub(super) fn adapter(&self) -> &AdapterInfo {
        &self.device.info
    }

    /// Whether the GPU can store images in f16.
    pub fn has_halves(&self) -> bool {
        self.device.has_halves()
    }

    /// How images are stored.
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
            self.session = None;
        }
        Ok(())
    }

    pub(super) async fn run(
        &mut self,
        input: &[f32],
        rows: usize,
        cols: usize,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        check_input(input, rows, cols, &self.config)?;
        self.device.sound()?;
        let windows = self.windows(rows, cols)?;
        let size = (windows.rows.length, windows.cols.length);
        let session = match self.session.take() {
            Some(session) if (session.rows, session.cols) == size => session,
            // The old one, if any, is dropped first: both may not fit.
            _ => self.prepare(size).await?,
        };
        let logits = if size == (rows, cols) {
            self.run_session(&session, input, step).await
        } else {
            self.run_windows(&session, input, cols, &windows, step)
                .await
        };
        self.session = Some(session);
        logits
    }

    /// Milliseconds of each step of the plan on an image of this size, multiples of the network's
    /// stride, or on one of its windows; `None` if the GPU has no clock or none was asked for.
    pub async fn step_times(
        &mut self,
        rows: usize,
        cols: usize,
    ) -> Result<Option<Vec<f64>>, EngineError> {
        let windows = self.windows(rows, cols)?;
        // Both may not fit.
        self.session = None;
        let session = self
            .prepare((windows.rows.length, windows.cols.length))
            .await?;
        let Some(stamps) = Stamps::new(&self.device, self.plan.steps().len()) else {
            return Ok(None);
        };
        // The first run pays for what drivers put off until then.
        for _ in 0..2 {
            self.device
                .checked(|| stamps.run(&self.device, &session))
                .await?;
        }
        stamps.read(&self.device).await.map(Some)
    }

    /// Multiply-accumulates a second, and bytes read and written a second by copying, that this
    /// GPU reaches with nothing else to do.
    pub async fn roofline(&mut self, now_ms: &impl Fn() -> f64) -> Result<(f64, f64), EngineError> {
        roofline::measure(&self.device, now_ms).await
    }

    /// Bytes of weights, and of buffers for an image of this size.
    pub fn memory_bytes(&self, rows: usize, cols: usize) -> Result<u64, EngineError> {
        let windows = self.windows(rows, cols)?;
        let weights = self.weights.values().map(StepWeights::bytes).sum::<u64>();
        let size = (windows.rows.length, windows.cols.length);
        Ok(weights + all_bytes(&self.plan, size, self.precision()))
    }

    /// How an image of this size is computed: at once if its buffers are small enough.
    fn windows(&self, rows: usize, cols: usize) -> Result<Windows, EngineError> {
        let largest = |rows, cols| largest_bytes(&self.plan, (rows, cols), self.precision());
        let fits = |rows, cols| largest(rows, cols) <= self.buffer_bytes;
        let (reach, stride) = (reach_px(&self.plan), self.config.stride());
        Windows::new((rows, cols), reach, stride, fits).ok_or_else(|| EngineError::GpuLimit {
            rows,
            cols,
            needed_mib: largest(rows, cols) >> 20,
            limit_mib: self.buffer_bytes >> 20,
        })
    }

    async fn prepare(&self, (rows, cols): (usize, usize)) -> Result<Session, EngineError> {
        let make = || {
            let (kernels, weights) = (&self.kernels, &self.weights);
            Session::new(&self.device, kernels, weights, &self.plan, rows, cols)
        };
        self.device.checked(make).await?
    }

    /// The logits of an image `cols` wide, window by window.
    async fn run_windows(
        &self,
        session: &Session,
        input: &[f32],
        cols: usize,
        windows: &Windows,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let calls = session.dispatches.len();
        let total = calls * windows.count();
        let mut logits = vec![0.0; input.len()];
        for (index, window) in windows.iter().enumerate() {
            let part = window.cut(input, cols);
            let mut within = async |done: usize, _: usize| step(index * calls + done, total).await;
            let found = self.run_session(session, &part, &mut within).await?;
            window.paste(&found, &mut logits, cols);
        }
        Ok(logits)
    }

    async fn run_session(
        &self,
        session: &Session,
        input: &[f32],
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let image = pack::image(input, session.rows, session.cols, self.precision());
        let write = || self.device.queue.write_buffer(&session.input, 0, &image);
        self.device.checked(write).await?;
        let budget = if self.device.info.software {
            SUBMIT_MACS_SOFTWARE
        } else {
            SUBMIT_MACS
        };
        let total = session.dispatches.len();
        let mut done = 0;
        let mut running = None;
        while done < total {
            // As many steps as fit the budget, but at least one.
            let start = done;
            let mut macs = 0;
            for dispatch in session.dispatches.iter().skip(start) {
                macs += dispatch.macs;
                if done > start && macs > budget {
                    break;
                }
                if !step(done, total).await {
                    return Err(EngineError::Cancelled);
                }
                done += 1;
            }
            let submit = || self.submit(session, start, done);
            let submitted = self.device.checked(submit).await?;
            // One piece of work waits while another runs, so that the GPU never idles and
            // a cancelled run ends soon.
            if let Some(before) = running.replace(submitted) {
                self.device.finished(before).await?;
            }
        }
        let logits = self.device.read(&session.read_back).await?;
        let _ = step(total, total).await;
        Ok(logits)
    }

    /// Hands over the steps `start..end`, and the copy for the read-back after the last.
    fn submit(&self, session: &Session, start: usize, end: usize) -> Submitted {
        let mut encoder = self
            .device
            .handle
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for dispatch in session.dispatches.iter().take(end).skip(start) {
                dispatch.encode(&mut pass);
            }
        }
        if end == session.dispatches.len() {
            let size = session.logits.size();
            encoder.copy_buffer_to_buffer(&session.logits, 0, &session.read_back, 0, size);
        }
        self.device.submit(encoder.finish())
    }
}
