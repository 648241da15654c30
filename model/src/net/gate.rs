//! The attention gate (Oktay et al. 2018) on the skips into a U-Net++ node: one
//! factor 0…1 a pixel, computed from the skips and the coarser node below.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Device, Tensor};

use super::block::pointwise;
use super::network::upsample;

/// `alpha = sigmoid(psi · relu(gating · up(coarse) + skip · skips + bias) + psi bias)`.
#[derive(Module, Debug)]
pub struct Gate {
    /// `[mid, C(i+1), 1, 1]`, and the bias `[mid]` of the sum.
    pub gating: Conv2d,
    /// `[mid, j · C(i), 1, 1]`, without a bias.
    pub skip: Conv2d,
    /// `[1, mid, 1, 1]` and a bias `[1]`.
    pub psi: Conv2d,
}

impl Gate {
    /// A gate with random weights.
    pub fn new(coarse_channels: usize, skip_channels: usize, mid: usize, device: &Device) -> Self {
        Self {
            gating: pointwise(coarse_channels, mid, true, device),
            skip: pointwise(skip_channels, mid, false, device),
            psi: pointwise(mid, 1, true, device),
        }
    }

    /// The skips, each pixel scaled by its factor.
    ///
    /// # Shapes
    /// `skips` `[batch, j · C(i), rows, columns]`, `coarse`
    /// `[batch, C(i+1), rows / 2, columns / 2]` to the shape of `skips`.
    pub fn forward(&self, skips: Tensor<4>, coarse: Tensor<4>) -> Tensor<4> {
        let alpha = self.factors(skips.clone(), coarse);
        skips * alpha
    }

    /// One factor 0…1 a pixel.
    ///
    /// # Shapes
    /// As [`Gate::forward`]'s, to `[batch, 1, rows, columns]`.
    pub fn factors(&self, skips: Tensor<4>, coarse: Tensor<4>) -> Tensor<4> {
        // A 1×1 convolution and the nearest-neighbour upsampling commute; this
        // order does a quarter of the work.
        let gating = upsample(self.gating.forward(coarse));
        let sum = relu(gating + self.skip.forward(skips));
        sigmoid(self.psi.forward(sum))
    }
}
