//! The forward pass of [`crate::net::Network`] as libtorch's operations.

use anyhow::{Context, Result};
use tch::{Kind, Tensor};

use crate::net::{columns, head_columns};
use crate::network::{Architecture, NetworkConfig};

/// Momentum and epsilon of the batch normalisation, as in burn.
const MOMENTUM: f64 = 0.1;
const EPSILON: f64 = 1e-5;

struct Unit {
    weight: Tensor,
    gamma: Tensor,
    beta: Tensor,
    mean: Tensor,
    variance: Tensor,
}

struct Gate {
    gating: Tensor,
    bias: Tensor,
    skip: Tensor,
    psi: Tensor,
    psi_bias: Tensor,
}

/// A network over tensors that live elsewhere.
pub struct Graph {
    rows: Vec<Vec<[Unit; 2]>>,
    gates: Vec<Vec<Gate>>,
    heads: Vec<(Tensor, Tensor)>,
    config: NetworkConfig,
    kind: Kind,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Graph")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Graph {
    /// # Arguments
    /// * `tensors`: in the order of [`super::layout`].
    /// * `kind`: the type of the activations; weights are rounded to it for the step.
    ///
    /// # Errors
    /// There are too few tensors.
    pub fn new(config: NetworkConfig, tensors: Vec<Tensor>, kind: Kind) -> Result<Self> {
        let mut tensors = tensors.into_iter();
        let mut next = || tensors.next().context("the network has more tensors");
        let mut rows = Vec::new();
        for level in 0..=config.depth {
            let mut row = Vec::new();
            for _ in 0..columns(&config, level) {
                let mut unit = || -> Result<Unit> {
                    Ok(Unit {
                        weight: next()?.to_kind(kind),
                        gamma: next()?,
                        beta: next()?,
                        mean: next()?,
                        variance: next()?,
                    })
                };
                row.push([unit()?, unit()?]);
            }
            rows.push(row);
        }
        let gated = config.attention && config.architecture == Architecture::Unetpp;
        let mut gates = Vec::new();
        for level in (0..=config.depth).filter(|_| gated) {
            let mut row = Vec::new();
            for _ in 1..columns(&config, level) {
                row.push(Gate {
                    gating: next()?.to_kind(kind),
                    bias: next()?.to_kind(kind),
                    skip: next()?.to_kind(kind),
                    psi: next()?.to_kind(kind),
                    psi_bias: next()?.to_kind(kind),
                });
            }
            gates.push(row);
        }
        let heads = head_columns(&config)
            .iter()
            .map(|_| Ok((next()?.to_kind(kind), next()?.to_kind(kind))))
            .collect::<Result<_>>()?;
        Ok(Self {
            rows,
            gates,
            heads,
            config,
            kind,
        })
    }

    /// The logits of every head in single precision, coarsest column first.
    ///
    /// # Shapes
    /// `[batch, 1, rows, columns]` to the same for each head.
    pub fn forward(&self, input: &Tensor, training: bool) -> Vec<Tensor> {
        let mut grid: Vec<Vec<Tensor>> = Vec::new();
        for row in &self.rows {
            let below = match grid.last().and_then(|above| above.first()) {
                None => input.to_kind(self.kind),
                Some(above) => above.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false),
            };
            let first = row.first().map(|node| run(node, &below, training));
            grid.push(first.into_iter().collect());
        }
        match self.config.architecture {
            Architecture::Unet => self.decode(&mut grid, training),
            Architecture::Unetpp => self.nest(&mut grid, training),
        }
        let top: Vec<Tensor> = grid
            .into_iter()
            .next()
            .into_iter()
            .flatten()
            .skip(1)
            .collect();
        let skipped = top.len().saturating_sub(self.heads.len());
        self.heads
            .iter()
            .zip(top.iter().skip(skipped))
            .map(|((weight, bias), features)| {
                point(features, weight, Some(bias)).to_kind(Kind::Float)
            })
            .collect()
    }

    fn decode(&self, grid: &mut [Vec<Tensor>], training: bool) {
        for level in (0..self.config.depth).rev() {
            let coarse = grid.get(level + 1).and_then(|row| row.last()).map(upsample);
            let node = self.rows.get(level).and_then(|row| row.get(1));
            if let (Some(coarse), Some(node), Some(row)) = (coarse, node, grid.get_mut(level)) {
                let skips = row.iter().chain([&coarse]).collect::<Vec<_>>();
                let features = run(node, &Tensor::cat(&skips, 1), training);
                row.push(features);
            }
        }
    }

    fn nest(&self, grid: &mut [Vec<Tensor>], training: bool) {
        for j in 1..=self.config.depth {
            for i in 0..=(self.config.depth - j) {
                let node = self.rows.get(i).and_then(|row| row.get(j));
                let coarse = grid.get(i + 1).and_then(|row| row.get(j - 1));
                let (Some(node), Some(coarse), Some(row)) = (node, coarse, grid.get(i)) else {
                    continue;
                };
                let up = upsample(coarse);
                let gate = self.gates.get(i).and_then(|row| row.get(j - 1));
                let input = match gate {
                    None => Tensor::cat(&row.iter().chain([&up]).collect::<Vec<_>>(), 1),
                    Some(gate) => {
                        let skips = Tensor::cat(&row.iter().collect::<Vec<_>>(), 1);
                        let gated = &skips * gate.factor(&skips, coarse);
                        Tensor::cat(&[gated, up], 1)
                    }
                };
                let features = run(node, &input, training);
                if let Some(row) = grid.get_mut(i) {
                    row.push(features);
                }
            }
        }
    }
}

impl Gate {
    fn factor(&self, skips: &Tensor, coarse: &Tensor) -> Tensor {
        let gating = upsample(&point(coarse, &self.gating, Some(&self.bias)));
        let sum = (gating + point(skips, &self.skip, None)).relu();
        point(&sum, &self.psi, Some(&self.psi_bias)).sigmoid()
    }
}

/// A node: two times convolution, normalisation, `ReLU`.
fn run(node: &[Unit; 2], input: &Tensor, training: bool) -> Tensor {
    let [first, second] = node;
    second.forward(&first.forward(input, training), training)
}

impl Unit {
    fn forward(&self, input: &Tensor, training: bool) -> Tensor {
        let features = input.conv2d(&self.weight, None::<&Tensor>, [1, 1], [1, 1], [1, 1], 1);
        channels_last(&features)
            .batch_norm(
                Some(&self.gamma),
                Some(&self.beta),
                Some(&self.mean),
                Some(&self.variance),
                training,
                MOMENTUM,
                EPSILON,
                false,
            )
            .relu_()
    }
}

fn point(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
    input.conv2d(weight, bias, [1, 1], [0, 0], [1, 1], 1)
}

fn upsample(input: &Tensor) -> Tensor {
    let size = input.size();
    let edge = |at: usize| size.get(at).map_or(0, |edge| edge * 2);
    input.upsample_nearest2d([edge(2), edge(3)], 2.0, 2.0)
}

/// The same values with the channels of a pixel side by side: what libtorch's convolutions
/// are fastest on, and keep once the first one has it.
fn channels_last(input: &Tensor) -> Tensor {
    input
        .permute([0, 2, 3, 1])
        .contiguous()
        .permute([0, 3, 1, 2])
}
