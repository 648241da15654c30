use burn::tensor::{Device, Tensor, TensorData};
use model::net::{Form, Network};
use model::network::{Architecture, NetworkConfig};
use model::train::checkpoint::Progress;
use model::train::libtorch::graph::Graph;
use model::train::libtorch::state::State;
use model::train::libtorch::{layout, loss};
use model::train::loss::Terms;
use tch::Kind;

use crate::{recipe, turn};

const EDGE: usize = 32;

fn configs() -> [NetworkConfig; 3] {
    let nested = recipe().network;
    let plain = NetworkConfig {
        attention: false,
        deep_supervision: false,
        ..nested
    };
    let unet = NetworkConfig {
        architecture: Architecture::Unet,
        ..plain
    };
    [nested, plain, unet]
}

fn values(seed: usize) -> Vec<f32> {
    (0..2 * EDGE * EDGE)
        .map(|i| ((i * seed) % 17) as f32 / 8.5 - 1.0)
        .collect()
}

fn graph(network: &Network) -> Graph {
    let read = layout::read(network).unwrap();
    let tensors = read.slots.iter().zip(&read.values);
    let tensors = tensors.map(|(slot, v)| tch::Tensor::from_slice(v).view(slot.shape.as_slice()));
    Graph::new(network.config, tensors.collect(), Kind::Float).unwrap()
}

fn largest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn every_head_and_the_loss_are_those_of_burn() {
    let _turn = turn();
    let device = Device::flex();
    let size = EDGE as i64;
    for config in configs() {
        device.seed(9);
        let network = Network::new(config, Form::Training, &device);
        let burn = |v: Vec<f32>| -> Tensor<4> {
            Tensor::from_data(TensorData::new(v, [2, 1, EDGE, EDGE]), &device)
        };
        let torch = |v: &[f32]| tch::Tensor::from_slice(v).view([2, 1, size, size]);
        let target: Vec<f32> = values(5).iter().map(|&v| f32::from(v > 0.5)).collect();
        let weight: Vec<f32> = values(3).iter().map(|&v| f32::from(v > -0.8)).collect();
        let expected = network.forward(burn(values(7)));
        let found = graph(&network).forward(&torch(&values(7)), false);
        assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(&found) {
            let expected: Vec<f32> = expected.clone().into_data().try_into_vec().unwrap();
            let found = Vec::<f32>::try_from(found.flatten(0, -1)).unwrap();
            assert!(largest(&expected, &found) < 1e-3, "{config:?}");
        }
        let terms = Terms {
            dice: 0.8,
            window_dice: 0.3,
            window_smooth: 2.0,
            side_heads: 0.5,
        };
        let (t, w) = (burn(target.clone()), burn(weight.clone()));
        let expected = model::train::loss::over_heads(expected, &t, &w, terms).unwrap();
        let found = loss::over_heads(&found, &torch(&target), &torch(&weight), terms).unwrap();
        let difference = f64::from(expected.into_scalar::<f32>()) - found.double_value(&[]);
        assert!(difference.abs() < 1e-4, "{difference}");
    }
}

#[test]
fn a_network_comes_back_from_a_state_as_it_went_in() {
    let _turn = turn();
    for config in configs() {
        let network = Network::new(config, Form::Training, &Device::flex());
        let state = State::new(&network, Progress::default()).unwrap();
        let back = layout::read(&state.network().unwrap()).unwrap();
        assert_eq!(back.values, layout::read(&network).unwrap().values);
    }
}
