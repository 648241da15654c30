//! The training loop: plain lines on standard error and a CSV, so that a run in the
//! background can be followed.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

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
use super::sample::{Batch, Sampler};
use super::score;
use crate::net::{Form, Network};

/// Steps between two lines of the log.
pub(crate) const LOG_EVERY: usize = 50;

/// Largest norm of a parameter's gradient.
pub(crate) const GRADIENT_NORM: f32 = 1.0;

/// Where a run happens.
#[derive(Debug)]
pub struct Place<'a> {
    /// Folder of checkpoints and logs.
    pub folder: &'a Path,
    /// Device without gradients.
    pub device: Device,
    /// Threads that make batches.
    pub loaders: usize,
    /// Stop after this step (to measure), though the schedule is longer.
    pub stop_after: Option<usize>,
    /// Folder of another run of the same network, whose weights and moments to begin
    /// with instead of random ones.
    pub start_from: Option<&'a Path>,
}

/// Trains to the recipe's end, going on from a checkpoint if the folder has one.
pub fn fit(
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    std::fs::create_dir_all(place.folder)?;
    let training = place.device.clone().autodiff();
    let mut state = fresh(recipe, &training);
    if place.folder.join("progress.json").exists() {
        state = state.load(place.folder)?;
        say(&format!("going on after step {}", state.progress.step));
    } else if let Some(other) = place.start_from {
        let progress = state.progress.clone();
        state = State {
            progress,
            ..state.load(other)?
        };
    }
    let mut log = Log::open(place.folder)?;
    let held_out = spread(validation, recipe.validation_crops);
    let end = place.stop_after.unwrap_or(recipe.steps).min(recipe.steps);
    let before = state.progress.seconds;
    let start = Instant::now();
    let mut losses = (0.0, 0_usize);
    let first = state.progress.step;
    for batch in Arc::new(sampler).stream(first, end, place.loaders) {
        let step = state.progress.step;
        let (next, loss) = advance(state, recipe, batch, &training)?;
        state = next;
        state.progress.step = step + 1;
        state.progress.seconds = before + start.elapsed().as_secs_f64();
        losses = (losses.0 + loss, losses.1 + 1);
        let done = state.progress.step;
        if done.is_multiple_of(LOG_EVERY) {
            let loss = losses.0 / losses.1.max(1) as f64;
            let each = start.elapsed().as_secs_f64() / (done - first) as f64;
            say(&format!(
                "step {done}/{end} loss {loss:.4} rate {:.2e} {:.0} ms/step, {:.1} min left",
                recipe.rate(step),
                each * 1e3,
                each * (end - done) as f64 / 60.0
            ));
            log.line(done, "train_loss", loss)?;
            losses = (0.0, 0);
        }
        if done.is_multiple_of(recipe.validate_every) || done == end {
            validate(&mut state, &held_out, place, &mut log)?;
            state.save(place.folder)?;
            if state.progress.since_best >= recipe.patience {
                say("no better for long enough: stopping");
                break;
            }
        }
    }
    Ok(state.progress)
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

/// One step, and its loss.
fn advance(state: State, recipe: &Recipe, batch: Batch, training: &Device) -> Result<(State, f64)> {
    let State {
        network,
        average,
        mut optimizer,
        progress,
    } = state;
    let window = recipe.window_at(progress.step);
    let shape = [recipe.batch, 1, window, window];
    let tensor =
        |values: Vec<f32>| Tensor::<4>::from_data(TensorData::new(values, shape), training);
    let (target, weight) = (tensor(batch.target), tensor(batch.weight));
    let heads = network.forward(tensor(batch.input));
    let (side, windows) = (recipe.side_head_weight, recipe.window_dice);
    let loss =
        over_heads(heads, &target, &weight, side, windows).context("the network has no head")?;
    let value = f64::from(loss.clone().into_scalar::<f32>());
    let gradients = GradientsParams::from_grads(loss.backward(), &network);
    let network = optimizer.step(recipe.rate(progress.step), network, gradients);
    // A long memory at the start would keep the random weights.
    let decay = recipe
        .average_decay
        .min((progress.step + 1) as f64 / (progress.step + 10) as f64);
    let average = blend(average, &network.valid(), decay);
    Ok((
        State {
            network,
            average,
            optimizer,
            progress,
        },
        value,
    ))
}

/// Scores the averaged weights; keeps them if none were better.
fn validate(state: &mut State, crops: &[&Crop], place: &Place<'_>, log: &mut Log) -> Result<()> {
    let average = &state.average;
    let predictions = crops
        .iter()
        .map(|&crop| (crop, score::predict(average, crop, &place.device)));
    let (threshold, dice) = score::best(&score::dice_by_threshold(predictions, 1.0));
    let progress = &mut state.progress;
    let better = progress.scored(dice, threshold);
    say(&format!(
        "validation after {}: Dice {dice:.4} at {threshold:.2}, best {:.4} after {}",
        progress.step, progress.best_dice, progress.best_step
    ));
    log.line(progress.step, "val_dice", dice)?;
    if better {
        checkpoint::save(&state.average, place.folder, "best.bpk")
    } else {
        Ok(())
    }
}

/// `count` of the crops with a target, evenly spread.
pub(crate) fn spread(crops: &[Crop], count: usize) -> Vec<&Crop> {
    let crops: Vec<&Crop> = crops
        .iter()
        .filter(|crop| crop.target_pixels() > 0)
        .collect();
    let count = count.min(crops.len());
    (0..count)
        .filter_map(|i| crops.get(i * crops.len() / count).copied())
        .collect()
}

/// `log.csv`: step, name, value.
pub(crate) struct Log(File);

impl Log {
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("log.csv");
        let new = !path.exists();
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if new {
            writeln!(file, "step,name,value")?;
        }
        Ok(Self(file))
    }

    pub(crate) fn line(&mut self, step: usize, name: &str, value: f64) -> Result<()> {
        Ok(writeln!(self.0, "{step},{name},{value:.6}")?)
    }
}

/// A line for whoever follows the run; a closed terminal must not end it.
pub(crate) fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").ok();
}
