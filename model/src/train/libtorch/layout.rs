//! Every parameter and running statistic of a burn network, in the order in which its
//! modules are visited.

use anyhow::{Context, Result, ensure};
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

use crate::net::{Form, Network, Normalisation};
use crate::network::NetworkConfig;

/// One tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its shape.
    pub shape: Vec<i64>,
    /// A running mean or variance: not learnt by gradients.
    pub statistic: bool,
}

impl Slot {
    /// Number of values.
    pub fn size(&self) -> i64 {
        self.shape.iter().product()
    }
}

/// The values of a training network and what they belong to.
#[derive(Debug, Clone)]
pub struct Values {
    /// In the order of the visit.
    pub slots: Vec<Slot>,
    /// As many.
    pub values: Vec<Vec<f32>>,
}

/// Reads them out of a network in training.
///
/// # Errors
/// Another normalisation than over the batch, which [`super::graph`] does not compute.
pub fn read(network: &Network) -> Result<Values> {
    ensure!(
        network.normalisation() == Normalisation::Batch,
        "libtorch computes batch normalisation only, and the network has {:?}: train it with --device flex, cuda, vulkan or wgpu",
        network.normalisation()
    );
    let mut reader = Reader {
        tensors: Vec::new(),
    };
    network.visit(&mut reader);
    let tensors: Vec<(Vec<i64>, Vec<f32>)> = reader.tensors.into_iter().collect::<Result<_>>()?;
    // A unit is weight, gamma, beta, mean, variance; gates and heads have no statistics.
    let units: usize = network.rows.iter().map(|row| 2 * row.len()).sum();
    let slots = tensors.iter().enumerate().map(|(at, (shape, _))| Slot {
        shape: shape.clone(),
        statistic: at < 5 * units && at % 5 >= 3,
    });
    Ok(Values {
        slots: slots.collect(),
        values: tensors.into_iter().map(|(_, v)| v).collect(),
    })
}

/// A burn network with these values.
///
/// # Errors
/// They are not as many, or not as long, as the network's.
pub fn network(config: NetworkConfig, values: &[Vec<f32>]) -> Result<Network> {
    let device = burn::tensor::Device::flex();
    let blank = Network::new(config, Form::Training(Normalisation::Batch), &device).no_grad();
    let mut writer = Writer {
        values: values.iter(),
        complete: true,
    };
    let network = blank.map(&mut writer);
    ensure!(
        writer.complete && writer.values.next().is_none(),
        "the values are not those of this network"
    );
    Ok(network)
}

struct Reader {
    tensors: Vec<Result<(Vec<i64>, Vec<f32>)>>,
}

impl ModuleVisitor for Reader {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().iter().map(|&d| d as i64).collect();
        let values = tensor.into_data().convert::<f32>().try_into_vec();
        self.tensors.push(
            values
                .ok()
                .map(|v| (shape, v))
                .context("a parameter cannot be read"),
        );
    }
}

struct Writer<'a> {
    values: std::slice::Iter<'a, Vec<f32>>,
    complete: bool,
}

impl ModuleMapper for Writer<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.next() else {
            self.complete = false;
            return param;
        };
        param.map(|old| {
            let dims = old.dims();
            if values.len() == dims.iter().product::<usize>() {
                Tensor::from_data(TensorData::new(values.clone(), dims), &old.device())
            } else {
                self.complete = false;
                old
            }
        })
    }
}
