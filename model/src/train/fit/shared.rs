//! The gradients of a batch, by one device or by several together: burn-train's own step for
//! several devices, which its learner takes, too. Each device gets a copy of the network and a
//! share of the batch; the gradients are added up on the first one, in the order of the devices.
//! With two devices a run goes on to the bit. With more, burn averages what they measured for batch
//! normalisation in any order. (burn's all-reduce, which does without a first device, exists on
//! cards with `CubeCL`'s back ends only: on `flex` it is not implemented, so no test without two
//! cards could hold it to anything.)

use anyhow::{Context as _, Result, ensure};
use burn::data::dataloader::{DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::Device;
use burn::train::train::MultiDevicesTrainStep;
use burn::train::{TrainOutput, TrainStep as _};

use super::step::{Loss, Share};
use crate::net::Network;
use crate::train::recipe::Recipe;
use crate::train::sample::Batch;

/// The devices of a run.
pub(super) struct Devices {
    /// With gradients; the first has the weights.
    first: Device,
    beside: Vec<Device>,
    /// The threads of all of them, where there are several.
    together: Option<MultiDevicesTrainStep<Network>>,
}

impl Devices {
    /// # Arguments
    /// Devices with gradients: `first` is the network's own.
    pub(super) fn new(first: Device, beside: Vec<Device>) -> Self {
        let all = || [std::slice::from_ref(&first), &beside].concat();
        let together = (!beside.is_empty()).then(|| MultiDevicesTrainStep::new(&all()));
        Self {
            first,
            beside,
            together,
        }
    }

    /// The gradients of a batch on the first device, and its loss.
    ///
    /// # Arguments
    /// * `window`: edge of the batch's windows, which must divide among the devices.
    pub(super) fn gradients(
        &self,
        network: &Network,
        recipe: &Recipe,
        window: usize,
        batch: Batch,
    ) -> Result<(GradientsParams, f64)> {
        let outputs = match &self.together {
            None => vec![network.step(self.share(0, recipe, window, batch))],
            Some(together) => self.at_once(together, network, recipe, window, &batch)?,
        };
        let (mut sum, mut loss) = (GradientsAccumulator::new(), 0.0);
        for output in outputs {
            sum.accumulate(network, output.grads.to_device(&self.first, network));
            loss += f64::from(output.item.value.into_scalar::<f32>());
        }
        Ok((sum.grads(), loss))
    }

    fn count(&self) -> usize {
        1 + self.beside.len()
    }

    fn share(&self, at: usize, recipe: &Recipe, window: usize, batch: Batch) -> Share {
        let beside = at.checked_sub(1).and_then(|at| self.beside.get(at));
        Share {
            at,
            count: self.count(),
            device: beside.unwrap_or(&self.first).clone(),
            batch,
            window,
            terms: recipe.terms(),
        }
    }

    /// What each device makes of its share, in their order.
    fn at_once(
        &self,
        together: &MultiDevicesTrainStep<Network>,
        network: &Network,
        recipe: &Recipe,
        window: usize,
        batch: &Batch,
    ) -> Result<Vec<TrainOutput<Loss>>> {
        let count = self.count();
        ensure!(
            recipe.batch.is_multiple_of(count),
            "{} windows cannot be shared by {count} devices",
            recipe.batch
        );
        let pixels = recipe.batch / count * window * window;
        let cut = |values: &[f32], at: usize| -> Vec<f32> {
            let values = values.chunks(pixels).nth(at);
            values.unwrap_or_default().to_vec()
        };
        let mut shares: Vec<Box<dyn DataLoaderIterator<Share>>> = (0..count)
            .map(|at| {
                let own = Batch {
                    input: cut(&batch.input, at),
                    target: cut(&batch.target, at),
                    weight: cut(&batch.weight, at),
                };
                let share = self.share(at, recipe, window, own);
                Box::new(Once(Some(share))) as Box<dyn DataLoaderIterator<Share>>
            })
            .collect();
        let (outputs, _) = together
            .step(&mut shares, network)
            .context("a device stopped in the middle of a step")?;
        // They come as they are ready, and sums depend on their order.
        let mut outputs: Vec<_> = outputs.into_iter().map(|it| it.output).collect();
        outputs.sort_by_key(|output| output.item.at);
        Ok(outputs)
    }
}

/// A share as burn-train takes it: what a loader of data yields, once.
struct Once(Option<Share>);

impl Iterator for Once {
    type Item = Result<Share, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl DataLoaderIterator<Share> for Once {
    fn progress(&self) -> Progress {
        Progress::new(usize::from(self.0.is_none()), 1, None)
    }
}
