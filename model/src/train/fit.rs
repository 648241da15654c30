//! Training with burn, on any of its devices.

use std::path::Path;

use anyhow::{Context, Result};
use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};

use super::average::blend;
use super::checkpoint::{self, Progress, State};
use super::crops::Crop;
use super::loss::over_heads;
use super::recipe::Recipe;
use super::run::{GRADIENT_NORM, Place, Trainee, run};
use super::sample::{Batch, Sampler};
use super::score;
use crate::net::{Form, Network};

/// Trains to the recipe's end, going on from a checkpoint if the folder has one.
pub fn fit(
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    let training = place.device.clone().autodiff();
    let mut state = fresh(recipe, &training);
    if place.folder.join("progress.json").exists() {
        state = state.load(place.folder)?;
    } else if let Some(other) = place.start_from {
        let progress = state.progress.clone();
        state = State {
            progress,
            ..state.load(other)?
        };
    }
    let burning = Burning {
        state,
        training,
        device: place.device.clone(),
    };
    run(burning, recipe, sampler, validation, place)
}

/// A run on a device of burn's.
struct Burning {
    state: State,
    /// Device with gradients.
    training: Device,
    device: Device,
}

impl Trainee for Burning {
    fn progress(&mut self) -> &mut Progress {
        &mut self.state.progress
    }

    fn advance(&mut self, recipe: &Recipe, batch: Batch) -> Result<f64> {
        let state = &mut self.state;
        let window = recipe.window_at(state.progress.step);
        let shape = [recipe.batch, 1, window, window];
        let tensor = |values: Vec<f32>| {
            Tensor::<4>::from_data(TensorData::new(values, shape), &self.training)
        };
        let (target, weight) = (tensor(batch.target), tensor(batch.weight));
        let heads = state.network.forward(tensor(batch.input));
        let (side, windows) = (recipe.side_head_weight, recipe.window_dice);
        let loss = over_heads(heads, &target, &weight, side, windows)
            .context("the network has no head")?;
        let value = f64::from(loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &state.network);
        let rate = recipe.rate(state.progress.step);
        // The optimiser takes the network and gives it back; tensors are shared, not copied.
        state.network = state.optimizer.step(rate, state.network.clone(), gradients);
        // A long memory at the start would keep the random weights.
        let done = state.progress.step as f64;
        let decay = recipe.average_decay.min((done + 1.0) / (done + 10.0));
        state.average = blend(state.average.clone(), &state.network.valid(), decay);
        Ok(value)
    }

    fn dice(&self, _recipe: &Recipe, crops: &[&Crop]) -> Result<Vec<(f32, f64)>> {
        let average = &self.state.average;
        let predictions = crops
            .iter()
            .map(|&crop| (crop, score::predict(average, crop, &self.device)));
        Ok(score::dice_by_threshold(predictions, 1.0))
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        checkpoint::save(&self.state.average, folder, "best.bpk")
    }

    fn save(&self, folder: &Path) -> Result<()> {
        self.state.save(folder)
    }
}

/// Random weights and nothing done.
fn fresh(recipe: &Recipe, training: &Device) -> State {
    training.seed(recipe.seed);
    let network = Network::new(recipe.network, Form::Training, training).materialize();
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
