//! The opposite of [`super::fold`]: published weights in the form that is trained, so that a
//! run can begin where an earlier one ended though nothing but its weights is left.
//!
//! Folding loses the statistics of the normalisations. They are measured again on images:
//! with their deviation as factor and their mean as offset a normalisation changes nothing.

use burn::module::{Module, Param, RunningState};
use burn::nn::BatchNormConfig;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use super::block::{Node, Unit};
use super::network::{Form, Network};
use super::normalisation::Normalisation;

/// Length of a kernel with random weights (He et al. 2015). Before a normalisation it
/// changes no answer, but decides how far one step of learning turns the kernel.
const KERNEL_LENGTH: f64 = std::f64::consts::SQRT_2;

/// A network in training, with batch normalisation, that answers as `folded` does, outside of
/// training and, nearly, on images like these during it.
///
/// # Shapes
/// `images`: `[batch, 1, rows, columns]`, rows and columns multiples of
/// [`crate::network::NetworkConfig::stride`].
#[must_use]
pub fn unfold(folded: &Network, images: &Tensor<4>) -> Network {
    let mut network = Network::new(
        folded.config,
        Form::Training(Normalisation::Batch),
        &images.device(),
    );
    network.gates.clone_from(&folded.gates);
    network.heads.clone_from(&folded.heads);
    let rows = &mut network.rows;
    folded.forward_by(images, &mut |node, (level, column), input| {
        let (conv1, features) = unit(&node.conv1, input);
        let (conv2, features) = unit(&node.conv2, features);
        if let Some(place) = rows.get_mut(level).and_then(|row| row.get_mut(column)) {
            *place = Node { conv1, conv2 };
        }
        features
    });
    // Published weights come without gradients.
    network.unfreeze()
}

/// One unit, and what it answers.
fn unit(folded: &Unit, input: Tensor<4>) -> (Unit, Tensor<4>) {
    let weight = folded.conv.weight.val();
    let [channels, inputs, height, width] = weight.dims();
    let device = weight.device();
    let rows = weight.clone().reshape([channels, inputs * height * width]);
    let length: Tensor<1> = (rows.clone() * rows).sum_dim(1).sqrt().squeeze_dim(1);
    let to_fresh = length.clamp_min(1e-6).recip().mul_scalar(KERNEL_LENGTH);
    let conv = Conv2d {
        weight: Param::from_tensor(weight * to_fresh.clone().reshape([channels, 1, 1, 1])),
        bias: None,
        ..folded.conv.clone()
    };
    let features = conv.forward(input);
    let mean = over_pixels(features.clone());
    let off = features.clone() - mean.clone().reshape([1, channels, 1, 1]);
    let variance = over_pixels(off.clone() * off);
    let bias = match &folded.conv.bias {
        Some(bias) => bias.val(),
        None => Tensor::zeros([channels], &device),
    };
    let answer = features / to_fresh.clone().reshape([1, channels, 1, 1])
        + bias.clone().reshape([1, channels, 1, 1]);
    let mut norm = BatchNormConfig::new(channels).init(&device);
    let deviation = variance.clone().add_scalar(norm.epsilon).sqrt();
    norm.gamma = Param::from_tensor(deviation / to_fresh.clone());
    norm.beta = Param::from_tensor(mean.clone() / to_fresh + bias);
    norm.running_mean = RunningState::new(mean);
    norm.running_var = RunningState::new(variance);
    let unit = Unit {
        conv,
        norm: Some(norm),
        group: None,
    };
    (unit, relu(answer))
}

/// The mean of each channel.
fn over_pixels(features: Tensor<4>) -> Tensor<1> {
    let [batch, channels, rows, columns] = features.dims();
    features
        .swap_dims(0, 1)
        .reshape([channels, batch * rows * columns])
        .mean_dim(1)
        .squeeze_dim(1)
}
