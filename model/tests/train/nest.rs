//! A U-Net as the beginning of a U-Net++.

use burn::tensor::{Device, Tensor, TensorData};
use model::engine::largest_deviation;
use model::net::{Form, Network, Normalisation};
use model::network::{Architecture, NetworkConfig};
use model::train::nest::nest;

use crate::{recipe, turn};

fn unet() -> NetworkConfig {
    NetworkConfig {
        architecture: Architecture::Unet,
        attention: false,
        deep_supervision: false,
        ..recipe().network
    }
}

fn logits(network: &Network, device: &Device) -> Vec<f32> {
    let values = (0..32 * 32).map(|i| ((i * 7) % 17) as f32 / 8.5 - 1.0);
    let input = TensorData::new(values.collect::<Vec<f32>>(), [1, 1, 32, 32]);
    let answer = network.infer(Tensor::<4>::from_data(input, device));
    answer.into_data().try_into_vec().unwrap()
}

#[test]
fn a_nested_unet_answers_nearly_as_before() {
    let _turn = turn();
    let device = Device::flex();
    device.seed(5);
    let small = Network::new(unet(), Form::Training(Normalisation::Batch), &device);
    let fresh = Network::new(
        recipe().network,
        Form::Training(Normalisation::Batch),
        &device,
    );
    let before = logits(&small, &device);
    let off = |network: &Network| {
        let difference = largest_deviation(&logits(network, &device), &before);
        let spread = before.iter().map(|v| (v + 3.0).abs()).fold(0.0, f32::max);
        difference / spread
    };
    let nested = nest(fresh.clone(), &small);
    assert!(off(&fresh) > 0.5, "{}", off(&fresh));
    assert!(off(&nested) < 0.3, "{}", off(&nested));
}
