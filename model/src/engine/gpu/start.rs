//! What can be had before the weights are there: the GPU, and its kernels.

use super::choice::{ConvKernel, Precision, WorkgroupLimits};
use super::device::Device;
use super::kernels::{Convolution, Kernels};
use super::pace::Pace;
use super::pack::GROUP;
use super::upload;
use super::{Gpu, GpuOptions};
use crate::engine::plan::Plan;
use crate::engine::{EngineError, Weights, plan_at};
use crate::map::Map;
use crate::network::NetworkConfig;

/// A GPU with the kernels of a network compiled for it. Drivers take up to seconds for that, which
/// the download of the weights can hide.
#[derive(Debug)]
pub struct GpuStart {
    config: NetworkConfig,
    plan: Plan,
    device: Device,
    kernels: Kernels,
    options: GpuOptions,
}

impl GpuStart {
    /// Asks for a GPU and compiles the kernels that networks of `config` need.
    pub async fn new(config: NetworkConfig, options: GpuOptions) -> Result<Self, EngineError> {
        if !config.width.is_multiple_of(GROUP) {
            return Err(EngineError::Width(config.width));
        }
        let plan = plan_at(&config, config.depth)?;
        let device = Device::request(options.is_timed).await?;
        let limits = device.handle.limits();
        let has_halves = device.has_halves();
        let suited = Precision::for_adapter(device.info.software, has_halves);
        let precision = options.precision.unwrap_or(suited);
        if precision != Precision::Single && !has_halves {
            return Err(EngineError::NoGpu("it cannot compute with f16".to_owned()));
        }
        let convolution = Convolution {
            kernel: options
                .kernel
                .unwrap_or_else(|| ConvKernel::for_adapter(device.info.software)),
            precision,
            limits: WorkgroupLimits {
                invocations: (limits.max_compute_invocations_per_workgroup as usize)
                    .min(options.workgroup_invocations.unwrap_or(usize::MAX)),
                memory_bytes: limits.max_compute_workgroup_storage_size as usize,
            },
        };
        let compile = || Kernels::compile(&device.handle, convolution, &plan);
        let kernels = device.checked(compile).await?;
        Ok(Self {
            config,
            plan,
            device,
            kernels,
            options,
        })
    }

    /// In what it computes.
    pub fn precision(&self) -> Precision {
        self.kernels.convolution.precision
    }

    /// Uploads the weights. Those of another configuration than expected get their own kernels.
    pub(in crate::engine) async fn load(mut self, weights: &Weights) -> Result<Gpu, EngineError> {
        let config = *weights.config();
        if config != self.config {
            self = Self::new(config, self.options).await?;
        }
        let Self {
            plan,
            device,
            kernels,
            options,
            ..
        } = self;
        let limits = device.handle.limits();
        let pace = Pace::untimed(device.info.software);
        let mut gpu = Gpu {
            config,
            level: config.depth,
            plan,
            device,
            kernels,
            weights: Map::new(),
            prepared: Vec::new(),
            buffer_bytes: limits
                .max_storage_buffer_binding_size
                .min(limits.max_buffer_size)
                .min(options.buffer_bytes.unwrap_or(u64::MAX)),
            most_workgroups: limits.max_compute_workgroups_per_dimension as usize,
            pace,
        };
        let tail = gpu.kernels.convolution.tail_vectors();
        let upload = || upload::all(&gpu.device, weights, tail);
        gpu.weights = gpu.device.checked(upload).await?;
        Ok(gpu)
    }
}
