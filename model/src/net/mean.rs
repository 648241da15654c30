//! The mean of the weights of networks of one origin: where they were trained on from the same
//! weights, it often answers better than any of them (Wortsman et al., *Model soups*, ICML 2022),
//! and costs nothing more.

use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use super::block::{Node, Unit};
use super::gate::Gate;
use super::network::Network;

/// The mean of the weights of folded networks of the same shape; of nothing where there are
/// none.
#[must_use]
pub fn mean(networks: &[Network]) -> Option<Network> {
    let (first, others) = networks.split_first()?;
    let mean = (2_u8..)
        .zip(others)
        .fold(first.clone(), |mean, (count, next)| {
            between(&mean, next, 1.0 / f32::from(count))
        });
    Some(mean)
}

/// The way from `a` to `b`, as far as `share` of it.
fn between(a: &Network, b: &Network, share: f32) -> Network {
    let convolution = |a: &Conv2d, b: &Conv2d| convolution(a, b, share);
    let unit = |a: &Unit, b: &Unit| Unit {
        conv: convolution(&a.conv, &b.conv),
        norm: None,
        group: None,
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

fn convolution(a: &Conv2d, b: &Conv2d, share: f32) -> Conv2d {
    let biases = a.bias.as_ref().zip(b.bias.as_ref());
    Conv2d {
        weight: parameter(&a.weight, &b.weight, share),
        bias: biases.map(|(a, b)| parameter(a, b, share)),
        ..a.clone()
    }
}

fn parameter<const D: usize>(
    a: &Param<Tensor<D>>,
    b: &Param<Tensor<D>>,
    share: f32,
) -> Param<Tensor<D>> {
    let (a, b) = (a.val(), b.val());
    Param::from_tensor(a.clone() + (b - a).mul_scalar(share))
}
