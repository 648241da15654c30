//! Every step of every kernel against burn.

use half::f16;

use super::Gpu;
use super::call::Plane;
use super::choice::Precision;
use super::pack::{self, GROUP};
use super::prepared::PreparedPlan;
use crate::engine::plan::{Buffer, Step, View};
use crate::engine::truth::{Image, Planes, Truth, target};
use crate::engine::{EngineError, share_off};

/// How far each step is off burn's answer to what the steps before it have left in the buffers, as
/// a share of the answer's largest value.
///
/// # Errors
/// The GPU fails, or a step is none of the network.
pub(in crate::engine) async fn deviations(
    gpu: &mut Gpu,
    truth: &Truth,
    image: &Image,
) -> Result<Vec<(Step, f32)>, EngineError> {
    let prepared = gpu.prepared((image.rows, image.cols)).await?;
    let gpu: &Gpu = gpu;
    let bordered = pack::image(&image.pixels, image.rows, image.cols);
    let bytes = bytemuck::cast_slice(&bordered);
    gpu.device.queue.write_buffer(&prepared.input, 0, bytes);
    let mut all = Vec::new();
    for (index, step) in gpu.plan.steps().iter().enumerate() {
        let before = async |view| read(gpu, &prepared, view).await;
        let expected = truth.answer(step, &before).await?;
        run(gpu, &prepared, index).await?;
        let (found, _) = read(gpu, &prepared, target(step)).await?;
        all.push((step.clone(), share_off(&found, &expected)));
    }
    Ok(all)
}

/// The calls of one step.
async fn run(gpu: &Gpu, prepared: &PreparedPlan, step: usize) -> Result<(), EngineError> {
    let mut encoder = gpu
        .device
        .handle
        .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        let calls = prepared.dispatches.iter().filter(|it| it.step == step);
        calls.for_each(|call| call.encode(&mut pass));
    }
    let submitted = gpu.device.submit(encoder.finish());
    gpu.device.finished(submitted).await
}

/// Planes of a buffer without their borders, and their rows and columns.
async fn read(gpu: &Gpu, prepared: &PreparedPlan, view: View) -> Result<Planes, EngineError> {
    let buffer = prepared.buffers.get(&view.buffer);
    let buffer = buffer.ok_or_else(|| EngineError::Plan("no buffer".to_owned()))?;
    let copy = gpu.device.handle.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: buffer.size(),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu
        .device
        .handle
        .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    encoder.copy_buffer_to_buffer(buffer, 0, &copy, 0, buffer.size());
    gpu.device.submit(encoder.finish());
    let bytes = gpu.device.read_bytes(&copy, buffer.size()).await?;
    let is_slice = matches!(view.buffer, Buffer::Input | Buffer::Logits);
    let numbers: Vec<f32> = if is_slice || gpu.precision() == Precision::Single {
        let (numbers, _) = bytes.as_chunks::<4>();
        numbers.iter().map(|&it| f32::from_le_bytes(it)).collect()
    } else {
        let (numbers, _) = bytes.as_chunks::<2>();
        let number = |&it| f16::from_le_bytes(it).to_f32();
        numbers.iter().map(number).collect()
    };
    let plane = Plane::of(view.buffer, prepared.rows, prepared.cols);
    let (group, border) = match view.buffer {
        Buffer::Logits => (1, 0),
        Buffer::Input | Buffer::Gate(_) => (1, 1),
        _ => (GROUP, 1),
    };
    let at = |channel: usize, row: usize, col: usize| {
        let pitch = plane.cols + 2 * border;
        let pixel = (row + border) * pitch + col + border;
        let first = channel / group * (plane.rows + 2 * border) * pitch;
        (first + pixel) * group + channel % group
    };
    let channels = view.first..view.first + view.channels;
    let values = channels.flat_map(|channel| {
        let rows = 0..plane.rows;
        rows.flat_map(move |row| (0..plane.cols).map(move |col| (channel, row, col)))
    });
    let values = values.map(|(channel, row, col)| numbers[at(channel, row, col)]);
    Ok((values.collect(), (plane.rows, plane.cols)))
}

#[cfg(test)]
mod tests {
    use pollster::block_on;

    use super::super::choice::ConvKernel;
    use super::super::{GpuOptions, probe_gpu};
    use super::*;
    use crate::engine::truth::{networks, real_slice};
    use crate::engine::{Engine, Weights};

    #[test]
    fn every_step_of_every_kernel_gives_what_burn_gives() {
        // Whether there may be none is asked by the tests of whole networks.
        if block_on(probe_gpu()).is_none() {
            return;
        }
        let slice = real_slice().middle();
        for (weights, truth) in networks() {
            if !weights.config().width.is_multiple_of(GROUP) {
                continue;
            }
            for options in ways() {
                let Some(mut gpu) = started(&weights, options) else {
                    continue;
                };
                for image in [&Image::golden(&weights), &slice] {
                    steps_are_burns(&mut gpu, &truth, image, options);
                }
            }
        }
    }

    fn ways() -> impl Iterator<Item = GpuOptions> {
        let options = |kernel, precision| GpuOptions {
            kernel: Some(kernel),
            precision: Some(precision),
            ..GpuOptions::default()
        };
        let precisions =
            move |kernel| Precision::ALL.map(move |precision| options(kernel, precision));
        ConvKernel::ALL.into_iter().flat_map(precisions)
    }

    /// The network on the GPU, if that has the precision.
    fn started(weights: &Weights, options: GpuOptions) -> Option<Box<Gpu>> {
        match block_on(Engine::gpu_with(weights, options)) {
            Ok(Engine::Gpu(gpu)) => Some(gpu),
            Ok(Engine::Cpu(_)) => panic!("{options:?}: that is the processor"),
            // Not every GPU has f16; that, too, is asked by the tests of whole networks.
            Err(EngineError::NoGpu(_)) if options.precision != Some(Precision::Single) => None,
            Err(error) => panic!("{options:?}: {error}"),
        }
    }

    fn steps_are_burns(gpu: &mut Gpu, truth: &Truth, image: &Image, options: GpuOptions) {
        assert_eq!(Some(gpu.precision()), options.precision);
        // What is written is rounded to eleven significant bits; so are sums of 12 products.
        let tolerance = match gpu.precision() {
            Precision::Single => 1e-5,
            Precision::Stored => 6e-4,
            Precision::Half => 2e-3,
        };
        for (step, off) in block_on(deviations(gpu, truth, image)).unwrap() {
            assert!(off <= tolerance, "{options:?}: {step:?} is off by {off}");
        }
    }
}
