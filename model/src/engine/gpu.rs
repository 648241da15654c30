//! The network on the GPU, through WebGPU in the browser and Vulkan, Metal or DX12 natively.
//!
//! Every step is one call of a kernel; `shape.wgsl` explains how images lie in memory,
//! `conv.wgsl` how the convolution, where nearly all of the work is, goes about it. Only
//! WebGPU's default limits are needed: 7 bindings a kernel, 64 invocations a workgroup, no
//! optional feature. Buffers and bindings are made once for each size of input.

mod device;
mod kernels;
mod pack;
mod session;
mod signal;

use std::collections::BTreeMap;

use super::plan::{Half, Plan};
use super::weights::Weights;
use super::{AdapterInfo, EngineError, check_input, plan_at};
use crate::network::NetworkConfig;
use device::{Device, Submitted};
use kernels::Kernels;
use pack::{GROUP, Packed};
use session::Session;

pub use device::{is_emulated, probe_gpu};

/// Work handed over at once, in multiply-accumulates. A real GPU does this in well under
/// a second (browsers kill what takes much longer), an emulated one in a tenth of one or so.
const SUBMIT_MACS: u64 = 2_000_000_000;
/// The same for an emulated GPU.
const SUBMIT_MACS_SOFTWARE: u64 = 50_000_000;

/// Whose weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum WeightKey {
    Conv((usize, usize), Half),
    Gate((usize, usize)),
    Head(usize),
}

/// Weights of one step on the GPU.
#[derive(Debug)]
struct StepWeights {
    matrices: Option<wgpu::Buffer>,
    vectors: wgpu::Buffer,
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
}

impl Gpu {
    /// Asks for a GPU, uploads the weights and compiles the kernels.
    pub(super) async fn new(weights: &Weights) -> Result<Self, EngineError> {
        let config = *weights.config();
        if !config.width.is_multiple_of(GROUP) {
            return Err(EngineError::Width(config.width));
        }
        let device = Device::request().await?;
        let kernels = device.checked(|| Kernels::compile(&device.handle)).await?;
        let uploaded = device.checked(|| upload_all(&device, weights)).await?;
        Ok(Self {
            config,
            level: config.depth,
            plan: plan_at(&config, config.depth)?,
            device,
            kernels,
            weights: uploaded,
            session: None,
        })
    }

    pub(super) fn adapter(&self) -> &AdapterInfo {
        &self.device.info
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
        let session = match self.session.take() {
            Some(session) if (session.rows, session.cols) == (rows, cols) => session,
            // The old one, if any, is dropped first: both may not fit.
            _ => self.prepare(rows, cols).await?,
        };
        let logits = self.run_session(&session, input, step).await;
        self.session = Some(session);
        logits
    }

    async fn prepare(&self, rows: usize, cols: usize) -> Result<Session, EngineError> {
        Session::check_limits(&self.device, &self.plan, rows, cols)?;
        let make = || {
            let (kernels, weights) = (&self.kernels, &self.weights);
            Session::new(&self.device, kernels, weights, &self.plan, rows, cols)
        };
        self.device.checked(make).await?
    }

    async fn run_session(
        &self,
        session: &Session,
        input: &[f32],
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let image = pack::image(input, session.rows, session.cols);
        let write = || {
            let bytes = bytemuck::cast_slice(&image);
            self.device.queue.write_buffer(&session.input, 0, bytes);
        };
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
                let (pixels, groups) = dispatch.workgroups;
                pass.set_pipeline(self.kernels.pipeline(dispatch.kernel));
                pass.set_bind_group(0, &dispatch.bindings, &[]);
                pass.dispatch_workgroups(pixels, groups, 1);
            }
        }
        if end == session.dispatches.len() {
            let size = session.logits.size();
            encoder.copy_buffer_to_buffer(&session.logits, 0, &session.read_back, 0, size);
        }
        self.device.submit(encoder.finish())
    }
}

fn upload_all(device: &Device, weights: &Weights) -> BTreeMap<WeightKey, StepWeights> {
    let mut uploaded = BTreeMap::new();
    for (node, parts) in weights.nodes() {
        let place = (node.level, node.column);
        let halves = [(Half::First, &parts.conv1), (Half::Second, &parts.conv2)];
        for (half, weights) in halves {
            let packed = pack::conv(weights);
            uploaded.insert(WeightKey::Conv(place, half), upload(device, &packed));
        }
        if let Some(gate) = &parts.gate {
            uploaded.insert(WeightKey::Gate(place), upload(device, &pack::gate(gate)));
        }
    }
    for (column, head) in weights.heads() {
        uploaded.insert(WeightKey::Head(*column), upload(device, &pack::head(head)));
    }
    uploaded
}

fn upload(device: &Device, packed: &Packed) -> StepWeights {
    let make = |values: &[f32]| {
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let buffer = device.handle.create_buffer(&wgpu::BufferDescriptor {
            label: Some("weights"),
            size: bytes.len() as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        device.queue.write_buffer(&buffer, 0, bytes);
        buffer
    };
    StepWeights {
        matrices: (!packed.matrices.is_empty()).then(|| make(&packed.matrices)),
        vectors: make(&packed.vectors),
    }
}
