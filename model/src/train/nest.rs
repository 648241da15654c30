//! A trained U-Net inside a fresh U-Net++ of the same size: the encoder is the same, and
//! U-Net's decoder is U-Net++'s longest way back up, `X[i][depth − i]`. The nodes between
//! begin at random and with little weight, so that the answer is nearly U-Net's.

use burn::module::Param;
use burn::nn::conv::Conv2d;
use burn::tensor::Tensor;

use crate::net::Network;

/// What the kernels of inputs that U-Net does not have are multiplied by.
const FAINT: f32 = 0.1;
/// Log-odds of a gate at first: all but open.
const OPEN: f32 = 4.0;

/// `nested` with the weights of `unet` where it has the same part.
#[must_use]
pub fn nest(mut nested: Network, unet: &Network) -> Network {
    for (level, (row, own)) in nested.rows.iter_mut().zip(&unet.rows).enumerate() {
        if let (Some(first), Some(encoder)) = (row.first_mut(), own.first()) {
            *first = encoder.clone();
        }
        let channels = unet.config.channels(level);
        if let (Some(last), Some(decoder)) = (row.last_mut(), own.get(1)) {
            let kernel = widened(&last.conv1.conv, &decoder.conv1.conv, channels);
            *last = decoder.clone();
            last.conv1.conv = kernel;
        }
    }
    if let (Some(head), Some(own)) = (nested.heads.last_mut(), unet.heads.first()) {
        *head = own.clone();
    }
    for gate in nested.gates.iter_mut().flatten() {
        if let Some(bias) = &gate.psi.bias {
            gate.psi.bias = Some(Param::from_tensor(bias.val().full_like(OPEN)));
        }
    }
    nested
}

/// The fresh kernel made faint, with the other's inputs (`channels` of the first skip, then
/// what comes from below) at its two ends.
fn widened(fresh: &Conv2d, other: &Conv2d, channels: usize) -> Conv2d {
    let (weight, known) = (fresh.weight.val(), other.weight.val());
    let [_, inputs, _, _] = weight.dims();
    let [_, own, _, _] = known.dims();
    let below = own - channels;
    let between = inputs - own;
    let mut parts = vec![known.clone().narrow(1, 0, channels)];
    if between > 0 {
        parts.push(weight.narrow(1, channels, between).mul_scalar(FAINT));
    }
    parts.push(known.narrow(1, channels, below));
    Conv2d {
        weight: Param::from_tensor(Tensor::cat(parts, 1)),
        bias: other.bias.clone(),
        ..fresh.clone()
    }
}
