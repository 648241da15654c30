//! A run in memory: every weight in one flat tensor, and its companions.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use tch::{Device, Kind, Tensor};

use super::graph::Graph;
use super::layout::{self, Slot};
use crate::net::Network;
use crate::network::NetworkConfig;
use crate::train::average::decay_at;
use crate::train::checkpoint::{self, Progress};
use crate::train::whole;

/// `AdamW`'s memory of the gradient and of its square.
const BETAS: (f64, f64) = (0.9, 0.999);

/// Weights, running statistics, their moving averages, moments.
pub struct State {
    config: NetworkConfig,
    slots: Vec<Slot>,
    /// Where all of it lies.
    device: Device,
    /// What is learnt, one after another.
    weights: Tensor,
    /// Running means and variances.
    statistics: Tensor,
    average: Tensor,
    average_statistics: Tensor,
    first: Tensor,
    second: Tensor,
    /// 1 where weights decay: kernels, not factors and biases.
    decays: Tensor,
    /// Where the run stands.
    pub progress: Progress,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

impl State {
    /// Begins with the weights of a network in training.
    ///
    /// # Errors
    /// A parameter cannot be read.
    pub fn new(network: &Network, progress: Progress, device: Device) -> Result<Self> {
        let read = layout::read(network)?;
        let flat = |statistic: bool| {
            let wanted = read
                .slots
                .iter()
                .zip(&read.values)
                .filter(|(s, _)| s.statistic == statistic);
            Tensor::from_slice(
                &wanted
                    .flat_map(|(_, v)| v.iter().copied())
                    .collect::<Vec<f32>>(),
            )
            .to_device(device)
        };
        let (weights, statistics) = (flat(false), flat(true));
        let decays: Vec<f32> = read
            .slots
            .iter()
            .filter(|slot| !slot.statistic)
            .flat_map(|slot| vec![f32::from(u8::from(slot.shape.len() > 1)); slot.size() as usize])
            .collect();
        Ok(Self {
            config: network.config,
            average: weights.copy(),
            average_statistics: statistics.copy(),
            first: weights.zeros_like(),
            second: weights.zeros_like(),
            decays: Tensor::from_slice(&decays).to_device(device),
            device,
            weights,
            statistics,
            slots: read.slots,
            progress,
        })
    }

    /// The network over the live weights for a part of a step, and the flat leaf that its
    /// gradient comes to.
    ///
    /// # Arguments
    /// `keeps`: whether its running statistics are the run's; those of other parts are lost.
    ///
    /// # Errors
    /// There are other tensors than the network's.
    pub fn replica(&self, keeps: bool) -> Result<(Tensor, Graph)> {
        let leaf = self.weights.detach().set_requires_grad(true);
        let statistics = if keeps {
            self.statistics.shallow_clone()
        } else {
            self.statistics.copy()
        };
        let tensors = self.tensors(&leaf, &statistics)?;
        Ok((
            leaf,
            Graph::new(self.config, tensors, activations(self.device))?,
        ))
    }

    /// Where it is computed.
    pub fn device(&self) -> Device {
        self.device
    }

    /// The network with the averaged weights.
    ///
    /// # Errors
    /// There are other tensors than the network's.
    pub fn averaged(&self, kind: Kind) -> Result<Graph> {
        Graph::new(
            self.config,
            self.tensors(&self.average, &self.average_statistics)?,
            kind,
        )
    }

    /// Views of the flat tensors in the order of the slots.
    fn tensors(&self, weights: &Tensor, statistics: &Tensor) -> Result<Vec<Tensor>> {
        let split = |flat: &Tensor, statistic: bool| {
            let slots = self.slots.iter().filter(|s| s.statistic == statistic);
            flat.split_with_sizes(slots.map(Slot::size).collect::<Vec<_>>(), 0)
                .into_iter()
        };
        let (mut learnt, mut running) = (split(weights, false), split(statistics, true));
        self.slots
            .iter()
            .map(|slot| {
                let next = if slot.statistic {
                    running.next()
                } else {
                    learnt.next()
                };
                Ok(next
                    .context("a tensor is missing")?
                    .view(slot.shape.as_slice()))
            })
            .collect()
    }

    /// One step of `AdamW` down the gradient, clipped to `norm`, and of the average.
    pub fn step(
        &mut self,
        gradient: &Tensor,
        rate: f64,
        weight_decay: f64,
        norm: f64,
        average_decay: f64,
    ) {
        let count = (self.progress.step + 1) as f64;
        tch::no_grad(|| {
            // Stays where it is computed: reading it would make the program wait.
            let clip: Tensor = norm / (gradient.norm() + 1e-6);
            let gradient = gradient * clip.clamp_max(1.0);
            self.first = &self.first * BETAS.0 + &gradient * (1.0 - BETAS.0);
            self.second = &self.second * BETAS.1 + gradient.square() * (1.0 - BETAS.1);
            let (bias1, bias2) = (1.0 - BETAS.0.powf(count), 1.0 - BETAS.1.powf(count));
            let change = &self.first / bias1 / ((&self.second / bias2).sqrt() + 1e-8)
                + &self.weights * &self.decays * weight_decay;
            let moved = &self.weights - change * rate;
            self.weights.copy_(&moved);
            let keep = decay_at(average_decay, self.progress.step);
            self.average = &self.average * keep + &self.weights * (1.0 - keep);
            self.average_statistics =
                &self.average_statistics * keep + &self.statistics * (1.0 - keep);
        });
    }

    /// The averaged network in burn's form.
    ///
    /// # Errors
    /// A tensor cannot be read.
    pub fn network(&self) -> Result<Network> {
        let tensors = tch::no_grad(|| self.tensors(&self.average, &self.average_statistics))?;
        let values = tensors.iter().map(read).collect::<Result<Vec<_>>>()?;
        layout::network(self.config, &values)
    }

    /// Writes the whole state, in the place of the one before.
    ///
    /// # Errors
    /// What the disk says; the state before is still there then.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let named = [
            ("weights", &self.weights),
            ("statistics", &self.statistics),
            ("average", &self.average),
            ("average_statistics", &self.average_statistics),
            ("first", &self.first),
            ("second", &self.second),
        ];
        let named = named.map(|(name, tensor)| (name, tensor.detach().to_device(Device::Cpu)));
        whole::write(folder, |part| {
            Tensor::write_safetensors(&named, part.join("libtorch.safetensors"))?;
            checkpoint::save(&self.network()?, part, "average.bpk")?;
            self.progress.save(part)
        })
    }

    /// Reads back what [`State::save`] wrote.
    ///
    /// # Errors
    /// A file that lacks one of the tensors, or has one of another size; what the disk says.
    pub fn load(&mut self, folder: &Path) -> Result<()> {
        self.progress = Progress::load(folder)?;
        let found = Tensor::read_safetensors(folder.join("libtorch.safetensors"))?;
        let places = [
            ("weights", &mut self.weights),
            ("statistics", &mut self.statistics),
            ("average", &mut self.average),
            ("average_statistics", &mut self.average_statistics),
            ("first", &mut self.first),
            ("second", &mut self.second),
        ];
        for (name, place) in places {
            let tensor = found.iter().find(|(found, _)| found == name);
            let (_, tensor) =
                tensor.with_context(|| format!("\"{name}\" is missing in libtorch.safetensors"))?;
            ensure!(
                place.size() == tensor.size(),
                "\"{name}\" belongs to another network"
            );
            tch::no_grad(|| place.copy_(tensor));
        }
        Ok(())
    }
}

/// The values of a tensor, wherever it lies.
pub(super) fn read(tensor: &Tensor) -> Result<Vec<f32>> {
    let here = tensor.flatten(0, -1).to_device(Device::Cpu);
    Vec::<f32>::try_from(here).context("a tensor cannot be read")
}

/// The type of the activations in training: bfloat16 on a graphics card, and where the
/// processor computes with it. Elsewhere libtorch would imitate it, many times slower than
/// single precision.
pub(super) fn activations(device: Device) -> Kind {
    if device.is_cuda() {
        return Kind::BFloat16;
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx512bf16") {
        return Kind::BFloat16;
    }
    Kind::Float
}
