//! Convolution, normalisation, `ReLU`: the unit everything is built from, and the
//! pair of units that makes a node `X[i][j]`.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{
    BatchNorm, BatchNormConfig, GroupNorm, GroupNormConfig, Initializer, PaddingConfig2d,
};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use super::Form;
use super::normalisation::{Normalisation, groups};

/// A 3×3 convolution (padding 1), normalisation, `ReLU`.
#[derive(Module, Debug)]
pub struct Unit {
    /// Weight `[out, in, 3, 3]`; with a bias `[out]` only where no normalisation follows, since
    /// that has one of its own.
    pub conv: Conv2d,
    /// Normalises over the batch; absent from the folded form.
    pub norm: Option<BatchNorm>,
    /// Normalises over groups of channels in its place.
    pub group: Option<GroupNorm>,
}

impl Unit {
    /// A unit with random weights (He et al. 2015, normal).
    pub fn new(channels_in: usize, channels_out: usize, form: Form, device: &Device) -> Self {
        let normalisation = match form {
            Form::Training(normalisation) => normalisation,
            Form::Folded => Normalisation::None,
        };
        let mut conv = Conv2dConfig::new([channels_in, channels_out], [3, 3])
            .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
            .with_bias(normalisation == Normalisation::None)
            .with_initializer(Initializer::KaimingNormal {
                gain: std::f64::consts::SQRT_2,
                fan_out_only: false,
            })
            .init(device);
        if form == Form::Training(Normalisation::None) {
            // Random ones, as burn draws them, would add up from layer to layer.
            conv.bias = Some(Param::from_tensor(Tensor::zeros([channels_out], device)));
        }
        let norm = (normalisation == Normalisation::Batch)
            .then(|| BatchNormConfig::new(channels_out).init(device));
        let group = (normalisation == Normalisation::Group)
            .then(|| GroupNormConfig::new(groups(channels_out), channels_out).init(device));
        Self { conv, norm, group }
    }

    /// What follows the convolution; nothing in the folded form.
    pub fn normalisation(&self) -> Normalisation {
        match (&self.norm, &self.group) {
            (Some(_), _) => Normalisation::Batch,
            (None, Some(_)) => Normalisation::Group,
            (None, None) => Normalisation::None,
        }
    }

    /// # Shapes
    /// `[batch, in, rows, columns]` to `[batch, out, rows, columns]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let features = self.conv.forward(input);
        relu(match (&self.norm, &self.group) {
            (Some(norm), _) => norm.forward(features),
            (None, Some(group)) => group.forward(features),
            (None, None) => features,
        })
    }
}

/// A node `X[i][j]`: two units, the second as wide as the first.
#[derive(Module, Debug)]
pub struct Node {
    /// From the node's input to its width.
    pub conv1: Unit,
    /// From its width to its width.
    pub conv2: Unit,
}

impl Node {
    /// A node with random weights.
    pub fn new(channels_in: usize, channels_out: usize, form: Form, device: &Device) -> Self {
        Self {
            conv1: Unit::new(channels_in, channels_out, form, device),
            conv2: Unit::new(channels_out, channels_out, form, device),
        }
    }

    /// # Shapes
    /// `[batch, in, rows, columns]` to `[batch, out, rows, columns]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.conv2.forward(self.conv1.forward(input))
    }
}

/// A 1×1 convolution, as gates and heads use it.
pub(crate) fn pointwise(
    channels_in: usize,
    channels_out: usize,
    bias: bool,
    device: &Device,
) -> Conv2d {
    Conv2dConfig::new([channels_in, channels_out], [1, 1])
        .with_bias(bias)
        .init(device)
}
