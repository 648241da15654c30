use burn::module::{Module as _, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use model::net::{Form, Network};
use model::train::loss::{dice_and_entropy, over_heads};

use crate::{recipe, turn};

fn image(values: [f32; 4]) -> Tensor<4> {
    Tensor::from_data(
        TensorData::new(values.to_vec(), [1, 1, 2, 2]),
        &Device::flex(),
    )
}

fn loss(logits: [f32; 4], target: [f32; 4], weight: [f32; 4]) -> f64 {
    f64::from(dice_and_entropy(image(logits), image(target), image(weight)).into_scalar::<f32>())
}

#[test]
fn the_loss_is_dice_and_cross_entropy_by_hand() {
    let (logits, target) = ([2.0, -1.0, 0.5, -3.0_f32], [1.0, 0.0, 1.0, 0.0_f32]);
    let p: Vec<f64> = logits
        .iter()
        .map(|&x| 1.0 / (1.0 + (-f64::from(x)).exp()))
        .collect();
    let entropy = -(p[0].ln() + (1.0 - p[1]).ln() + p[2].ln() + (1.0 - p[3]).ln()) / 5.0;
    let dice = (2.0 * (p[0] + p[2]) + 10.0) / (p.iter().sum::<f64>() + 2.0 + 10.0);
    assert!((loss(logits, target, [1.0; 4]) - (entropy + 1.0 - dice)).abs() < 1e-5);
}

#[test]
fn doubtful_pixels_cost_nothing() {
    let target = [1.0, 0.0, 0.0, 0.0];
    let weight = [1.0, 1.0, 1.0, 0.0];
    let unsure = loss([1.0, -1.0, -1.0, 9.0], target, weight);
    let sure = loss([1.0, -1.0, -1.0, -9.0], target, weight);
    assert!((unsure - sure).abs() < 1e-6);
}

#[test]
fn huge_logits_stay_finite() {
    assert!(loss([1e4, -1e4, 1e4, -1e4], [0.0, 1.0, 1.0, 0.0], [1.0; 4]).is_finite());
}

struct Silent<'a> {
    gradients: &'a Gradients,
    names: Vec<String>,
    reached: usize,
}

impl ModuleVisitor for Silent<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if !value.is_require_grad() {
            return;
        }
        let size = value
            .grad(self.gradients)
            .map(|g| g.abs().sum().into_scalar::<f32>());
        match size {
            Some(size) if size > 0.0 => self.reached += 1,
            _ => self.names.push(format!("{:?}", value.dims())),
        }
    }
}

#[test]
fn gradients_reach_every_parameter() {
    let _turn = turn();
    let device = Device::flex().autodiff();
    for attention in [false, true] {
        let config = model::network::NetworkConfig {
            attention,
            ..recipe().network
        };
        let network = Network::new(config, Form::Training, &device);
        let values = |seed: usize| -> Vec<f32> {
            (0..4 * 32 * 32)
                .map(|i| ((i * seed) % 17) as f32 / 8.5 - 1.0)
                .collect()
        };
        let tensor =
            |v: Vec<f32>| Tensor::<4>::from_data(TensorData::new(v, [4, 1, 32, 32]), &device);
        let target = tensor(
            values(5)
                .iter()
                .map(|&v| f32::from(u8::from(v > 0.5)))
                .collect(),
        );
        let weight = target.ones_like();
        let gradients = over_heads(network.forward(tensor(values(7))), &target, &weight, 0.5)
            .unwrap()
            .backward();
        let mut silent = Silent {
            gradients: &gradients,
            names: Vec::new(),
            reached: 0,
        };
        network.visit(&mut silent);
        assert!(
            silent.names.is_empty(),
            "no gradient for {:?}",
            silent.names
        );
        // 6 nodes of 2 convolutions with 2 factors each, 3 gates of 5, 2 heads of 2.
        assert_eq!(
            silent.reached,
            6 * 2 * 3 + if attention { 3 * 5 } else { 0 } + 2 * 2
        );
    }
}
