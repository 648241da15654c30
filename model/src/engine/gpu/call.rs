//! A step of the plan as calls of a kernel: what is bound, and the shape that it is told.

use std::ops::Range;

use super::choice::{self, WeightMemory};
use super::kernels::{ConvShares, Convolution, Kernel};
use super::pack::{GROUP, block_vectors};
use super::upload::WeightKey;
use crate::engine::plan::{Buffer, Step, View};

/// Sides of a buffer's planes. Indices count vectors (`Gate`, `Logits`: single floats).
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) pitch: usize,
    pub(super) length: usize,
}

impl Plane {
    /// The planes of `buffer` for an input of `rows × cols`.
    pub(super) fn of(buffer: Buffer, rows: usize, cols: usize) -> Self {
        let (rows, cols) = (rows >> buffer.level(), cols >> buffer.level());
        Self {
            rows,
            cols,
            pitch: cols + 2,
            length: (rows + 2) * (cols + 2),
        }
    }
}

/// A step in terms of the kernels' bindings.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) kernel: Kernel,
    pub(super) near: Option<Buffer>,
    pub(super) far: Option<Buffer>,
    pub(super) gate: Option<Buffer>,
    pub(super) weights: Option<WeightKey>,
    pub(super) target: Buffer,
    /// One call of the kernel each, one after the other.
    pub(super) pieces: Vec<Piece>,
}

/// A part of a step's output channels.
#[derive(Debug)]
pub(super) struct Piece {
    /// `Shape` of `shape.wgsl`, field by field.
    pub(super) shape: [u32; 16],
    /// Workgroups over pixels and over channels.
    pub(super) workgroups: (u32, u32),
    /// Bytes of the weights, where they are read from a uniform buffer.
    pub(super) weights: Option<Range<u64>>,
    /// Its share of the step's work.
    pub(super) share: f64,
}

/// What a step reads and writes.
struct Bound {
    near: Option<View>,
    far: Option<View>,
    gate: Option<Buffer>,
    weights: Option<WeightKey>,
    target: View,
}

impl Bound {
    fn of(step: &Step) -> Self {
        let (near, far, gate, weights, target) = match step {
            Step::Conv {
                node,
                conv,
                skip,
                gate,
                coarse,
                target,
            } => {
                let key = WeightKey::Conv(*node, *conv);
                (Some(*skip), *coarse, *gate, Some(key), *target)
            }
            Step::Pool { source, target } => (None, Some(*source), None, None, *target),
            Step::Gate {
                node,
                skip,
                coarse,
                mid,
                target,
            } => {
                // The kernel's "output groups" are its middle channels, in blocks of eight.
                let target = View {
                    buffer: *target,
                    first: 0,
                    channels: mid.next_multiple_of(choice::BLOCK),
                };
                let key = WeightKey::Gate(*node);
                (Some(*skip), Some(*coarse), None, Some(key), target)
            }
            Step::Head { column, source } => {
                let target = View {
                    buffer: Buffer::Logits,
                    first: 0,
                    channels: 1,
                };
                let key = WeightKey::Head(*column);
                (Some(*source), None, None, Some(key), target)
            }
        };
        Self {
            near,
            far,
            gate,
            weights,
            target,
        }
    }

    /// Vectors from one block of weights to the next.
    fn block_stride(&self) -> usize {
        let channels = |view: Option<View>| view.map_or(0, |view| view.channels);
        block_vectors(channels(self.near) + channels(self.far))
    }

    /// Vectors of a gate's weights.
    fn gate_vectors(&self) -> usize {
        let channels =
            |view: Option<View>| view.map_or(0, |view| view.channels.next_multiple_of(GROUP));
        let inputs = channels(self.near) + channels(self.far);
        self.target.channels.div_ceil(choice::BLOCK) * inputs
    }

    /// `Shape` of `shape.wgsl`, field by field.
    fn shape(&self, (rows, cols): (usize, usize), first_block: usize) -> [u32; 16] {
        let plane = Plane::of(self.target.buffer, rows, cols);
        let far_plane = self.far.map(|far| Plane::of(far.buffer, rows, cols));
        let base = |view: View, plane: Plane| view.first / GROUP * plane.length;
        let groups = |view: View| view.channels.div_ceil(GROUP);
        [
            plane.rows,
            plane.cols,
            plane.pitch,
            plane.length,
            self.near.map_or(0, |near| base(near, plane)),
            self.near.map_or(0, groups),
            self.near.map_or(0, |near| near.channels),
            self.far.zip(far_plane).map_or(0, |(f, p)| base(f, p)),
            self.far.map_or(0, groups),
            far_plane.map_or(0, |p| p.pitch),
            far_plane.map_or(0, |p| p.length),
            base(self.target, plane),
            groups(self.target),
            self.block_stride(),
            first_block,
            0,
        ]
        .map(|value| value as u32)
    }
}

impl Call {
    /// Workgroups of `step` over pixels, for an input of `rows × cols`.
    pub(super) fn workgroups_across(
        step: &Step,
        (rows, cols): (usize, usize),
        convolution: Convolution,
    ) -> usize {
        let plane = Plane::of(Bound::of(step).target.buffer, rows, cols);
        convolution.workgroups_across(step, (plane.rows, plane.cols))
    }

    /// The calls of `step` for an input of `rows × cols`.
    pub(super) fn of(step: &Step, rows: usize, cols: usize, convolution: Convolution) -> Self {
        let bound = Bound::of(step);
        let stride = bound.block_stride();
        // A gate's weights are one piece.
        let vectors = match step {
            Step::Gate { .. } => bound.gate_vectors(),
            _ => stride,
        };
        let across = Self::workgroups_across(step, (rows, cols), convolution);
        let kernel = convolution.kernel(step, choice::weight_memory(vectors, across));
        let whole = |across: usize, layers: usize| {
            vec![Piece {
                shape: bound.shape((rows, cols), 0),
                workgroups: (across as u32, layers as u32),
                weights: None,
                share: 1.0,
            }]
        };
        let blocks = bound.target.channels.div_ceil(choice::BLOCK);
        let pieces = match kernel {
            Kernel::Conv {
                shares:
                    ConvShares::Direct {
                        weights: WeightMemory::Uniform,
                    },
                ..
            } => {
                let most = (choice::UNIFORM_VECTORS / stride).max(1);
                let piece = |first: usize| {
                    let count = most.min(blocks - first);
                    let start = (first * stride * 16) as u64;
                    Piece {
                        shape: bound.shape((rows, cols), first),
                        workgroups: (across as u32, count as u32),
                        weights: Some(start..start + choice::UNIFORM_VECTORS as u64 * 16),
                        share: count as f64 / blocks as f64,
                    }
                };
                (0..blocks).step_by(most).map(piece).collect()
            }
            Kernel::Conv {
                shares: ConvShares::Direct { .. },
                ..
            } => whole(across, blocks),
            Kernel::Conv {
                shares:
                    ConvShares::Tiled {
                        blocks: together, ..
                    },
                ..
            } => whole(across, blocks.div_ceil(together)),
            Kernel::Gate {
                weights: WeightMemory::Uniform,
                ..
            } => whole(across, 1)
                .into_iter()
                .map(|piece| Piece {
                    weights: Some(0..choice::UNIFORM_VECTORS as u64 * 16),
                    ..piece
                })
                .collect(),
            Kernel::Pool => whole(across, bound.target.channels.div_ceil(GROUP)),
            Kernel::Gate { .. } | Kernel::Head => whole(across, 1),
        };
        Self {
            kernel,
            near: bound.near.map(|v| v.buffer),
            far: bound.far.map(|v| v.buffer),
            gate: bound.gate,
            weights: bound.weights,
            target: bound.target.buffer,
            pieces,
        }
    }
}
