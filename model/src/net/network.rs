//! The grid of nodes `X[i][j]` (level `i`, column `j`), as U-Net and as U-Net++.

use burn::module::{Module, Param};
use burn::nn::conv::Conv2d;
use burn::tensor::module::{interpolate, max_pool2d};
use burn::tensor::ops::{InterpolateMode, InterpolateOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor};

use super::block::{Node, pointwise};
use super::gate::Gate;
use super::normalisation::Normalisation;
use crate::network::{Architecture, NetworkConfig};

/// Log-odds of a tumour pixel before anything is learnt: about one in twenty.
const PRIOR_LOGIT: f32 = -3.0;

/// The two forms of one network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is trained: this normalisation after each convolution.
    Training(Normalisation),
    /// The normalisation folded into weights and biases: what is published.
    Folded,
}

/// What computes a node: the node, its level and column, its input.
pub(crate) type Run<'a> = &'a mut dyn FnMut(&Node, (usize, usize), Tensor<4>) -> Tensor<4>;

/// A U-Net or U-Net++.
#[derive(Module, Debug)]
pub struct Network {
    /// `rows[i][j]` is `X[i][j]`.
    pub rows: Vec<Vec<Node>>,
    /// `gates[i][j - 1]` guards the skips into `X[i][j]`; empty without attention.
    pub gates: Vec<Vec<Gate>>,
    /// 1×1 convolutions to one logit, in the order of [`head_columns`].
    pub heads: Vec<Conv2d>,
    /// What was built.
    #[module(skip)]
    pub config: NetworkConfig,
}

/// The columns `j` whose `X[0][j]` has a head.
pub fn head_columns(config: &NetworkConfig) -> Vec<usize> {
    match config.architecture {
        Architecture::Unet => vec![1],
        Architecture::Unetpp if config.deep_supervision => (1..=config.depth).collect(),
        Architecture::Unetpp => vec![config.depth],
    }
}

/// Number of columns at `level`.
pub fn columns(config: &NetworkConfig, level: usize) -> usize {
    match config.architecture {
        Architecture::Unet if level < config.depth => 2,
        Architecture::Unet => 1,
        Architecture::Unetpp => config.depth + 1 - level,
    }
}

/// Channels that enter `X[level][column]`.
pub fn channels_in(config: &NetworkConfig, level: usize, column: usize) -> usize {
    match (column, level) {
        (0, 0) => 1,
        (0, _) => config.channels(level - 1),
        _ => column * config.channels(level) + config.channels(level + 1),
    }
}

/// Intermediate channels of the gates at `level`.
pub fn gate_channels(config: &NetworkConfig, level: usize) -> usize {
    (config.channels(level) / 2).max(1)
}

impl Network {
    /// A network with random weights; seed the device first for the same ones again.
    pub fn new(config: NetworkConfig, form: Form, device: &Device) -> Self {
        let node = |i, j| Node::new(channels_in(&config, i, j), config.channels(i), form, device);
        let gate = |i, j| {
            let (coarse, here) = (config.channels(i + 1), config.channels(i));
            Gate::new(coarse, j * here, gate_channels(&config, i), device)
        };
        let levels = 0..=config.depth;
        let gated = config.attention && config.architecture == Architecture::Unetpp;
        Self {
            rows: levels
                .clone()
                .map(|i| (0..columns(&config, i)).map(|j| node(i, j)).collect())
                .collect(),
            gates: levels
                .filter(|_| gated)
                .map(|i| (1..columns(&config, i)).map(|j| gate(i, j)).collect())
                .collect(),
            heads: head_columns(&config)
                .iter()
                .map(|_| head(config.width, device))
                .collect(),
            config,
        }
    }

    /// What follows its convolutions; nothing in the folded form.
    pub fn normalisation(&self) -> Normalisation {
        let first = self.rows.iter().flatten().next();
        first.map_or(Normalisation::None, |node| node.conv1.normalisation())
    }

    /// The logits of every head, coarsest column first.
    ///
    /// # Shapes
    /// `[batch, 1, rows, columns]`, rows and columns multiples of
    /// [`NetworkConfig::stride`], to as many of the same shape as there are heads.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "every forward of burn takes its input by value; a tensor is a handle"
    )]
    pub fn forward(&self, input: Tensor<4>) -> Vec<Tensor<4>> {
        self.forward_by(&input, &mut |node, _, input| node.forward(input))
    }

    /// The same with nodes computed by somebody else: `run` gets each one, its level and
    /// column, and its input, in an order in which every input is known.
    pub(crate) fn forward_by(&self, input: &Tensor<4>, run: Run<'_>) -> Vec<Tensor<4>> {
        let depth = self.config.depth;
        let top = match self.config.architecture {
            Architecture::Unet => {
                let encoded = self.encode(input, depth, run);
                vec![self.decode(&encoded, run)]
            }
            Architecture::Unetpp => self.nest(input, depth, run),
        };
        // The heads are those of the last columns: all of them, or the last one.
        let skipped = top.len().saturating_sub(self.heads.len());
        self.heads
            .iter()
            .zip(top.into_iter().skip(skipped))
            .map(|(head, features)| head.forward(features))
            .collect()
    }

    /// The logits that the published network answers with.
    ///
    /// # Shapes
    /// `[batch, 1, rows, columns]` to the same.
    pub fn infer(&self, input: Tensor<4>) -> Tensor<4> {
        let dims = input.dims();
        let device = input.device();
        self.forward(input)
            .pop()
            .unwrap_or_else(|| Tensor::zeros(dims, &device))
    }

    /// The logits of a U-Net++ cut off after column `column` (paper: L1…L4), where
    /// deep supervision gave that column a head; of the whole network otherwise.
    ///
    /// # Shapes
    /// `[batch, 1, rows, columns]` to the same.
    pub fn infer_pruned(&self, input: Tensor<4>, column: usize) -> Tensor<4> {
        let head = head_columns(&self.config)
            .iter()
            .position(|&j| j == column)
            .and_then(|at| self.heads.get(at));
        match (head, self.config.architecture) {
            (Some(head), Architecture::Unetpp) => {
                let mut run = |node: &Node, _, input| node.forward(input);
                match self.nest(&input, column, &mut run).pop() {
                    Some(features) => head.forward(features),
                    None => self.infer(input),
                }
            }
            _ => self.infer(input),
        }
    }

    /// `X[i][0]` for every level down to `depth`.
    fn encode(&self, input: &Tensor<4>, depth: usize, run: Run<'_>) -> Vec<Tensor<4>> {
        let mut column: Vec<Tensor<4>> = Vec::new();
        for (i, nodes) in self.rows.iter().take(depth + 1).enumerate() {
            let below = column.last().cloned().map_or_else(|| input.clone(), pool);
            column.extend(nodes.first().map(|node| run(node, (i, 0), below)));
        }
        column
    }

    /// U-Net's way back up: `X[0][1]`.
    fn decode(&self, encoded: &[Tensor<4>], run: Run<'_>) -> Tensor<4> {
        let skips = encoded.iter().zip(&self.rows).enumerate().rev().skip(1);
        let bottom = encoded.last();
        let mut coarse = bottom
            .cloned()
            .unwrap_or_else(|| Tensor::zeros([1, 1, 1, 1], &Device::default()));
        for (i, (skip, nodes)) in skips {
            if let Some(node) = nodes.get(1) {
                let both = Tensor::cat(vec![skip.clone(), upsample(coarse)], 1);
                coarse = run(node, (i, 1), both);
            }
        }
        coarse
    }

    /// U-Net++'s nested columns: `X[0][1..=depth]`.
    fn nest(&self, input: &Tensor<4>, depth: usize, run: Run<'_>) -> Vec<Tensor<4>> {
        // grid[i] holds X[i][0..], one more after each round.
        let mut grid: Vec<Vec<Tensor<4>>> = self
            .encode(input, depth, run)
            .into_iter()
            .map(|x| vec![x])
            .collect();
        for j in 1..=depth {
            for i in 0..=(depth - j) {
                let (Some(node), Some(skips), Some(coarse)) = (
                    self.rows.get(i).and_then(|row| row.get(j)),
                    grid.get(i).cloned(),
                    grid.get(i + 1).and_then(|row| row.get(j - 1)).cloned(),
                ) else {
                    continue;
                };
                let skips = Tensor::cat(skips, 1);
                let skips = match self.gates.get(i).and_then(|row| row.get(j - 1)) {
                    Some(gate) => gate.forward(skips, coarse.clone()),
                    None => skips,
                };
                let both = Tensor::cat(vec![skips, upsample(coarse)], 1);
                let features = run(node, (i, j), both);
                grid.get_mut(i)
                    .into_iter()
                    .for_each(|row| row.push(features.clone()));
            }
        }
        grid.into_iter()
            .next()
            .into_iter()
            .flatten()
            .skip(1)
            .collect()
    }
}

/// A head that answers "background" until it has learnt something.
fn head(width: usize, device: &Device) -> Conv2d {
    let mut head = pointwise(width, 1, true, device);
    head.bias = Some(Param::from_tensor(Tensor::full([1], PRIOR_LOGIT, device)));
    head
}

/// Halves rows and columns by the maximum of 2×2 pixels.
pub(crate) fn pool(input: Tensor<4>) -> Tensor<4> {
    max_pool2d(input, MaxPoolOptions::new([2, 2]).with_stride([2, 2]))
}

/// Doubles rows and columns by repeating pixels.
pub(crate) fn upsample(input: Tensor<4>) -> Tensor<4> {
    interpolate(
        input,
        InterpolateOptions::new(InterpolateMode::Nearest).with_scale_factor([2.0, 2.0]),
    )
}
