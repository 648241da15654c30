//! The inference engine: a network as a short list of fused steps, run on the CPU or the GPU.
//!
//! [`weights`] reads and checks a weight file, [`plan`] compiles its configuration to
//! steps over a fixed set of buffers, [`cpu`] and [`gpu`] carry the steps out. General
//! frameworks are ten times the download and keep every intermediate (concatenation,
//! upsampling, gated skips) in memory; these two networks need four kinds of steps.
//!
//! ```text
//! weight file ──> Weights ──> Plan ──┬──> Cpu  (wasm SIMD, AVX2, SSE2, NEON)
//!                                    └──> Gpu  (WGSL through WebGPU, Vulkan, Metal, DX12)
//! ```

pub mod bench;
mod between;
pub mod cpu;
mod deviation;
mod error;
#[cfg(feature = "gpu")]
pub mod gpu;
mod node;
pub mod onnx;
pub mod plan;
pub mod pool;
#[cfg(feature = "gpu")]
pub mod race;
#[cfg(feature = "gpu")]
mod reach;
pub(crate) mod stored;
#[cfg(all(
    feature = "net",
    any(all(test, feature = "analysis"), feature = "truth-web")
))]
pub mod truth;
pub mod weights;

pub use deviation::{clear_limit, largest_deviation, share_off};
pub use error::EngineError;
pub use plan::Plan;
pub use weights::{Weights, WeightsError};

#[cfg(feature = "gpu")]
pub use gpu::{ConvKernel, GpuOptions, GpuStart, Precision, is_emulated, probe_gpu};

use crate::network::NetworkConfig;

/// Largest deviation from the stored golden logits that passes the self-test.
///
/// In f32 both back ends deviate by about 1e-5; the rest is room for a graphics card that stores
/// and sums in f16. A wrong kernel, a driver fault or a damaged file is off by far more.
pub const SELF_TEST_TOLERANCE: f32 = 2e-2;

/// What carries out the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterInfo {
    /// For people, e.g. `NVIDIA GeForce RTX 4060` or `processor (AVX2)`.
    pub name: String,
    /// A GPU emulated on the processor: slower than the CPU back end.
    pub software: bool,
    /// `cpu`, or the GPU interface in lower case: `webgpu`, `vulkan`, `metal`, `dx12`.
    pub backend: String,
}

/// A network ready to run.
#[derive(Debug)]
pub enum Engine {
    /// On the processor.
    Cpu(Box<cpu::Cpu>),
    /// On the GPU.
    #[cfg(feature = "gpu")]
    Gpu(Box<gpu::Gpu>),
}

impl Engine {
    /// Prepares a network for the processor.
    ///
    /// # Errors
    /// [`EngineError::NoSuchDepth`]: the network has no output.
    pub fn cpu(weights: &Weights) -> Result<Self, EngineError> {
        Ok(Self::Cpu(Box::new(cpu::Cpu::new(weights)?)))
    }

    /// Asks for a GPU, uploads the weights and compiles the kernels.
    ///
    /// # Errors
    /// [`EngineError::NoGpu`], [`EngineError::Width`]: the network cannot run on one;
    /// [`EngineError::Gpu`], [`EngineError::GpuMemory`]: the GPU failed.
    #[cfg(feature = "gpu")]
    pub async fn gpu(weights: &Weights) -> Result<Self, EngineError> {
        Self::gpu_with(weights, GpuOptions::default()).await
    }

    /// The same with something set by hand: for measuring and for tests.
    ///
    /// # Errors
    /// Those of [`Engine::gpu`], and [`EngineError::NoGpu`] where the GPU lacks what is asked for.
    #[cfg(feature = "gpu")]
    pub async fn gpu_with(weights: &Weights, options: GpuOptions) -> Result<Self, EngineError> {
        let start = GpuStart::new(*weights.config(), options).await?;
        Self::gpu_from(start, weights).await
    }

    /// The same on a GPU that is there already.
    ///
    /// # Errors
    /// [`EngineError::Gpu`], [`EngineError::GpuMemory`]: the GPU failed; those of [`Engine::gpu`]
    /// where the weights are not of the network that it was started for.
    #[cfg(feature = "gpu")]
    pub async fn gpu_from(start: GpuStart, weights: &Weights) -> Result<Self, EngineError> {
        Ok(Self::Gpu(Box::new(start.load(weights).await?)))
    }

    /// What the network runs on.
    pub fn adapter(&self) -> &AdapterInfo {
        match self {
            Self::Cpu(cpu) => cpu.adapter(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.adapter(),
        }
    }

    /// The steps that [`Engine::run`] takes, with their work and memory.
    pub fn plan(&self) -> &Plan {
        match self {
            Self::Cpu(cpu) => cpu.plan(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.plan(),
        }
    }

    /// Bytes of weights and buffers that are held after the runs so far.
    pub fn memory_bytes(&self) -> u64 {
        match self {
            Self::Cpu(cpu) => cpu.memory_bytes(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.memory_bytes(),
        }
    }

    /// Bytes of the weights alone.
    pub fn weights_bytes(&self) -> u64 {
        match self {
            Self::Cpu(cpu) => cpu.weights_bytes(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.weights_bytes(),
        }
    }

    /// Bytes of a number of an image in memory, and of a weight.
    fn number_bytes(&self) -> (u64, u64) {
        match self {
            Self::Cpu(_) => (4, 4),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => (gpu.precision().bytes() as u64, 2),
        }
    }

    /// Bytes of the plan's buffers for an image of this size as they are allocated: on the GPU in
    /// its precision, with borders, and those of one window if there are several. All live at once.
    ///
    /// # Errors
    /// [`EngineError::GpuLimit`]: not even windows of the image fit the GPU.
    pub fn planned_bytes(&self, rows: usize, cols: usize) -> Result<u64, EngineError> {
        match self {
            Self::Cpu(cpu) => Ok(cpu.plan().memory_bytes(rows, cols)),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.planned_bytes(rows, cols),
        }
    }

    /// Takes the output at depth `level` from now on (U-Net++ with deep supervision:
    /// `1..=depth`, fewer is faster and coarser; others: `depth` only).
    ///
    /// # Errors
    /// [`EngineError::NoSuchDepth`].
    pub fn set_level(&mut self, level: usize) -> Result<(), EngineError> {
        match self {
            Self::Cpu(cpu) => cpu.set_level(level),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.set_level(level),
        }
    }

    /// Logits (`rows × cols`, row-major, before temperature and sigmoid) of an input of
    /// the same shape with values in −1…1. Both sides must be multiples of
    /// [`NetworkConfig::stride`].
    ///
    /// `step(done, total)` is awaited between the plan's steps, so that a worker can
    /// report progress and read messages; returning `false` ends in
    /// [`EngineError::Cancelled`].
    ///
    /// # Errors
    /// [`EngineError::Size`], [`EngineError::InputLength`], [`EngineError::InputNotFinite`]: the
    /// input does not fit; [`EngineError::ResultNotFinite`]: the result cannot be used;
    /// [`EngineError::Cancelled`]; and what memory and GPU say.
    pub async fn run(
        &mut self,
        input: &[f32],
        rows: usize,
        cols: usize,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let logits = match self {
            Self::Cpu(cpu) => cpu.run(input, rows, cols, step).await?,
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => {
                let size = (rows, cols);
                gpu.run(input, size, gpu::Wanted::Logits, step).await?
            }
        };
        if logits.iter().all(|v| v.is_finite()) {
            Ok(logits)
        } else {
            Err(EngineError::ResultNotFinite)
        }
    }

    /// [`Engine::run`] to the end, told of nothing.
    ///
    /// # Errors
    /// Those of [`Engine::run`], [`EngineError::Cancelled`] aside.
    pub async fn logits(
        &mut self,
        input: &[f32],
        rows: usize,
        cols: usize,
    ) -> Result<Vec<f32>, EngineError> {
        self.run(input, rows, cols, &mut async |_, _| true).await
    }

    /// Calibrated probabilities (`rows × cols`, 0…1) in the place of logits, see [`Engine::run`]:
    /// the sigmoid of logits divided by `temperature`. The GPU gives them in steps of 1/254.
    ///
    /// # Errors
    /// Those of [`Engine::run`].
    pub async fn probabilities(
        &mut self,
        input: &[f32],
        (rows, cols): (usize, usize),
        temperature: f32,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        #[cfg(feature = "gpu")]
        if let Self::Gpu(gpu) = self {
            let wanted = gpu::Wanted::Probabilities(temperature);
            return gpu.run(input, (rows, cols), wanted, step).await;
        }
        let logits = self.run(input, rows, cols, step).await?;
        Ok(calibrated(&logits, temperature))
    }

    /// Runs the whole network on the golden input of `weights`, which must be those the
    /// engine was made from. Returns the largest deviation from the golden logits.
    ///
    /// # Errors
    /// [`EngineError::SelfTest`]: it, or that of the probabilities, exceeds
    /// [`SELF_TEST_TOLERANCE`]; and those of [`Engine::run`].
    pub async fn self_test(&mut self, weights: &Weights) -> Result<f32, EngineError> {
        let level = self.level();
        self.set_level(weights.config().depth)?;
        let found = self.deviation(weights).await;
        self.set_level(level)?;
        let deviation = found?;
        if deviation <= SELF_TEST_TOLERANCE {
            Ok(deviation)
        } else {
            Err(EngineError::SelfTest {
                deviation,
                tolerance: SELF_TEST_TOLERANCE,
            })
        }
    }

    /// The largest deviation from the golden logits, or from their probabilities if that is larger
    /// than what their steps explain.
    async fn deviation(&mut self, weights: &Weights) -> Result<f32, EngineError> {
        let (input, expected) = weights.golden();
        let size = weights::GOLDEN_PX;
        let logits = largest_deviation(&self.logits(input, size, size).await?, expected);
        // The GPU computes them by a kernel of their own, and masks are made of them.
        #[cfg(feature = "gpu")]
        if let Self::Gpu(gpu) = self {
            let wanted = gpu::Wanted::Probabilities(1.0);
            let found = gpu
                .run(input, (size, size), wanted, &mut async |_, _| true)
                .await?;
            let off = largest_deviation(&found, &calibrated(expected, 1.0));
            if off > gpu::PROBABILITY_STEP {
                return Ok(logits.max(off));
            }
        }
        Ok(logits)
    }

    fn level(&self) -> usize {
        match self {
            Self::Cpu(cpu) => cpu.level(),
            #[cfg(feature = "gpu")]
            Self::Gpu(gpu) => gpu.level(),
        }
    }
}

/// Probabilities of logits, calibrated by temperature scaling (Guo et al. 2017): 0.8 means that 8
/// of 10 such pixels were tumour.
pub fn calibrated(logits: &[f32], temperature: f32) -> Vec<f32> {
    let sigmoid = |logit: &f32| 1.0 / (1.0 + (-logit / temperature).exp());
    logits.iter().map(sigmoid).collect()
}

/// Checks an input before any work is done on it.
fn check_input(
    input: &[f32],
    rows: usize,
    cols: usize,
    config: &NetworkConfig,
) -> Result<(), EngineError> {
    let stride = config.stride();
    let fits = |side: usize| side > 0 && side.is_multiple_of(stride);
    if !fits(rows) || !fits(cols) {
        return Err(EngineError::Size { rows, cols, stride });
    }
    match rows.checked_mul(cols) {
        Some(expected) if expected == input.len() => {}
        expected => {
            return Err(EngineError::InputLength {
                found: input.len(),
                expected: expected.unwrap_or(usize::MAX),
            });
        }
    }
    if input.iter().all(|v| v.is_finite()) {
        Ok(())
    } else {
        Err(EngineError::InputNotFinite)
    }
}

/// The plan for depth `level`, or why there is none.
fn plan_at(config: &NetworkConfig, level: usize) -> Result<Plan, EngineError> {
    Plan::new(config, level).ok_or(EngineError::NoSuchDepth(level))
}
