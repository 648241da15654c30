//! Normalisation folded into the convolutions before it.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Tensor};
use model::engine::largest_deviation;
use model::net::fold::{calibrated, fold};
use model::net::{Form, Network, Normalisation};

use super::{batch, configs, folded, values};

/// Statistics and factors as different from the initial ones as training makes them.
struct Unsettle(u32);

impl ModuleMapper for Unsettle {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.0 += 1;
        let factor = 0.6 + 0.1 * f64::from(self.0 % 7);
        // Sizes of 1 to 1.6 keep variances positive; means and biases move off zero.
        if D == 1 {
            param.map(|value| value.mul_scalar(factor).add_scalar(0.3))
        } else {
            param
        }
    }
}

#[test]
fn folding_changes_no_answer() {
    let device = Device::flex();
    for config in configs() {
        let network = Network::new(config, Form::Training(Normalisation::Batch), &device)
            .map(&mut Unsettle(0));
        let input = batch(1, 32, 32, &device);
        let before = values(network.infer(input.clone()));
        let folded = fold(&network).unwrap();
        let after = values(folded.infer(input));
        assert!(
            folded
                .rows
                .iter()
                .flatten()
                .all(|node| node.conv1.norm.is_none())
        );
        let spread = before.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        assert!(
            largest_deviation(&before, &after) < 1e-4 * spread.max(1.0),
            "{config:?}"
        );
    }
}

#[test]
fn calibrated_logits_are_those_divided_by_the_temperature() {
    let device = Device::flex();
    for config in configs() {
        let network = folded(config);
        let input = batch(1, 32, 32, &device);
        let expected: Vec<f32> = values(network.infer(input.clone()))
            .iter()
            .map(|logit| logit / 1.9)
            .collect();
        let found = values(calibrated(&network, 1.9).infer(input));
        assert!(largest_deviation(&expected, &found) < 1e-5, "{config:?}");
    }
}
