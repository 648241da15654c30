//! Gradients against finite differences of the loss.

use burn::module::{Module as _, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use model::net::{Form, Network, Normalisation};

use crate::made_up::loss;
use crate::{recipe, turn};

/// Adds `by` to every number of one parameter, or to one of them.
struct Shift {
    parameter: usize,
    only: Option<usize>,
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
        param.map(|values| {
            let mut shift = vec![by; values.shape().num_elements()];
            if let Some(only) = self.only {
                shift.fill(0.0);
                shift[only] = by;
            }
            let shift = TensorData::new(shift, values.shape());
            let shift = Tensor::from_data(shift, &values.device());
            (values + shift).detach().require_grad()
        })
    }
}

/// The sum of each parameter's gradient: how the loss changes if all its numbers grow alike. Of a
/// 3×3 kernel that of the number with the largest, and which it is.
struct Sums<'a> {
    gradients: &'a Gradients,
    /// `None` where there is nothing to compare.
    sums: Vec<Option<(f32, Option<usize>)>>,
}

impl ModuleVisitor for Sums<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = param.val().grad(self.gradients);
        // Some pixel of a whole 3×3 kernel's output changes its sign within any step that single
        // precision can resolve, and there the loss has a kink.
        let is_kernel = param.dims().get(2) == Some(&3);
        self.sums.push(gradient.map(|it| {
            let numbers: Vec<f32> = it.into_data().try_into_vec().unwrap();
            let largest = |a: &(usize, &f32), b: &(usize, &f32)| a.1.abs().total_cmp(&b.1.abs());
            match numbers.iter().enumerate().max_by(largest) {
                Some((at, &number)) if is_kernel => (number, Some(at)),
                _ => (numbers.iter().sum(), None),
            }
        }));
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
    let after = |parameter: usize, only: Option<usize>, by: f32| -> f32 {
        let mut shift = Shift {
            parameter,
            only,
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
    for (parameter, (sum, only)) in compared {
        let [more, less] = [step, -step].map(|by| after(parameter, only, by));
        let expected = (more - less) / (2.0 * step);
        let limit = 6e-4 + 0.01 * expected.abs();
        assert!(
            (sum - expected).abs() < limit,
            "{parameter}: {sum} for {expected}"
        );
        largest = largest.max(expected.abs());
    }
    assert!(largest > 0.1, "{largest}");
}
