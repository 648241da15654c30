//! Logits to calibrated probabilities of one byte (`answer.wgsl`), so that a quarter is read back
//! and the processor has no exponentials to compute.

use super::choice::{WORKGROUP, WorkgroupLimits, workgroup_constant};
use super::device::Device;
use super::source::shader;
use crate::engine::EngineError;

/// Pixels of an invocation.
const PIXELS: usize = 4;
/// The byte of probability 1, and that of a logit that is no number.
const CERTAIN: u8 = 254;
const NOT_FINITE: u8 = 255;

/// Between one probability and the next.
pub(in crate::engine) const STEP: f32 = 1.0 / CERTAIN as f32;

/// The shader, complete.
pub(super) fn text(workgroup: usize) -> String {
    workgroup_constant(workgroup) + shader!("answer.wgsl")
}

/// The compiled kernel.
#[derive(Debug)]
pub(super) struct Quantiser {
    pipeline: wgpu::ComputePipeline,
    layout: wgpu::BindGroupLayout,
    workgroup: usize,
}

/// The kernel with the buffers of one size of input.
#[derive(Debug)]
pub(super) struct Answer {
    bindings: wgpu::BindGroup,
    inverse_temperature: wgpu::Buffer,
    bytes: wgpu::Buffer,
    workgroups: u32,
}

impl Quantiser {
    /// Compiles it; errors go to the device's error scope.
    pub(super) fn compile(device: &wgpu::Device, limits: WorkgroupLimits) -> Self {
        let label = Some("answer");
        let workgroup = limits.workgroup(WORKGROUP);
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label,
            layout: None,
            module: &device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label,
                source: wgpu::ShaderSource::Wgsl(text(workgroup).into()),
            }),
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        Self {
            layout: pipeline.get_bind_group_layout(0),
            pipeline,
            workgroup,
        }
    }

    /// Binds it to `logits`, a multiple of four floats.
    pub(super) fn bind(&self, device: &wgpu::Device, logits: &wgpu::Buffer) -> Answer {
        let pixels = logits.size() as usize / size_of::<f32>();
        let make = |size, usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("answer"),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let inverse_temperature = make(
            16,
            wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        );
        let bytes = make(
            pixels as u64,
            wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
        );
        let entries: Vec<_> = (0..)
            .zip([&inverse_temperature, logits, &bytes])
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        Answer {
            bindings: device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("answer"),
                layout: &self.layout,
                entries: &entries,
            }),
            inverse_temperature,
            bytes,
            workgroups: pixels.div_ceil(PIXELS * self.workgroup) as u32,
        }
    }

    /// Puts the call into a pass.
    pub(super) fn encode(&self, answer: &Answer, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &answer.bindings, &[]);
        pass.dispatch_workgroups(answer.workgroups, 1, 1);
    }
}

impl Answer {
    /// Says what logits are divided by from the next submission on.
    pub(super) fn set_temperature(&self, device: &Device, temperature: f32) {
        let inverse = 1.0 / temperature;
        let queue = &device.queue;
        queue.write_buffer(&self.inverse_temperature, 0, &inverse.to_le_bytes());
    }

    /// What the kernel writes.
    pub(super) fn bytes(&self) -> &wgpu::Buffer {
        &self.bytes
    }
}

/// The probabilities that were read back.
pub(super) fn probabilities(bytes: &[u8]) -> Result<Vec<f32>, EngineError> {
    if bytes.contains(&NOT_FINITE) {
        return Err(EngineError::ResultNotFinite);
    }
    let value = |&byte: &u8| f32::from(byte) / f32::from(CERTAIN);
    Ok(bytes.iter().map(value).collect())
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// What the kernel makes of `logits`; `None` where there is no GPU, which the tests of
    /// whole networks do not let pass.
    fn quantised(logits: &[f32; 8], temperature: f32) -> Option<Vec<u8>> {
        let device = block_on(Device::request(false)).ok()?;
        let make = |size, usage| {
            device.handle.create_buffer(&wgpu::BufferDescriptor {
                label: None,
                size,
                usage: usage | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        };
        let source = make(32, wgpu::BufferUsages::STORAGE);
        let read_back = make(8, wgpu::BufferUsages::MAP_READ);
        let limits = WorkgroupLimits {
            invocations: 256,
            memory_bytes: 0,
        };
        let quantiser = Quantiser::compile(&device.handle, limits);
        let answer = quantiser.bind(&device.handle, &source);
        device
            .queue
            .write_buffer(&source, 0, bytemuck::bytes_of(logits));
        answer.set_temperature(&device, temperature);
        let mut encoder = device
            .handle
            .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        quantiser.encode(
            &answer,
            &mut encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default()),
        );
        encoder.copy_buffer_to_buffer(answer.bytes(), 0, &read_back, 0, 8);
        device.submit(encoder.finish());
        Some(block_on(device.read_bytes(&read_back, 8)).unwrap())
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
        }
    }

    #[test]
    fn a_logit_that_is_no_number_is_not_taken_for_a_probability() {
        let logits = [
            0.0,
            2.0,
            -2.0,
            1e9,
            -1e9,
            f32::NAN,
            f32::INFINITY,
            -f32::INFINITY,
        ];
        if let Some(bytes) = quantised(&logits, 2.0) {
            assert_eq!(bytes, [127, 186, 68, 254, 0, 255, 255, 255]);
        }
    }

    #[test]
    fn bytes_are_probabilities_but_for_the_one_that_says_no_number() {
        let found = probabilities(&[0, 127, 254]).unwrap();
        assert_eq!(found, [0.0, 0.5, 1.0]);
        let broken = probabilities(&[0, 255]);
        assert_eq!(broken, Err(EngineError::ResultNotFinite));
    }
}
