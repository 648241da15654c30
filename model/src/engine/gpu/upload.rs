//! The weights on the GPU.

use super::device::Device;
use super::pack::{self, Packed};
use crate::engine::plan::NodeConv;
use crate::engine::weights::Weights;
use crate::map::Map;

/// Whose weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum WeightKey {
    Conv((usize, usize), NodeConv),
    Gate((usize, usize)),
    Head(usize),
}

/// Weights of one step on the GPU.
#[derive(Debug)]
pub(super) struct StepWeights {
    pub(super) halves: Option<wgpu::Buffer>,
    pub(super) vectors: wgpu::Buffer,
}

impl StepWeights {
    /// Bytes on the GPU.
    pub(super) fn bytes(&self) -> u64 {
        self.vectors.size() + self.halves.as_ref().map_or(0, wgpu::Buffer::size)
    }
}

/// Packs and uploads every weight; followed by zeros for a piece of `tail_vectors`.
pub(super) fn all(
    device: &Device,
    weights: &Weights,
    tail_vectors: usize,
) -> Map<WeightKey, StepWeights> {
    let mut uploaded = Map::new();
    for (node, parts) in weights.nodes() {
        let place = (node.level, node.column);
        let convs = [
            (NodeConv::First, &parts.conv1),
            (NodeConv::Second, &parts.conv2),
        ];
        for (conv, weights) in convs {
            let packed = pack::conv(weights, tail_vectors);
            uploaded.insert(WeightKey::Conv(place, conv), upload(device, &packed));
        }
        if let Some(gate) = &parts.gate {
            uploaded.insert(
                WeightKey::Gate(place),
                upload(device, &pack::gate(gate, tail_vectors)),
            );
        }
    }
    for (column, head) in weights.heads() {
        uploaded.insert(WeightKey::Head(*column), upload(device, &pack::head(head)));
    }
    uploaded
}

fn upload(device: &Device, packed: &Packed) -> StepWeights {
    let make = |bytes: &[u8]| {
        let buffer = device.handle.create_buffer(&wgpu::BufferDescriptor {
            label: Some("weights"),
            size: bytes.len() as u64,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::UNIFORM
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        device.queue.write_buffer(&buffer, 0, bytes);
        buffer
    };
    StepWeights {
        halves: (!packed.halves.is_empty()).then(|| make(&packed.halves)),
        vectors: make(bytemuck::cast_slice(&packed.vectors)),
    }
}
