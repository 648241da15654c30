//! Weights without meaning, for measuring networks that nobody has trained.

use super::{ConvWeights, GOLDEN_PX, GateWeights, HeadWeights, NodeWeights, Weights};
use crate::engine::node::{Node, heads, nodes};
use crate::map::Map;
use crate::network::NetworkConfig;

impl Weights {
    /// Weights of the right shapes that keep activations at an ordinary size (uniform with
    /// the variance of He et al. 2015); always the same. Their golden logits are zero: the
    /// self-test does not pass.
    pub fn arbitrary(config: NetworkConfig) -> Self {
        let mut draw = Draw(1);
        let mut all_nodes = Map::new();
        for node in nodes(&config, config.depth) {
            all_nodes.insert(node, draw.node(node, &config));
        }
        let mut all_heads = Map::new();
        for column in heads(&config) {
            let weight = draw.values(config.width, config.width);
            all_heads.insert(column, HeadWeights { weight, bias: 0.0 });
        }
        Self {
            config,
            version: "arbitrary".to_owned(),
            threshold: 0.5,
            least_peak: 0.0,
            temperature: 1.0,
            trained: "not trained".to_owned(),
            golden_input: vec![0.0; GOLDEN_PX * GOLDEN_PX],
            golden_logits: vec![0.0; GOLDEN_PX * GOLDEN_PX],
            sha256: String::new(),
            nodes: all_nodes,
            heads: all_heads,
        }
    }
}

/// A linear congruential generator (constants of Knuth's MMIX).
struct Draw(u64);

impl Draw {
    /// `count` values whose sums over `inputs` products keep their size.
    fn values(&mut self, count: usize, inputs: usize) -> Vec<f32> {
        let bound = (6.0 / inputs.max(1) as f32).sqrt();
        let mut next = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
        };
        (0..count).map(|_| next() * bound).collect()
    }

    fn conv(&mut self, inputs: usize, outputs: usize) -> ConvWeights {
        ConvWeights {
            inputs,
            weight: self.values(outputs * inputs * 9, inputs * 9),
            factors: Vec::new(),
            bias: vec![0.0; outputs],
        }
    }

    fn node(&mut self, node: Node, config: &NetworkConfig) -> NodeWeights {
        let channels = config.channels(node.level);
        let gate = node.gate_channels(config).map(|mid| {
            let (coarse, skip) = (config.channels(node.level + 1), node.skip_channels(config));
            GateWeights {
                gating: self.values(mid * coarse, coarse),
                gating_factors: Vec::new(),
                skip: self.values(mid * skip, skip),
                skip_factors: Vec::new(),
                bias: vec![0.0; mid],
                psi: self.values(mid, mid),
                psi_bias: 0.0,
            }
        });
        NodeWeights {
            conv1: self.conv(node.in_channels(config), channels),
            conv2: self.conv(channels, channels),
            gate,
        }
    }
}
