//! Every step of every kernel against burn.

use half::f16;
use pollster::block_on;

use super::call::Plane;
use super::choice::{ConvKernel, Precision};
use super::pack::{self, GROUP};
use super::session::Session;
use super::{Gpu, GpuOptions, probe_gpu};
use crate::engine::plan::{Buffer, View};
use crate::engine::truth::{assert_close, networks, target};
use crate::engine::weights::GOLDEN_PX;
use crate::engine::{Engine, Weights};

#[test]
fn every_step_of_every_kernel_gives_what_burn_gives() {
    // Whether there may be none is asked by the tests of whole networks.
    if block_on(probe_gpu()).is_none() {
        return;
    }
    for (weights, truth) in networks() {
        for (kernel, precision) in ways() {
            let Some(mut gpu) = prepared(&weights, kernel, precision) else {
                continue;
            };
            let size = (GOLDEN_PX, GOLDEN_PX);
            let session = block_on(gpu.session(size)).unwrap();
            let image = pack::image(weights.golden().0, GOLDEN_PX, GOLDEN_PX);
            let image = bytemuck::cast_slice(&image);
            gpu.device.queue.write_buffer(&session.input, 0, image);
            for (index, step) in gpu.plan.steps().iter().enumerate() {
                let expected = truth.answer(step, &|view| read(&gpu, &session, view));
                run(&gpu, &session, index);
                let (found, _) = read(&gpu, &session, target(step));
                // What is written is rounded to eleven digits; so are sums of 12 products.
                let tolerance = match precision {
                    Precision::Single => 1e-5,
                    Precision::Stored => 6e-4,
                    Precision::Half => 2e-3,
                };
                assert_close(&found, &expected, tolerance, step);
            }
        }
    }
}

fn ways() -> impl Iterator<Item = (ConvKernel, Precision)> {
    let precisions = |kernel| Precision::ALL.map(|precision| (kernel, precision));
    ConvKernel::ALL.into_iter().flat_map(precisions)
}

/// `None` where the GPU does not have this precision.
fn prepared(weights: &Weights, kernel: ConvKernel, precision: Precision) -> Option<Box<Gpu>> {
    let options = GpuOptions {
        kernel: Some(kernel),
        precision: Some(precision),
        ..GpuOptions::default()
    };
    match block_on(Engine::gpu_with(weights, options)) {
        Ok(Engine::Gpu(gpu)) => Some(gpu),
        Err(_) if precision != Precision::Single => None,
        other => panic!("{other:?}"),
    }
}

/// The calls of one step.
fn run(gpu: &Gpu, session: &Session, step: usize) {
    let mut encoder = gpu
        .device
        .handle
        .create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        let calls = session.dispatches.iter().filter(|it| it.step == step);
        calls.for_each(|call| call.encode(&mut pass));
    }
    let submitted = gpu.device.submit(encoder.finish());
    block_on(gpu.device.finished(submitted)).unwrap();
}

/// Planes of a buffer without their borders, and their rows and columns.
fn read(gpu: &Gpu, session: &Session, view: View) -> (Vec<f32>, (usize, usize)) {
    let buffer = &session.buffers[&view.buffer];
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
    let bytes = block_on(gpu.device.read_bytes(&copy, buffer.size())).unwrap();
    let is_slice = matches!(view.buffer, Buffer::Input | Buffer::Logits);
    let numbers: Vec<f32> = if is_slice || gpu.precision() == Precision::Single {
        let (numbers, _) = bytes.as_chunks::<4>();
        numbers.iter().map(|&it| f32::from_le_bytes(it)).collect()
    } else {
        let (numbers, _) = bytes.as_chunks::<2>();
        let number = |&it| f16::from_le_bytes(it).to_f32();
        numbers.iter().map(number).collect()
    };
    let plane = Plane::of(view.buffer, session.rows, session.cols);
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
    (values.collect(), (plane.rows, plane.cols))
}
