//! The compiled kernels. All have the same bindings (see `shape.wgsl`), but for weights that
//! may be a uniform buffer.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Quantiser;
use super::choice::{self, ConvKernel, Precision, WeightMemory, WorkgroupLimits};
use super::source::shader;
use super::unroll::unroll;
use crate::engine::plan::{Plan, Step};

/// Invocations of a workgroup when pooling and in the head.
pub(super) const WORKGROUP: usize = 64;

/// Which kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kernel {
    /// `conv_direct.wgsl` or `conv_tiled.wgsl`.
    Conv {
        /// With the skips multiplied by a gate.
        is_gated: bool,
        /// Blocks of outputs that a workgroup computes; one in the direct kernel.
        blocks: usize,
        /// What its weights are read from.
        weights: WeightMemory,
    },
    /// `pool.wgsl`.
    Pool,
    /// `gate.wgsl`.
    Gate {
        /// What its weights are read from.
        weights: WeightMemory,
    },
    /// `head.wgsl`.
    Head,
}

/// How a device computes convolutions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Convolution {
    pub(super) kernel: ConvKernel,
    pub(super) limits: WorkgroupLimits,
    pub(super) precision: Precision,
}

impl Convolution {
    /// The kernel of a step; only an emulated GPU reads `weights` from where it is told.
    pub(super) fn kernel(self, step: &Step, weights: WeightMemory) -> Kernel {
        match step {
            Step::Conv { gate, target, .. } => {
                let (blocks, weights) = match self.kernel {
                    ConvKernel::Direct => (1, weights),
                    ConvKernel::Tiled => (
                        choice::blocks(target.channels, self.limits),
                        WeightMemory::Storage,
                    ),
                };
                Kernel::Conv {
                    is_gated: gate.is_some(),
                    blocks,
                    weights,
                }
            }
            Step::Pool { .. } => Kernel::Pool,
            Step::Gate { .. } => Kernel::Gate {
                weights: match self.kernel {
                    ConvKernel::Direct => weights,
                    ConvKernel::Tiled => WeightMemory::Storage,
                },
            },
            Step::Head { .. } => Kernel::Head,
        }
    }

    /// Invocations of the gate in a workgroup.
    pub(super) fn gate_workgroup(self) -> usize {
        match self.kernel {
            ConvKernel::Direct => choice::DIRECT_WORKGROUP,
            ConvKernel::Tiled => choice::GATE_WORKGROUP,
        }
    }

    /// Vectors that weights must be followed by, so that every piece is long enough.
    pub(super) fn tail_vectors(self) -> usize {
        match self.kernel {
            ConvKernel::Direct => choice::UNIFORM_VECTORS,
            ConvKernel::Tiled => 0,
        }
    }

    /// The shader of a kernel, complete.
    fn text(self, kernel: Kernel) -> String {
        let (constants, source) = match kernel {
            Kernel::Conv {
                is_gated,
                blocks,
                weights,
            } => {
                let (workgroup, source) = match self.kernel {
                    ConvKernel::Direct => (choice::DIRECT_WORKGROUP, shader!("conv_direct.wgsl")),
                    ConvKernel::Tiled => (
                        blocks * choice::INVOCATIONS_A_BLOCK,
                        shader!("conv_tiled.wgsl"),
                    ),
                };
                let constants = format!(
                    "const GATED = {is_gated};\nconst BLOCKS = {blocks}u;\n{}",
                    constants(workgroup, weights)
                );
                (constants, source)
            }
            Kernel::Gate { weights } => {
                let constants = constants(self.gate_workgroup(), weights);
                (constants, shader!("gate.wgsl"))
            }
            Kernel::Pool => (String::new(), shader!("pool.wgsl")),
            Kernel::Head => (String::new(), shader!("head.wgsl")),
        };
        self.precision.types().to_owned() + &constants + shader!("shape.wgsl") + &unroll(source)
    }
}

/// The constants of a kernel with weights, and the declaration of these.
fn constants(workgroup: usize, weights: WeightMemory) -> String {
    let declaration = match weights {
        WeightMemory::Storage => "<storage, read> weights: array<vec4u>".to_owned(),
        WeightMemory::Uniform => {
            let count = choice::UNIFORM_VECTORS;
            format!("<uniform> weights: array<vec4u, {count}>")
        }
    };
    format!("const WORKGROUP = {workgroup}u;\n@group(0) @binding(4) var{declaration};\n")
}

/// Pipelines of the kernels that a plan needs, with the layouts of their bindings.
#[derive(Debug)]
pub(super) struct Kernels {
    /// How convolutions are computed.
    pub(super) convolution: Convolution,
    /// What comes after the plan's last step.
    pub(super) quantiser: Quantiser,
    pipelines: BTreeMap<Kernel, (wgpu::ComputePipeline, wgpu::BindGroupLayout)>,
}

impl Kernels {
    /// Compiles what `plan` needs, and with it every shorter plan of the same network;
    /// errors go to the device's error scope.
    pub(super) fn compile(device: &wgpu::Device, convolution: Convolution, plan: &Plan) -> Self {
        let layouts = [WeightMemory::Storage, WeightMemory::Uniform].map(|m| layout(device, m));
        let [of_storage, of_uniform] = &layouts;
        let compile = |kernel: Kernel| {
            let label = format!("{kernel:?}");
            let layout = match kernel {
                Kernel::Conv {
                    weights: WeightMemory::Uniform,
                    ..
                }
                | Kernel::Gate {
                    weights: WeightMemory::Uniform,
                } => of_uniform,
                _ => of_storage,
            };
            let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(&label),
                bind_group_layouts: &[Some(layout)],
                immediate_size: 0,
            });
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(&label),
                source: wgpu::ShaderSource::Wgsl(convolution.text(kernel).into()),
            });
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(&label),
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            });
            (pipeline, layout.clone())
        };
        let needed: BTreeSet<Kernel> = plan
            .steps()
            .iter()
            .flat_map(|step| {
                [WeightMemory::Storage, WeightMemory::Uniform]
                    .map(|weights| convolution.kernel(step, weights))
            })
            .collect();
        Self {
            pipelines: needed
                .into_iter()
                .map(|kernel| (kernel, compile(kernel)))
                .collect(),
            convolution,
            quantiser: Quantiser::compile(device),
        }
    }

    /// The pipeline of a kernel and the layout of its bindings, if the plan needed it.
    pub(super) fn pipeline(
        &self,
        kernel: Kernel,
    ) -> Option<&(wgpu::ComputePipeline, wgpu::BindGroupLayout)> {
        self.pipelines.get(&kernel)
    }
}

/// The layout of bindings, for weights in the given kind of buffer.
fn layout(device: &wgpu::Device, weights: WeightMemory) -> wgpu::BindGroupLayout {
    let storage = |read_only| wgpu::BufferBindingType::Storage { read_only };
    let types = [
        wgpu::BufferBindingType::Uniform,
        storage(true),
        storage(true),
        storage(true),
        match weights {
            WeightMemory::Storage => storage(true),
            WeightMemory::Uniform => wgpu::BufferBindingType::Uniform,
        },
        storage(true),
        storage(false),
    ];
    let entries: Vec<_> = (0..)
        .zip(types)
        .map(|(binding, ty)| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty,
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        })
        .collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some("kernel"),
        entries: &entries,
    })
}
