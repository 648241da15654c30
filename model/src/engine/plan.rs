//! A network as a list of fused steps over a fixed set of buffers.
//!
//! Every level has one *arena*: the outputs of its nodes `X[i][0]`, `X[i][1]`, … one
//! after the other, channel by channel. The concatenation of all earlier nodes, which
//! U-Net++ feeds to every later one, is therefore simply the first part of the arena
//! and costs nothing. Upsampling, the gate's product and the concatenation with the
//! coarse node happen while the next convolution reads; none of them is ever stored.
//!
//! No step reads and writes the same buffer (WebGPU forbids it in one dispatch): the
//! first convolution of a node goes from the arenas to the level's *temporary*, the
//! second from the temporary to the arena.

#[cfg(test)]
mod tests;

use std::fmt;

use super::node::{Node, nodes};
use crate::network::{Architecture, NetworkConfig};

/// Where values live between steps. Each buffer holds whole planes, one a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Buffer {
    /// The image, one channel.
    Input,
    /// Outputs of all nodes of a level.
    Arena(usize),
    /// Result of a node's first convolution.
    Temporary(usize),
    /// The encoder's output of the level above, pooled to this level.
    Pooled(usize),
    /// Attention factors of a level, one channel.
    Gate(usize),
    /// The result, one channel.
    Logits,
}

impl Buffer {
    /// The resolution of the buffer: sides are those of the input divided by `2^level`.
    pub fn level(self) -> usize {
        match self {
            Self::Input | Self::Logits => 0,
            Self::Arena(level)
            | Self::Temporary(level)
            | Self::Pooled(level)
            | Self::Gate(level) => level,
        }
    }
}

/// Some consecutive channels of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Which buffer.
    pub buffer: Buffer,
    /// First channel.
    pub first: usize,
    /// Number of channels.
    pub channels: usize,
}

/// Which of a node's two convolutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeConv {
    /// Reads the node's inputs.
    First,
    /// Reads the first one's result.
    Second,
}

/// One fused step. `level` is the resolution of what it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// 3×3 convolution, zero padding of 1, bias, `ReLU`.
    Conv {
        /// Level and column of the node.
        node: (usize, usize),
        /// Which convolution of the node.
        conv: NodeConv,
        /// First part of the input, at the output's resolution.
        skip: View,
        /// Factors that `skip` is multiplied with while it is read.
        gate: Option<Buffer>,
        /// Second part of the input, at half the resolution, upsampled while it is read.
        coarse: Option<View>,
        /// The output.
        target: View,
    },
    /// 2×2 maximum.
    Pool {
        /// Input at twice the resolution.
        source: View,
        /// The output.
        target: View,
    },
    /// Attention factors: `sigmoid(psi · relu(Wg · upsampled coarse + Ws · skip + b) + b_psi)`.
    Gate {
        /// Level and column of the node.
        node: (usize, usize),
        /// The skips.
        skip: View,
        /// The gating signal at half the resolution.
        coarse: View,
        /// Channels in the middle.
        mid: usize,
        /// The output.
        target: Buffer,
    },
    /// 1×1 convolution to one logit.
    Head {
        /// Column of the node it sits on.
        column: usize,
        /// Output of that node.
        source: View,
    },
}

impl Step {
    /// Multiply-accumulates for an input of `rows × cols`: each weight once for each pixel written.
    pub fn macs(&self, rows: usize, cols: usize) -> u64 {
        let level = match self {
            Self::Conv { target, .. } | Self::Pool { target, .. } => target.buffer.level(),
            Self::Gate { target, .. } => target.level(),
            Self::Head { .. } => 0,
        };
        self.weights() * pixels(rows, cols, level)
    }

    /// How many weights it has, biases left out.
    pub fn weights(&self) -> u64 {
        let weights = match self {
            Self::Conv {
                skip,
                coarse,
                target,
                ..
            } => {
                let inputs = skip.channels + coarse.map_or(0, |c| c.channels);
                9 * inputs * target.channels
            }
            Self::Pool { .. } => 0,
            Self::Gate {
                skip, coarse, mid, ..
            } => (skip.channels + coarse.channels + 1) * mid,
            Self::Head { source, .. } => source.channels,
        };
        weights as u64
    }

    /// Numbers of images that it has to read and to write for an input of `rows × cols`, each once.
    pub fn image_values(&self, rows: usize, cols: usize) -> u64 {
        let plane = |buffer: Buffer| pixels(rows, cols, buffer.level());
        let planes = |view: &View| view.channels as u64 * plane(view.buffer);
        match self {
            Self::Conv {
                skip,
                gate,
                coarse,
                target,
                ..
            } => {
                let others = gate.map_or(0, plane) + coarse.as_ref().map_or(0, planes);
                planes(skip) + others + planes(target)
            }
            Self::Pool { source, target } => planes(source) + planes(target),
            Self::Gate {
                skip,
                coarse,
                target,
                ..
            } => planes(skip) + planes(coarse) + plane(*target),
            Self::Head { source, .. } => planes(source) + plane(Buffer::Logits),
        }
    }
}

/// Pixels of a plane at a level. In a browser `usize` has 32 bits, which the multiply-accumulates
/// of a slice of 600² fill.
fn pixels(rows: usize, cols: usize, level: usize) -> u64 {
    (rows >> level) as u64 * (cols >> level) as u64
}

/// All steps of a network in order, and the buffers they need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    steps: Vec<Step>,
    buffers: Vec<(Buffer, usize)>,
}

impl Plan {
    /// The plan of a network whose output is taken at depth `level` (`1..=depth`; a
    /// U-Net has only `depth`). `None` if there is no head at that depth.
    pub fn new(config: &NetworkConfig, level: usize) -> Option<Self> {
        let is_whole = level == config.depth;
        let can_prune = config.architecture == Architecture::Unetpp && config.deep_supervision;
        if level == 0 || level > config.depth || !(is_whole || can_prune) {
            return None;
        }
        let order = nodes(config, level);
        let mut plan = Self {
            steps: Vec::new(),
            buffers: Vec::new(),
        };
        plan.need(Buffer::Input, 1);
        plan.need(Buffer::Logits, 1);
        for node in &order {
            plan.push_node(*node, config);
        }
        let column = match config.architecture {
            Architecture::Unet => 1,
            Architecture::Unetpp => level,
        };
        plan.steps.push(Step::Head {
            column,
            source: output(Node { level: 0, column }, config),
        });
        Some(plan)
    }

    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Every buffer with its number of channels.
    pub fn buffers(&self) -> &[(Buffer, usize)] {
        &self.buffers
    }

    /// Multiply-accumulates for an input of `rows × cols`.
    pub fn macs(&self, rows: usize, cols: usize) -> u64 {
        self.steps.iter().map(|s| s.macs(rows, cols)).sum()
    }

    /// Memory of all buffers for an input of `rows × cols`, in bytes, in f32 without borders, as
    /// the processor has them. All live at once, so this is the peak apart from weights.
    pub fn memory_bytes(&self, rows: usize, cols: usize) -> u64 {
        let planes = self.buffers.iter();
        let values = planes.map(|(b, channels)| *channels as u64 * pixels(rows, cols, b.level()));
        4 * values.sum::<u64>()
    }

    /// A line for people: steps, work and peak memory for an input of `rows × cols`.
    ///
    /// # Arguments
    /// `buffers_bytes`, `weights_bytes`: what the back end that runs the plan needs for them, which
    /// depends on its precision and its borders (`Engine::planned_bytes`, `Engine::weights_bytes`).
    pub fn summary(
        &self,
        (rows, cols): (usize, usize),
        buffers_bytes: u64,
        weights_bytes: u64,
    ) -> impl fmt::Display + use<> {
        let steps = self.steps.len();
        let gmac = self.macs(rows, cols) as f64 / 1e9;
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let (buffers, weights) = (mib(buffers_bytes), mib(weights_bytes));
        format!(
            "{steps} steps, {gmac:.2} GMAC, {:.1} MiB at {rows} × {cols}: {buffers:.1} of buffers, {weights:.1} of weights",
            buffers + weights
        )
    }

    fn need(&mut self, buffer: Buffer, channels: usize) {
        match self.buffers.iter_mut().find(|(b, _)| *b == buffer) {
            Some((_, have)) => *have = channels.max(*have),
            None => self.buffers.push((buffer, channels)),
        }
    }

    fn push_node(&mut self, node: Node, config: &NetworkConfig) {
        let Node { level, column } = node;
        let channels = config.channels(level);
        let coarse = node.coarse(config).map(|c| output(c, config));
        let skip = if column > 0 {
            View {
                buffer: Buffer::Arena(level),
                first: 0,
                channels: node.skip_channels(config),
            }
        } else if level == 0 {
            View {
                buffer: Buffer::Input,
                first: 0,
                channels: 1,
            }
        } else {
            self.push_pool(node, config)
        };
        let gate = match (coarse, node.gate_channels(config)) {
            (Some(coarse), Some(mid)) => {
                let target = Buffer::Gate(level);
                self.need(target, 1);
                self.steps.push(Step::Gate {
                    node: (level, column),
                    skip,
                    coarse,
                    mid,
                    target,
                });
                Some(target)
            }
            _ => None,
        };
        let temporary = View {
            buffer: Buffer::Temporary(level),
            first: 0,
            channels,
        };
        let target = output(node, config);
        self.need(temporary.buffer, channels);
        self.need(target.buffer, target.first + channels);
        self.steps.push(Step::Conv {
            node: (level, column),
            conv: NodeConv::First,
            skip,
            gate,
            coarse,
            target: temporary,
        });
        self.steps.push(Step::Conv {
            node: (level, column),
            conv: NodeConv::Second,
            skip: temporary,
            gate: None,
            coarse: None,
            target,
        });
    }

    fn push_pool(&mut self, node: Node, config: &NetworkConfig) -> View {
        let above = Node {
            level: node.level - 1,
            column: 0,
        };
        let source = output(above, config);
        let target = View {
            buffer: Buffer::Pooled(node.level),
            first: 0,
            channels: source.channels,
        };
        self.need(target.buffer, target.channels);
        self.steps.push(Step::Pool { source, target });
        target
    }
}

/// Where a node's output lies.
fn output(node: Node, config: &NetworkConfig) -> View {
    let channels = config.channels(node.level);
    View {
        buffer: Buffer::Arena(node.level),
        first: node.column * channels,
        channels,
    }
}
