//! Which nodes a network consists of and how many channels meet in each.

use crate::network::{Architecture, NetworkConfig};

/// Node `X[level][column]`: two 3×3 convolutions at one resolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Node {
    /// 0 is full resolution.
    pub(crate) level: usize,
    /// 0 is the encoder.
    pub(crate) column: usize,
}

impl Node {
    /// Start of the names of the node's tensors.
    pub(crate) fn name(self) -> String {
        format!("x{}{}", self.level, self.column)
    }

    /// Channels of the skip connections: all earlier nodes of the same level.
    pub(crate) fn skip_channels(self, config: &NetworkConfig) -> usize {
        self.column * config.channels(self.level)
    }

    /// The node one level down that is upsampled into this one; `None` in the encoder.
    pub(crate) fn coarse(self, config: &NetworkConfig) -> Option<Self> {
        let level = self.level + 1;
        let column = match config.architecture {
            _ if self.column == 0 => return None,
            Architecture::Unet if level < config.depth => 1,
            Architecture::Unet => 0,
            Architecture::Unetpp => self.column - 1,
        };
        Some(Self { level, column })
    }

    /// Channels that the first convolution reads.
    pub(crate) fn in_channels(self, config: &NetworkConfig) -> usize {
        match self.coarse(config) {
            Some(coarse) => self.skip_channels(config) + config.channels(coarse.level),
            None if self.level == 0 => 1,
            None => config.channels(self.level - 1),
        }
    }

    /// Channels inside the attention gate; `None` where the node has no gate.
    pub(crate) fn gate_channels(self, config: &NetworkConfig) -> Option<usize> {
        let gated =
            config.attention && config.architecture == Architecture::Unetpp && self.column > 0;
        gated.then(|| (config.channels(self.level) / 2).max(1))
    }
}

/// All nodes that the output at depth `level` needs, each after those it reads.
///
/// A U-Net needs all of its nodes. A U-Net++ cut at `level` is the U-Net++ of that
/// depth: nodes below and to the right of the cut are dropped.
pub(crate) fn nodes(config: &NetworkConfig, level: usize) -> Vec<Node> {
    match config.architecture {
        Architecture::Unet => {
            let encoder = (0..=config.depth).map(|level| Node { level, column: 0 });
            let decoder = (0..config.depth)
                .rev()
                .map(|level| Node { level, column: 1 });
            encoder.chain(decoder).collect()
        }
        Architecture::Unetpp => (0..=level)
            .flat_map(|diagonal| {
                (0..=diagonal).map(move |column| Node {
                    level: diagonal - column,
                    column,
                })
            })
            .collect(),
    }
}

/// Columns of `X[0][…]` that carry a head in the weight file.
pub(crate) fn heads(config: &NetworkConfig) -> std::ops::RangeInclusive<usize> {
    match config.architecture {
        Architecture::Unet => 1..=1,
        Architecture::Unetpp if config.deep_supervision => 1..=config.depth,
        Architecture::Unetpp => config.depth..=config.depth,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_comes_after_the_nodes_it_reads() {
        for architecture in Architecture::ALL {
            let config = NetworkConfig::published(architecture);
            let order = nodes(&config, config.depth);
            for (index, node) in order.iter().enumerate() {
                let before = &order[..index];
                for column in 0..node.column {
                    let skip = Node { column, ..*node };
                    assert!(before.contains(&skip), "{node:?} reads {skip:?}");
                }
                if let Some(coarse) = node.coarse(&config) {
                    assert!(before.contains(&coarse), "{node:?} reads {coarse:?}");
                }
            }
        }
    }

    #[test]
    fn pruning_drops_everything_outside_the_smaller_triangle() {
        let config = NetworkConfig::published(Architecture::Unetpp);
        assert_eq!(nodes(&config, 4).len(), 15);
        assert_eq!(nodes(&config, 2).len(), 6);
        assert!(nodes(&config, 2).iter().all(|n| n.level + n.column <= 2));
    }

    #[test]
    fn the_decoder_reads_skip_and_coarse_channels() {
        let unet = NetworkConfig::published(Architecture::Unet);
        let deepest = Node {
            level: 3,
            column: 1,
        };
        assert_eq!(deepest.in_channels(&unet), 128 + 256);
        let last = Node {
            level: 0,
            column: 4,
        };
        assert_eq!(
            last.in_channels(&NetworkConfig::published(Architecture::Unetpp)),
            4 * 16 + 32
        );
    }
}
