//! Learning from larger networks beside the readers' marks (Hinton et al. 2015): their
//! probability says of a doubtful pixel how doubtful it is, which a mark does not.

use std::path::PathBuf;

use anyhow::Result;
use burn::tensor::Device as BurnDevice;
use tch::{Device, Kind, Tensor};

use super::graph::Graph;
use super::state::{State, activations};
use crate::train::checkpoint::{Progress, load_run};

/// Trained networks that answer together.
#[derive(Debug)]
pub struct Teachers {
    graphs: Vec<Graph>,
}

impl Teachers {
    /// Reads the averaged weights of each run's folder.
    ///
    /// # Arguments
    /// * `burn`: the device that weights are read on, without gradients.
    /// * `device`: where they shall answer.
    ///
    /// # Errors
    /// Weights or recipe of a run cannot be read.
    pub fn load(folders: &[PathBuf], burn: &BurnDevice, device: Device) -> Result<Self> {
        let graph = |folder: &PathBuf| {
            let network = load_run(folder, "average.bpk", burn)?;
            let state = State::new(&network, Progress::default(), device)?;
            state.averaged(activations(device))
        };
        let graphs = folders.iter().map(graph).collect::<Result<_>>()?;
        Ok(Self { graphs })
    }

    /// The mean of their probabilities; nothing where there are no teachers.
    ///
    /// # Shapes
    /// `[batch, 1, rows, columns]` to the same.
    pub fn answer(&self, input: &Tensor) -> Option<Tensor> {
        let answers = tch::no_grad(|| {
            let probability = |graph: &Graph| Some(graph.forward(input, false).pop()?.sigmoid());
            let each: Option<Vec<Tensor>> = self.graphs.iter().map(probability).collect();
            each.filter(|each| !each.is_empty())
        })?;
        Some(tch::no_grad(|| {
            Tensor::stack(&answers, 0).mean_dim(0, false, Kind::Float)
        }))
    }
}
