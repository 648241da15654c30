//! The measured roof: how many multiply-adds and copied bytes a second this GPU reaches.

use super::device::Device;
use super::source::shader;
use super::unroll::unroll;
use crate::engine::EngineError;

/// Invocations of a call of `multiply`, and of a row of `copy` (`ROW` of `roofline.wgsl`); each has
/// one vector to read and one to write.
const INVOCATIONS: u32 = 1 << 18;
/// Bytes of a row.
const ROW_BYTES: u64 = 16 * INVOCATIONS as u64;
/// Rows that a real GPU copies: 256 MiB read and 256 MiB written. Its caches hold tens of MiB, and
/// what fits there comes from there when it is copied again.
const MOST_ROWS: u32 = 64;
/// An emulated one is slow, and its memory is the processor's, which is measured by itself: 32 MiB.
const EMULATED_ROWS: u32 = 8;
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
    let rows = copied_rows(device);
    let make = || Kernels::new(&device.handle, rows);
    let kernels = device.checked(make).await?;
    let macs = f64::from(INVOCATIONS) * f64::from(MACS);
    let bytes = f64::from(INVOCATIONS) * f64::from(rows) * 2.0 * 16.0;
    let bindings = &kernels.bindings;
    let multiply_s = seconds_a_call(device, (&kernels.multiply, 1), bindings, now_ms).await?;
    let copy_s = seconds_a_call(device, (&kernels.copy, rows), bindings, now_ms).await?;
    Ok((macs / multiply_s, bytes / copy_s))
}

/// As many as a buffer may hold.
fn copied_rows(device: &Device) -> u32 {
    let limits = device.handle.limits();
    let allowed = limits
        .max_storage_buffer_binding_size
        .min(limits.max_buffer_size);
    let most = if device.info.software {
        EMULATED_ROWS
    } else {
        MOST_ROWS
    };
    u32::try_from(allowed / ROW_BYTES).map_or(most, |rows| rows.clamp(1, most))
}

/// Both kernels.
pub(super) fn text() -> String {
    unroll(shader!("roofline.wgsl"))
}

struct Kernels {
    multiply: wgpu::ComputePipeline,
    copy: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
}

impl Kernels {
    /// With buffers of `rows` rows.
    fn new(device: &wgpu::Device, rows: u32) -> Self {
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
            source: wgpu::ShaderSource::Wgsl(text().into()),
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
                size: u64::from(rows) * ROW_BYTES,
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

/// Has a kernel done over so many rows, more and more often until that takes long enough.
async fn seconds_a_call(
    device: &Device,
    (pipeline, rows): (&wgpu::ComputePipeline, u32),
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
                pass.dispatch_workgroups(INVOCATIONS / WORKGROUP, rows, calls);
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
