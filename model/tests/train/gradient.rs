//! Gradients against finite differences of the loss.

use burn::module::{Module as _, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor};
use model::net::{Form, Network, Normalisation};

use crate::made_up::loss;
use crate::{recipe, turn};

/// Adds `by` to every number of one parameter.
struct Shift {
    parameter: usize,
    seen: usize,
    by: f32,
}

impl ModuleMapper for Shift {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        self.seen += 1;
        if self.seen - 1 != self.parameter {
            return param;
        }
        let by = self.by;
        param.map(|values| values.add_scalar(by).detach().require_grad())
    }
}

/// The sum of each parameter's gradient: how the loss changes if all its numbers grow alike.
struct Sums<'a> {
    gradients: &'a Gradients,
    /// `None` where there is nothing to compare.
    sums: Vec<Option<f32>>,
}

impl ModuleVisitor for Sums<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        // Some pixel of a whole 3×3 kernel's output changes its sign within any step that single
        // precision can resolve, and there the loss has a kink.
        let is_kernel = param.dims().get(2) == Some(&3);
        let gradient = param.val().grad(self.gradients).filter(|_| !is_kernel);
        self.sums.push(gradient.map(|it| it.sum().into_scalar()));
    }
}

#[test]
fn gradients_are_what_finite_differences_say() {
    let _turn = turn();
    let device = Device::flex().autodiff();
    device.seed(9);
    let form = Form::Training(Normalisation::Batch);
    let network = Network::new(recipe().network, form, &device);
    let gradients = loss(&network, &device).backward();
    let mut found = Sums {
        gradients: &gradients,
        sums: Vec::new(),
    };
    network.visit(&mut found);
    let after = |parameter: usize, by: f32| -> f32 {
        let mut shift = Shift {
            parameter,
            seen: 0,
            by,
        };
        let shifted = network.clone().map(&mut shift);
        loss(&shifted, &device).into_scalar()
    };
    let step = 2.5e-4;
    let sums = found.sums.iter().enumerate();
    let compared = sums.filter_map(|(parameter, sum)| Some((parameter, (*sum)?)));
    let mut largest = 0.0_f32;
    for (parameter, sum) in compared {
        let expected = (after(parameter, step) - after(parameter, -step)) / (2.0 * step);
        let limit = 6e-4 + 0.01 * expected.abs();
        assert!(
            (sum - expected).abs() < limit,
            "{parameter}: {sum} for {expected}"
        );
        largest = largest.max(expected.abs());
    }
    assert!(largest > 0.1, "{largest}");
}
