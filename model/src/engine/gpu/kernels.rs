//! The compiled kernels. All have the same bindings (see `shape.wgsl`), but for weights that
//! may be a uniform buffer.

use std::collections::BTreeSet;

use super::answer::Quantiser;
use super::choice::{self, ConvKernel, GateShares, Precision, WeightMemory, WorkgroupLimits};
use super::source::shader;
use super::unroll::unroll;
use crate::engine::plan::{Buffer, Plan, Step};
use crate::map::Map;

/// Which kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kernel {
    /// `conv_direct.wgsl` or `conv_tiled.wgsl`.
    Conv {
        /// Of the slice itself.
        is_first: bool,
        /// With the skips multiplied by a gate.
        is_gated: bool,
        /// How its work is shared out.
        shares: ConvShares,
    },
    /// `pool.wgsl`.
    Pool,
    /// `gate.wgsl`.
    Gate {
        /// How its work is shared out.
        shares: GateShares,
        /// What its weights are read from.
        weights: WeightMemory,
    },
    /// `head.wgsl`.
    Head,
}

/// How the work of a 3×3 convolution is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConvShares {
    /// `conv_direct.wgsl`: one block of outputs and [`choice::DIRECT_TILE`] an invocation.
    Direct {
        /// What the weights are read from.
        weights: WeightMemory,
    },
    /// `conv_tiled.wgsl`.
    Tiled {
        /// Rows of pixels that an invocation computes.
        rows: usize,
        /// Blocks of outputs that a workgroup computes.
        blocks: usize,
        /// Whether it multiplies and adds up in f16.
        in_halves: bool,
    },
}

impl Kernel {
    /// What errors of the GPU call it.
    fn name(self) -> &'static str {
        match self {
            Self::Conv { .. } => "conv",
            Self::Pool => "pool",
            Self::Gate { .. } => "gate",
            Self::Head => "head",
        }
    }

    /// What its weights, if it has any, are read from.
    fn weights(self) -> WeightMemory {
        match self {
            Self::Conv {
                shares: ConvShares::Direct { weights },
                ..
            }
            | Self::Gate { weights, .. } => weights,
            _ => WeightMemory::Storage,
        }
    }
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
            Step::Conv {
                skip, gate, target, ..
            } => Kernel::Conv {
                is_first: skip.buffer == Buffer::Input,
                is_gated: gate.is_some(),
                shares: match self.kernel {
                    ConvKernel::Direct => ConvShares::Direct { weights },
                    ConvKernel::Tiled => ConvShares::Tiled {
                        rows: choice::rows(target.buffer.level()),
                        blocks: choice::blocks(target.channels, self.limits),
                        in_halves: self.precision.sums_halves(target.buffer.level()),
                    },
                },
            },
            Step::Pool { .. } => Kernel::Pool,
            Step::Gate { mid, .. } => Kernel::Gate {
                shares: GateShares::new(self.kernel, *mid, self.limits),
                weights: match self.kernel {
                    ConvKernel::Direct => weights,
                    ConvKernel::Tiled => WeightMemory::Storage,
                },
            },
            Step::Head { .. } => Kernel::Head,
        }
    }

    /// The kernels of all steps, wherever weights lie.
    pub(super) fn kernels(self, plan: &Plan) -> BTreeSet<Kernel> {
        let memories = [WeightMemory::Storage, WeightMemory::Uniform];
        let mut kernels = BTreeSet::new();
        for step in plan.steps() {
            kernels.extend(memories.map(|weights| self.kernel(step, weights)));
        }
        kernels
    }

    /// Workgroups of a step's kernel over the pixels of a plane.
    pub(super) fn workgroups_across(self, step: &Step, (rows, cols): (usize, usize)) -> usize {
        // Where weights lie changes no kernel's share of the pixels.
        let (tile, together) = match self.kernel(step, WeightMemory::Storage) {
            Kernel::Conv { shares, .. } => match shares {
                ConvShares::Direct { .. } => (choice::DIRECT_TILE, choice::DIRECT_WORKGROUP),
                ConvShares::Tiled { rows, .. } => ((2 * rows, choice::TILE_COLUMNS), 1),
            },
            Kernel::Gate { shares, .. } => ((choice::GATE_ROWS, shares.columns), shares.tiles()),
            Kernel::Pool | Kernel::Head => ((1, 1), self.limits.workgroup(choice::WORKGROUP)),
        };
        (rows.div_ceil(tile.0) * cols.div_ceil(tile.1)).div_ceil(together)
    }

    /// Vectors that weights must be followed by, so that every piece is long enough.
    pub(super) fn tail_vectors(self) -> usize {
        match self.kernel {
            ConvKernel::Direct => choice::UNIFORM_VECTORS,
            ConvKernel::Tiled => 0,
        }
    }

    /// The shader of a kernel, complete.
    pub(super) fn text(self, kernel: Kernel) -> String {
        let near = |is_first| {
            let near = if is_first { "f32" } else { "Group" };
            format!("alias Near = {near};\n")
        };
        let (constants, source) = match kernel {
            Kernel::Conv {
                is_first,
                is_gated,
                shares,
            } => {
                let flags = format!("const GATED = {is_gated};\n");
                let (constants, source) = match shares {
                    ConvShares::Direct { weights } => {
                        let value = if is_first {
                            "near[at]"
                        } else {
                            "f32(near[at][part])"
                        };
                        let value = format!(
                            "fn near_value(at: u32, part: u32) -> f32 {{ return {value}; }}\n"
                        );
                        (
                            constants(choice::DIRECT_WORKGROUP, weights),
                            value + shader!("conv_direct.wgsl"),
                        )
                    }
                    ConvShares::Tiled {
                        rows,
                        blocks,
                        in_halves,
                    } => {
                        let workgroup = blocks * choice::INVOCATIONS_A_BLOCK;
                        let (number, vector, halves, sums) = if in_halves {
                            ("f16", "vec4h", "1", "part")
                        } else {
                            ("f32", "vec4f", "0", "sum")
                        };
                        (
                            format!(
                                "const BLOCKS = {blocks}u;\nalias Number = {number};\nalias Vector = {vector};\n"
                            ) + &constants(workgroup, WeightMemory::Storage),
                            shader!("conv_tiled.wgsl")
                                .replace("ROWS", &rows.to_string())
                                .replace("HALVES", halves)
                                .replace("SUMS", sums),
                        )
                    }
                };
                (near(is_first) + &flags + &constants, source)
            }
            Kernel::Gate { shares, weights } => {
                let source = shader!("gate.wgsl")
                    .replace("COLUMNS", &shares.columns.to_string())
                    .replace("PAIRS", &(shares.columns / 2).to_string())
                    .replace("PARTS", &shares.parts.to_string())
                    .replace("SHARED", if shares.parts > 1 { "1" } else { "0" });
                (near(false) + &constants(shares.workgroup, weights), source)
            }
            Kernel::Pool => (
                near(false) + &self.workgroup(),
                shader!("pool.wgsl").to_owned(),
            ),
            Kernel::Head => (
                near(false) + &self.workgroup(),
                shader!("head.wgsl").to_owned(),
            ),
        };
        self.precision.types().to_owned() + &constants + shader!("shape.wgsl") + &unroll(&source)
    }

    /// The constant of a kernel whose invocations have nothing in common.
    fn workgroup(self) -> String {
        choice::workgroup_constant(self.limits.workgroup(choice::WORKGROUP))
    }
}

/// The constants of a kernel with weights, and the declaration of these.
fn constants(invocations: usize, weights: WeightMemory) -> String {
    let declaration = match weights {
        WeightMemory::Storage => "<storage, read> weights: array<vec4u>".to_owned(),
        WeightMemory::Uniform => {
            let count = choice::UNIFORM_VECTORS;
            format!("<uniform> weights: array<vec4u, {count}>")
        }
    };
    choice::workgroup_constant(invocations) + &format!("@group(0) @binding(4) var{declaration};\n")
}

/// Pipelines of the kernels that a plan needs, with the layouts of their bindings.
#[derive(Debug)]
pub(super) struct Kernels {
    /// How convolutions are computed.
    pub(super) convolution: Convolution,
    /// What comes after the plan's last step.
    pub(super) quantiser: Quantiser,
    pipelines: Map<Kernel, (wgpu::ComputePipeline, wgpu::BindGroupLayout)>,
}

impl Kernels {
    /// Compiles what `plan` needs, and with it every shorter plan of the same network;
    /// errors go to the device's error scope.
    pub(super) fn compile(device: &wgpu::Device, convolution: Convolution, plan: &Plan) -> Self {
        let layouts = [WeightMemory::Storage, WeightMemory::Uniform].map(|m| layout(device, m));
        let [of_storage, of_uniform] = &layouts;
        let compile = |kernel: Kernel| {
            let label = kernel.name();
            let layout = match kernel.weights() {
                WeightMemory::Uniform => of_uniform,
                WeightMemory::Storage => of_storage,
            };
            let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(label),
                bind_group_layouts: &[Some(layout)],
                immediate_size: 0,
            });
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(convolution.text(kernel).into()),
            });
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(label),
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some("main"),
                // Kernels write all of their workgroup memory before they read any of it. (A
                // browser sets it to zero in any case.)
                compilation_options: wgpu::PipelineCompilationOptions {
                    zero_initialize_workgroup_memory: false,
                    ..wgpu::PipelineCompilationOptions::default()
                },
                cache: None,
            });
            (pipeline, layout.clone())
        };
        let mut pipelines = Map::new();
        for kernel in convolution.kernels(plan) {
            pipelines.insert(kernel, compile(kernel));
        }
        Self {
            pipelines,
            convolution,
            quantiser: Quantiser::compile(device, convolution.limits),
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
