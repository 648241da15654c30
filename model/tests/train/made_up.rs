//! Two windows of made-up numbers.

use burn::tensor::{Device, Tensor, TensorData};
use model::net::Network;
use model::train::loss::over_heads;

use crate::recipe;

pub(crate) const EDGE: usize = 32;

pub(crate) fn image() -> Vec<f32> {
    pattern(7).collect()
}

pub(crate) fn target() -> Vec<f32> {
    pattern(5).map(|v| f32::from(v > 0.5)).collect()
}

pub(crate) fn weight() -> Vec<f32> {
    pattern(3).map(|v| f32::from(v > -0.8)).collect()
}

fn pattern(step: usize) -> impl Iterator<Item = f32> {
    (0..2 * EDGE * EDGE).map(move |i| ((i * step) % 17) as f32 / 8.5 - 1.0)
}

/// As burn takes it.
pub(crate) fn tensor(values: Vec<f32>, device: &Device) -> Tensor<4> {
    Tensor::from_data(TensorData::new(values, [2, 1, EDGE, EDGE]), device)
}

/// The loss of any network on any device.
pub(crate) fn loss(network: &Network, device: &Device) -> Tensor<1> {
    over_heads(
        network.forward(tensor(image(), device)),
        &tensor(target(), device),
        &tensor(weight(), device),
        recipe().terms(),
    )
    .unwrap()
}
