//! The compiled kernels. All share one layout of bindings (see `shape.wgsl`).

/// Invocations of a workgroup, in every kernel.
pub(super) const WORKGROUP: usize = 64;

/// Which kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kernel {
    /// `conv.wgsl`.
    Conv,
    /// `conv.wgsl` with the skips multiplied by a gate.
    GatedConv,
    /// `pool.wgsl`.
    Pool,
    /// `gate.wgsl`.
    Gate,
    /// `head.wgsl`.
    Head,
}

/// Pipelines of all kernels.
#[derive(Debug)]
pub(super) struct Kernels {
    /// Bindings of every kernel.
    pub(super) layout: wgpu::BindGroupLayout,
    conv: wgpu::ComputePipeline,
    gated_conv: wgpu::ComputePipeline,
    pool: wgpu::ComputePipeline,
    gate: wgpu::ComputePipeline,
    head: wgpu::ComputePipeline,
}

impl Kernels {
    /// Compiles everything; errors go to the device's error scope.
    pub(super) fn compile(device: &wgpu::Device) -> Self {
        let storage = |read_only| wgpu::BufferBindingType::Storage { read_only };
        let types = [
            wgpu::BufferBindingType::Uniform,
            storage(true),
            storage(true),
            storage(true),
            storage(true),
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
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("kernel"),
            entries: &entries,
        });
        let pipelines = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("kernel"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let compile = |label, source: &str, constants: &[(&str, f64)]| {
            let text = [include_str!("shape.wgsl"), source].concat();
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(label),
                source: wgpu::ShaderSource::Wgsl(text.into()),
            });
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(label),
                layout: Some(&pipelines),
                module: &module,
                entry_point: Some("main"),
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants,
                    ..Default::default()
                },
                cache: None,
            })
        };
        let conv = include_str!("conv.wgsl");
        Self {
            conv: compile("conv", conv, &[("GATED", 0.0)]),
            gated_conv: compile("gated conv", conv, &[("GATED", 1.0)]),
            pool: compile("pool", include_str!("pool.wgsl"), &[]),
            gate: compile("gate", include_str!("gate.wgsl"), &[]),
            head: compile("head", include_str!("head.wgsl"), &[]),
            layout,
        }
    }

    /// The pipeline of a kernel.
    pub(super) fn pipeline(&self, kernel: Kernel) -> &wgpu::ComputePipeline {
        match kernel {
            Kernel::Conv => &self.conv,
            Kernel::GatedConv => &self.gated_conv,
            Kernel::Pool => &self.pool,
            Kernel::Gate => &self.gate,
            Kernel::Head => &self.head,
        }
    }
}
