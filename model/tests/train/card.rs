//! burn's back ends for graphics cards against `flex`. Run by hand, on a card or on a software
//! driver: `cargo test --release --package model --features train-wgpu --test train card`.

use burn::module::{Module as _, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor};
use model::engine::largest_deviation;
use model::net::{Form, Network, Normalisation};
use model::network::{Architecture, NetworkConfig};

use crate::made_up::loss;
use crate::{recipe, turn};

/// The card that is built in.
fn card() -> Device {
    #[cfg(feature = "train-wgpu")]
    return Device::wgpu(burn::tensor::DeviceKind::DefaultDevice);
    #[cfg(not(feature = "train-wgpu"))]
    Device::cuda(0)
}

/// Gradients, parameter by parameter.
struct Collected<'a> {
    gradients: &'a Gradients,
    values: Vec<Vec<f32>>,
}

impl ModuleVisitor for Collected<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            let values = gradient.into_data().try_into_vec();
            self.values.push(values.unwrap());
        }
    }
}

/// The loss of a made-up batch, and its gradients.
fn loss_and_gradients(network: &Network, device: &Device) -> (f32, Vec<Vec<f32>>) {
    let device = device.clone().autodiff();
    let network = network.clone().train().fork(&device);
    let loss = loss(&network, &device);
    let gradients = loss.backward();
    let mut collected = Collected {
        gradients: &gradients,
        values: Vec::new(),
    };
    network.visit(&mut collected);
    (loss.into_scalar(), collected.values)
}

#[test]
fn loss_and_gradients_on_a_card_are_those_of_flex() {
    let _turn = turn();
    let nested = recipe().network;
    let unet = NetworkConfig {
        architecture: Architecture::Unet,
        attention: false,
        deep_supervision: false,
        ..nested
    };
    for config in [nested, unet] {
        let flex = Device::flex();
        flex.seed(9);
        let network = Network::new(config, Form::Training(Normalisation::Batch), &flex);
        let (expected, truth) = loss_and_gradients(&network, &flex);
        let (found, gradients) = loss_and_gradients(&network, &card());
        assert!((expected - found).abs() < 1e-4, "{expected} and {found}");
        assert_eq!(truth.len(), gradients.len());
        assert!(truth.len() > 10);
        for (truth, gradient) in truth.iter().zip(&gradients) {
            let off_by = largest_deviation(gradient, truth);
            let size = truth.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
            assert!(off_by < 1e-3 * size + 1e-5, "{off_by} of {size}");
        }
    }
}
