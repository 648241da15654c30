//! The measured roof: how many multiply-adds and copied bytes a second this GPU reaches.

use super::device::Device;
use super::source::shader;
use super::unroll::unroll;
use crate::engine::EngineError;

/// Invocations of a call; each has one vector to read and one to write.
const INVOCATIONS: u32 = 1 << 18;
/// Invocations of a workgroup.
const WORKGROUP: u32 = 64;
/// Multiply-adds of an invocation: `LOOPS` of `roofline.wgsl` · 8 chains · 4 values.
const MACS: u32 = 256 * 8 * 4;
/// Long enough that handing work over does not count.
const ENOUGH_MS: f64 = 50.0;
/// In case a clock stands still; WebGPU allows 65,535.
const MOST_CALLS: u32 = 1 << 15;

/// Multiply-accumulates a second, and bytes read and written a second by copying.
pub(super) async fn measure(
    device: &Device,
    now_ms: &impl Fn() -> f64,
) -> Result<(f64, f64), EngineError> {
    let kernels = device.checked(|| Kernels::new(&device.handle)).await?;
    let macs = f64::from(INVOCATIONS) * f64::from(MACS);
    let bytes = f64::from(INVOCATIONS) * 2.0 * 16.0;
    let multiply_s = seconds_a_call(device, &kernels.multiply, &kernels.bindings, now_ms).await?;
    let copy_s = seconds_a_call(device, &kernels.copy, &kernels.bindings, now_ms).await?;
    Ok((macs / multiply_s, bytes / copy_s))
}

struct Kernels {
    multiply: wgpu::ComputePipeline,
    copy: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
}

impl Kernels {
    fn new(device: &wgpu::Device) -> Self {
        let entry = |binding, read_only| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::COMPUTE,
            ty: wgpu::BindingType::Buffer {
                ty: wgpu::BufferBindingType::Storage { read_only },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("roofline"),
            entries: &[entry(0, true), entry(1, false)],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("roofline"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("roofline"),
            source: wgpu::ShaderSource::Wgsl(unroll(shader!("roofline.wgsl")).into()),
        });
        let compile = |entry_point| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry_point),
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some(entry_point),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
        };
        let make = || {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("roofline"),
                size: u64::from(INVOCATIONS) * 16,
                usage: wgpu::BufferUsages::STORAGE,
                mapped_at_creation: false,
            })
        };
        let (source, target) = (make(), make());
        Self {
            multiply: compile("multiply"),
            copy: compile("copy"),
            bindings: device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("roofline"),
                layout: &layout,
                entries: &[
                    wgpu::BindGroupEntry {
                        binding: 0,
                        resource: source.as_entire_binding(),
                    },
                    wgpu::BindGroupEntry {
                        binding: 1,
                        resource: target.as_entire_binding(),
                    },
                ],
            }),
        }
    }
}

/// Has a kernel done more and more often until that takes long enough.
async fn seconds_a_call(
    device: &Device,
    pipeline: &wgpu::ComputePipeline,
    bindings: &wgpu::BindGroup,
    now_ms: &impl Fn() -> f64,
) -> Result<f64, EngineError> {
    let mut calls = 1;
    // The first run compiles.
    let mut is_warm = false;
    loop {
        let start = now_ms();
        let submit = || {
            let mut encoder = device
                .handle
                .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, bindings, &[]);
                // At once: between calls of their own a GPU would run empty.
                pass.dispatch_workgroups(INVOCATIONS / WORKGROUP, calls, 1);
            }
            device.submit(encoder.finish())
        };
        let submitted = device.checked(submit).await?;
        device.finished(submitted).await?;
        let ms = now_ms() - start;
        if is_warm && (ms >= ENOUGH_MS || calls >= MOST_CALLS) {
            return Ok(ms / 1e3 / f64::from(calls));
        }
        if is_warm {
            calls *= 2;
        }
        is_warm = true;
    }
}
