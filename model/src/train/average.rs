//! The moving average of the weights (Polyak and Juditsky 1992): smoother than any
//! single step's, and what is validated and published.

use std::collections::HashMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::Tensor;

use crate::net::Network;

/// How much of the average is kept after `done` steps: a long memory at the start would keep the
/// random weights.
pub fn decay_at(most: f64, done: usize) -> f64 {
    let done = done as f64;
    most.min((done + 1.0) / (done + 10.0))
}

/// `average` moved towards `live` by `1 − decay`, running statistics included.
///
/// Both must be copies of one network: parameters are matched by their id.
pub fn blend(average: Network, live: &Network, decay: f64) -> Network {
    let mut collected = Collected(HashMap::new());
    live.visit(&mut collected);
    average.map(&mut Blend {
        live: collected.0,
        decay,
    })
}

struct Collected(HashMap<ParamId, Tensor<1>>);

impl ModuleVisitor for Collected {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.insert(param.id, param.val().flatten(0, D - 1));
    }
}

struct Blend {
    live: HashMap<ParamId, Tensor<1>>,
    decay: f64,
}

impl ModuleMapper for Blend {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.live.remove(&param.id) {
            Some(live) => param.map(|old| {
                // Where several devices share a batch, statistics end up on any of them.
                let live = live.reshape(old.dims()).to_device(&old.device());
                old.mul_scalar(self.decay) + live.mul_scalar(1.0 - self.decay)
            }),
            None => param,
        }
    }
}
