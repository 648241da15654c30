//! Training with burn, on any of its devices, or on several together.

use std::path::Path;

use anyhow::Result;
use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::AdamWConfig;
use burn::tensor::{Device, Tensor, TensorData};
use burn::train::{InferenceStep, TrainStep as _};

use self::shared::Devices;
use self::step::Logits;
use super::average::{blend, decay_at};
use super::checkpoint::{self, Progress, State};
use super::crops::Crop;
use super::recipe::Recipe;
use super::run::{Answer, GRADIENT_NORM, Place, Trainee, run};
use super::same;
use super::sample::{Batch, Sampler};
use super::score;
use super::start::start;
use crate::analysis::preprocess::NetworkInput;
use crate::net::Network;

mod shared;
pub mod step;

/// Trains to the recipe's end, going on from a checkpoint if the folder has one.
///
/// # Errors
/// The folder's checkpoint is of another recipe or cannot be read; the network to begin with does
/// not suit the recipe; a step whose loss is no number; what the disk says.
pub fn fit(
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    let training = place.device.clone().autodiff();
    let goes_on = Progress::is_left(place.folder)?;
    if goes_on {
        same::check_recipe(recipe, place.folder)?;
    }
    let network = start(recipe, &sampler, place.start_from, &place.device)?;
    let mut state = begin(recipe, network.train());
    if goes_on {
        state = state.load(place.folder)?;
    }
    let beside = place.beside.iter().map(|device| device.clone().autodiff());
    let burning = Burning {
        state,
        training: Devices::new(training, beside.collect()),
        device: place.device.clone(),
    };
    run(burning, recipe, sampler, validation, place)
}

/// A run on a device of burn's.
struct Burning {
    state: State,
    training: Devices,
    /// The first of them, without gradients.
    device: Device,
}

impl Trainee for Burning {
    fn progress(&mut self) -> &mut Progress {
        &mut self.state.progress
    }

    fn advance(&mut self, recipe: &Recipe, batch: Batch) -> Result<f64> {
        let state = &mut self.state;
        let window = recipe.window_at(state.progress.step);
        let (gradients, value) = self
            .training
            .gradients(&state.network, recipe, window, batch)?;
        let rate = recipe.rate(state.progress.step);
        // The optimiser takes the network and gives it back; tensors are shared, not copied.
        let network = state.network.clone();
        state.network = network.optimize(&mut state.optimizer, rate.into(), gradients);
        let decay = decay_at(recipe.average_decay, state.progress.step);
        state.average = blend(state.average.clone(), &state.network.valid(), decay);
        Ok(value)
    }

    fn predictor(&self, _recipe: &Recipe) -> Result<Box<Answer<'_>>> {
        let (average, device) = (&self.state.average, &self.device);
        let answer = move |input: &NetworkInput| -> Vec<f32> {
            let shape = [1, 1, input.rows, input.cols];
            let image =
                Tensor::<4>::from_data(TensorData::new(input.pixels.clone(), shape), device);
            let Logits(logits) = InferenceStep::step(average, image);
            let logits = logits.into_data().convert::<f32>();
            logits.try_into_vec().unwrap_or_default()
        };
        let stride = average.config.stride();
        Ok(Box::new(move |crop| score::predict(&answer, stride, crop)))
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        checkpoint::save(&self.state.average, folder, "best.bpk")
    }

    fn save(&self, folder: &Path) -> Result<()> {
        self.state.save(folder)
    }
}

/// These weights, and nothing done.
fn begin(recipe: &Recipe, network: Network) -> State {
    State {
        average: network.valid(),
        network,
        optimizer: AdamWConfig::new()
            .with_weight_decay(recipe.weight_decay)
            .with_epsilon(1e-8)
            .with_grad_clipping(Some(GradientClippingConfig::Norm(GRADIENT_NORM)))
            .init(),
        progress: Progress::default(),
    }
}
