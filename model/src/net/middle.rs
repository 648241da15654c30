//! The middle between two networks of one origin: where one was trained on from the other, the
//! mean of their weights often answers better than either (Wortsman et al., *Robust fine-tuning
//! of zero-shot models*, CVPR 2022), and costs nothing more.

use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use super::block::{Node, Unit};
use super::gate::Gate;
use super::network::Network;

/// The mean of the weights of two folded networks of the same shape.
#[must_use]
pub fn middle(a: &Network, b: &Network) -> Network {
    let unit = |a: &Unit, b: &Unit| Unit {
        conv: convolution(&a.conv, &b.conv),
        norm: None,
    };
    let node = |a: &Node, b: &Node| Node {
        conv1: unit(&a.conv1, &b.conv1),
        conv2: unit(&a.conv2, &b.conv2),
    };
    let gate = |a: &Gate, b: &Gate| Gate {
        gating: convolution(&a.gating, &b.gating),
        skip: convolution(&a.skip, &b.skip),
        psi: convolution(&a.psi, &b.psi),
    };
    Network {
        rows: pairs(&a.rows, &b.rows, |a, b| pairs(a, b, node)),
        gates: pairs(&a.gates, &b.gates, |a, b| pairs(a, b, gate)),
        heads: pairs(&a.heads, &b.heads, convolution),
        config: a.config,
    }
}

fn pairs<T>(a: &[T], b: &[T], join: impl Fn(&T, &T) -> T) -> Vec<T> {
    a.iter().zip(b).map(|(a, b)| join(a, b)).collect()
}

fn convolution(a: &Conv2d, b: &Conv2d) -> Conv2d {
    Conv2d {
        weight: parameter(&a.weight, &b.weight),
        bias: a
            .bias
            .as_ref()
            .zip(b.bias.as_ref())
            .map(|(a, b)| parameter(a, b)),
        ..a.clone()
    }
}

fn parameter<const D: usize>(a: &Param<Tensor<D>>, b: &Param<Tensor<D>>) -> Param<Tensor<D>> {
    Param::from_tensor((a.val() + b.val()).mul_scalar(0.5))
}
