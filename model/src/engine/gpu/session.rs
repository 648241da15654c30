//! Buffers and bindings of a plan for one size of input, made once and reused.

use std::collections::BTreeMap;

use super::device::Device;
use super::kernels::{Kernel, Kernels, WORKGROUP};
use super::pack::GROUP;
use super::{StepWeights, WeightKey};
use crate::engine::EngineError;
use crate::engine::plan::{Buffer, Plan, Step, View};

/// Uniform buffers must start at multiples of this (WebGPU's default limit).
const UNIFORM_ALIGNMENT: usize = 256;
/// Vectors that an invocation may read past the last pixel of a row.
const SLACK: usize = 8;

/// One kernel call.
#[derive(Debug)]
pub(super) struct Dispatch {
    pub(super) kernel: Kernel,
    pub(super) bindings: wgpu::BindGroup,
    /// Workgroups over pixels and over groups of channels.
    pub(super) workgroups: (u32, u32),
    pub(super) macs: u64,
}

/// Everything on the GPU that depends on the size of the input.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) input: wgpu::Buffer,
    pub(super) logits: wgpu::Buffer,
    /// Copy of `logits` that the processor can read.
    pub(super) read_back: wgpu::Buffer,
    pub(super) dispatches: Vec<Dispatch>,
}

/// Sides of a buffer's planes. Indices count vectors (`Gate`, `Logits`: single floats).
#[derive(Debug, Clone, Copy)]
struct Plane {
    rows: usize,
    cols: usize,
    pitch: usize,
    length: usize,
}

impl Plane {
    fn of(buffer: Buffer, rows: usize, cols: usize) -> Self {
        let (rows, cols) = (rows >> buffer.level(), cols >> buffer.level());
        Self {
            rows,
            cols,
            pitch: cols + 2,
            length: (rows + 2) * (cols + 2),
        }
    }
}

/// Bytes of a buffer with borders and room to read past its end.
fn size_bytes(buffer: Buffer, channels: usize, rows: usize, cols: usize) -> u64 {
    let plane = Plane::of(buffer, rows, cols);
    let floats = match buffer {
        Buffer::Logits => plane.rows * plane.cols,
        Buffer::Gate(_) => plane.length + SLACK,
        _ => (channels.div_ceil(GROUP) * plane.length + SLACK) * GROUP,
    };
    4 * floats as u64
}

/// Bytes of the plan's largest buffer.
fn largest_bytes(plan: &Plan, rows: usize, cols: usize) -> u64 {
    let buffers = plan.buffers().iter();
    let sizes = buffers.map(|&(buffer, channels)| size_bytes(buffer, channels, rows, cols));
    sizes.max().unwrap_or(0)
}

impl Session {
    /// An error if a buffer would be larger than the GPU allows.
    pub(super) fn check_limits(
        device: &Device,
        plan: &Plan,
        rows: usize,
        cols: usize,
    ) -> Result<(), EngineError> {
        let limits = device.handle.limits();
        let limit = limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size);
        let largest = largest_bytes(plan, rows, cols);
        if largest <= limit {
            return Ok(());
        }
        Err(EngineError::GpuLimit {
            rows,
            cols,
            needed_mib: largest >> 20,
            limit_mib: limit >> 20,
        })
    }

    /// Makes buffers and bindings; GPU errors go to the device's error scope.
    pub(super) fn new(
        device: &Device,
        kernels: &Kernels,
        weights: &BTreeMap<WeightKey, StepWeights>,
        plan: &Plan,
        rows: usize,
        cols: usize,
    ) -> Result<Self, EngineError> {
        use wgpu::BufferUsages as Usage;
        let make = |label: &str, size: u64, usage| {
            device.handle.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let usage = Usage::STORAGE | Usage::COPY_DST | Usage::COPY_SRC;
        let mut buffers = BTreeMap::new();
        for &(buffer, channels) in plan.buffers() {
            let size = size_bytes(buffer, channels, rows, cols);
            buffers.insert(buffer, make(&format!("{buffer:?}"), size, usage));
        }
        let shapes = make(
            "shapes",
            (plan.steps().len() * UNIFORM_ALIGNMENT) as u64,
            Usage::UNIFORM | Usage::COPY_DST,
        );
        // Stands in for what a kernel does not read; as large as one matrix.
        let nothing = make("nothing", 64, Usage::STORAGE);
        let mut table = Vec::new();
        let mut dispatches = Vec::new();
        for step in plan.steps() {
            let call = Call::of(step, rows, cols);
            let get = |buffer: Option<Buffer>| match buffer {
                Some(buffer) => buffers
                    .get(&buffer)
                    .ok_or_else(|| EngineError::Plan(format!("no {buffer:?}"))),
                None => Ok(&nothing),
            };
            let own = match call.weights {
                Some(key) => Some(
                    weights
                        .get(&key)
                        .ok_or_else(|| EngineError::Plan(format!("no weights for {key:?}")))?,
                ),
                None => None,
            };
            let offset = table.len() as u64;
            let bound = [
                get(call.near)?,
                get(call.far)?,
                get(call.gate)?,
                own.and_then(|w| w.matrices.as_ref()).unwrap_or(&nothing),
                own.map_or(&nothing, |w| &w.vectors),
                get(Some(call.target))?,
            ];
            let mut entries = vec![wgpu::BindGroupEntry {
                binding: 0,
                resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                    buffer: &shapes,
                    offset,
                    size: wgpu::BufferSize::new(size_of_val(&call.shape) as u64),
                }),
            }];
            entries.extend(
                (1..)
                    .zip(bound)
                    .map(|(binding, buffer)| wgpu::BindGroupEntry {
                        binding,
                        resource: buffer.as_entire_binding(),
                    }),
            );
            let bindings = device.handle.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout: &kernels.layout,
                entries: &entries,
            });
            table.extend(bytemuck::bytes_of(&call.shape));
            table.resize(table.len().next_multiple_of(UNIFORM_ALIGNMENT), 0);
            dispatches.push(Dispatch {
                kernel: call.kernel,
                bindings,
                workgroups: call.workgroups,
                macs: step.macs(rows, cols),
            });
        }
        device.queue.write_buffer(&shapes, 0, &table);
        let take = |buffers: &mut BTreeMap<Buffer, wgpu::Buffer>, buffer: Buffer| {
            buffers
                .remove(&buffer)
                .ok_or_else(|| EngineError::Plan(format!("no {buffer:?}")))
        };
        let logits = take(&mut buffers, Buffer::Logits)?;
        Ok(Self {
            rows,
            cols,
            input: take(&mut buffers, Buffer::Input)?,
            read_back: make(
                "read-back",
                logits.size(),
                Usage::COPY_DST | Usage::MAP_READ,
            ),
            logits,
            dispatches,
        })
    }
}

/// A step in terms of the kernels' bindings.
#[derive(Debug)]
struct Call {
    kernel: Kernel,
    near: Option<Buffer>,
    far: Option<Buffer>,
    gate: Option<Buffer>,
    weights: Option<WeightKey>,
    target: Buffer,
    workgroups: (u32, u32),
    /// `Shape` of `shape.wgsl`, field by field.
    shape: [u32; 12],
}

impl Call {
    fn of(step: &Step, rows: usize, cols: usize) -> Self {
        let (kernel, near, far, gate, weights, target) = match step {
            Step::Conv {
                node,
                half,
                skip,
                gate,
                coarse,
                target,
            } => {
                let kernel = match gate {
                    Some(_) => Kernel::GatedConv,
                    None => Kernel::Conv,
                };
                let key = WeightKey::Conv(*node, *half);
                (kernel, Some(*skip), *coarse, *gate, Some(key), *target)
            }
            Step::Pool { source, target } => {
                (Kernel::Pool, None, Some(*source), None, None, *target)
            }
            Step::Gate {
                node,
                skip,
                coarse,
                mid,
                target,
            } => {
                // The kernel's "output groups" are its middle channels.
                let target = View {
                    buffer: *target,
                    first: 0,
                    channels: *mid,
                };
                let key = WeightKey::Gate(*node);
                (
                    Kernel::Gate,
                    Some(*skip),
                    Some(*coarse),
                    None,
                    Some(key),
                    target,
                )
            }
            Step::Head { column, source } => {
                let target = View {
                    buffer: Buffer::Logits,
                    first: 0,
                    channels: 1,
                };
                let key = WeightKey::Head(*column);
                (Kernel::Head, Some(*source), None, None, Some(key), target)
            }
        };
        let plane = Plane::of(target.buffer, rows, cols);
        let far_plane = far.map(|far| Plane::of(far.buffer, rows, cols));
        let base = |view: &View, plane: Plane| view.first / GROUP * plane.length;
        let groups = |view: &View| view.channels.div_ceil(GROUP);
        let shape = [
            plane.rows,
            plane.cols,
            plane.pitch,
            plane.length,
            near.as_ref().map_or(0, |near| base(near, plane)),
            near.as_ref().map_or(0, groups),
            far.as_ref().zip(far_plane).map_or(0, |(f, p)| base(f, p)),
            far.as_ref().map_or(0, groups),
            far_plane.map_or(0, |p| p.pitch),
            far_plane.map_or(0, |p| p.length),
            base(&target, plane),
            groups(&target),
        ];
        let invocations = match kernel {
            Kernel::Conv | Kernel::GatedConv => plane.rows * plane.cols.div_ceil(4),
            Kernel::Pool | Kernel::Gate | Kernel::Head => plane.rows * plane.cols,
        };
        let layers = match kernel {
            Kernel::Conv | Kernel::GatedConv | Kernel::Pool => groups(&target),
            Kernel::Gate | Kernel::Head => 1,
        };
        Self {
            kernel,
            near: near.map(|v| v.buffer),
            far: far.map(|v| v.buffer),
            gate,
            weights,
            target: target.buffer,
            workgroups: (invocations.div_ceil(WORKGROUP) as u32, layers as u32),
            shape: shape.map(|value| value as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Architecture, NetworkConfig};

    #[test]
    fn a_whole_slice_fits_the_smallest_gpu() {
        let config = NetworkConfig {
            architecture: Architecture::Unetpp,
            width: 16,
            depth: 4,
            attention: true,
            deep_supervision: true,
        };
        let plan = Plan::new(&config, 4).unwrap();
        // Five nodes of 16 channels at full resolution, with borders, in 4-byte floats.
        let expected = 5 * 16 * 514 * 514 * 4;
        let largest = largest_bytes(&plan, 512, 512);
        assert!((expected..expected + 1024).contains(&largest), "{largest}");
        assert!(largest <= 128 << 20, "WebGPU's default limit of a binding");
    }
}
