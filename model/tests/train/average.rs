//! The moving average of weights.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use model::net::{Form, Network, Normalisation};
use model::train::average::{blend, decay_at};

use crate::{recipe, turn};

/// Sets every parameter and statistic to one value.
struct Fill(f64);

impl ModuleMapper for Fill {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|value| value.full_like(self.0))
    }
}

/// The least and the largest value.
struct Range(f32, f32);

impl ModuleVisitor for Range {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        for value in param.val().into_data().try_into_vec::<f32>().unwrap() {
            (self.0, self.1) = (self.0.min(value), self.1.max(value));
        }
    }
}

#[test]
fn the_average_follows_the_weights_and_statistics_as_computed_by_hand() {
    let _turn = turn();
    let device = Device::flex().autodiff();
    let origin = Network::new(
        recipe().network,
        Form::Training(Normalisation::Batch),
        &device,
    );
    // A clone would share its running statistics with the origin.
    let filled = |value: f64| origin.valid().map(&mut Fill(value));
    let mut average = filled(1.0);
    // 0.9 · 1 + 0.1 · 3 = 1.2; 0.9 · 1.2 + 0.1 · (−2) = 0.88; 0.5 · 0.88 + 0.5 · 0 = 0.44.
    for (live, decay, expected) in [(3.0, 0.9, 1.2), (-2.0, 0.9, 0.88), (0.0, 0.5, 0.44_f32)] {
        average = blend(average, &filled(live), decay);
        let mut range = Range(f32::MAX, f32::MIN);
        average.visit(&mut range);
        let off = (range.0 - expected).abs().max((range.1 - expected).abs());
        assert!(off < 1e-6, "{} to {}", range.0, range.1);
    }
}

#[test]
fn the_memory_grows_with_the_steps_up_to_the_recipes() {
    // (n + 1) / (n + 10) after n steps.
    let expected = [
        (0, 0.1),
        (1, 2.0 / 11.0),
        (8, 0.5),
        (80, 0.9),
        (890, 0.99),
        (5000, 0.99),
    ];
    for (done, decay) in expected {
        assert!((decay_at(0.99, done) - decay).abs() < 1e-12, "{done}");
    }
}
