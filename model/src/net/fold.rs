//! Batch normalisation folded into the convolution before it: what is left at
//! inference is one multiplication and one sum a channel, and weights can hold both. And the
//! temperature folded into the heads.

use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use super::block::{Node, Unit};
use super::network::Network;
use super::normalisation::Normalisation;

/// A network that no convolutions can answer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "group normalisation depends on the image and cannot be folded into convolutions: such a network can be trained and compared, not published"
)]
pub struct CannotFold;

/// The network in [`super::Form::Folded`]. It answers as the other one does outside of
/// training; one without normalisation comes back as it is.
///
/// # Errors
/// Group normalisation.
pub fn fold(network: &Network) -> Result<Network, CannotFold> {
    if network.normalisation() == Normalisation::Group {
        return Err(CannotFold);
    }
    let node = |node: &Node| Node {
        conv1: unit(&node.conv1),
        conv2: unit(&node.conv2),
    };
    Ok(Network {
        rows: network
            .rows
            .iter()
            .map(|row| row.iter().map(node).collect())
            .collect(),
        ..network.clone()
    })
}

/// The network with its logits divided by a temperature, so that their sigmoid is a calibrated
/// probability as it is.
#[must_use]
pub fn calibrated(network: &Network, temperature: f32) -> Network {
    let head = |head: &Conv2d| Conv2d {
        weight: Param::from_tensor(head.weight.val().div_scalar(temperature)),
        bias: head
            .bias
            .as_ref()
            .map(|bias| Param::from_tensor(bias.val().div_scalar(temperature))),
        ..head.clone()
    };
    Network {
        heads: network.heads.iter().map(head).collect(),
        ..network.clone()
    }
}

/// `gamma (w x + b − mean) / sqrt(variance + epsilon) + beta` as one convolution.
fn unit(unit: &Unit) -> Unit {
    let Some(norm) = &unit.norm else {
        return unit.clone();
    };
    let weight = unit.conv.weight.val();
    let [channels, _, _, _] = weight.dims();
    let deviation = norm
        .running_var
        .value_sync()
        .add_scalar(norm.epsilon)
        .sqrt();
    let scale = norm.gamma.val() / deviation;
    let own = match &unit.conv.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([channels], &weight.device()),
    };
    let bias = (own - norm.running_mean.value_sync()) * scale.clone() + norm.beta.val();
    Unit {
        conv: Conv2d {
            weight: Param::from_tensor(weight * scale.reshape([channels, 1, 1, 1])),
            bias: Some(Param::from_tensor(bias)),
            ..unit.conv.clone()
        },
        norm: None,
        group: None,
    }
}
