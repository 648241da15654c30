//! The training loop.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use tch::{Kind, Tensor};

use super::graph::Graph;
use super::loss::over_heads;
use super::state::State;
use burn::module::Module;

use crate::analysis::preprocess::NetworkInput;
use crate::net::{Form, Network};
use crate::train::checkpoint::{self, Progress, load_network};
use crate::train::crops::Crop;
use crate::train::fit::{GRADIENT_NORM, LOG_EVERY, Log, Place, say, spread};
use crate::train::nest::nest;
use crate::train::recipe::Recipe;
use crate::train::sample::{Batch, Sampler};
use crate::train::score;

/// Trains to the recipe's end, going on from a checkpoint if the folder has one.
pub fn fit(
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    std::fs::create_dir_all(place.folder)?;
    let mut state = begin(recipe, place)?;
    std::fs::write(
        place.folder.join("recipe.json"),
        serde_json::to_string_pretty(recipe)?,
    )?;
    let mut log = Log::open(place.folder)?;
    let held_out = spread(validation, recipe.validation_crops);
    let end = place.stop_after.unwrap_or(recipe.steps).min(recipe.steps);
    let before = state.progress.seconds;
    let start = Instant::now();
    let mut losses = (0.0, 0_usize);
    let first = state.progress.step;
    for batch in Arc::new(sampler).stream(first, end, place.loaders) {
        let step = state.progress.step;
        losses = (
            losses.0 + advance(&mut state, recipe, &batch)?,
            losses.1 + 1,
        );
        state.progress.seconds = before + start.elapsed().as_secs_f64();
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
            validate(&mut state, recipe, &held_out, place, &mut log)?;
            state.save(place.folder)?;
            if state.progress.since_best >= recipe.patience {
                say("no better for long enough: stopping");
                break;
            }
        }
    }
    Ok(state.progress)
}

/// Random weights, those of another run, or the checkpoint.
fn begin(recipe: &Recipe, place: &Place<'_>) -> Result<State> {
    place.device.seed(recipe.seed);
    let network = match place.start_from {
        Some(folder) => start_from(folder, recipe, place)?,
        None => Network::new(recipe.network, Form::Training, &place.device).materialize(),
    };
    let mut state = State::new(&network, Progress::default())?;
    if place.folder.join("progress.json").exists() {
        state.load(place.folder)?;
        say(&format!("going on after step {}", state.progress.step));
    }
    Ok(state)
}

/// The averaged network of another run; a U-Net's, where this one is a U-Net++, inside
/// fresh weights.
fn start_from(folder: &Path, recipe: &Recipe, place: &Place<'_>) -> Result<Network> {
    let text = std::fs::read_to_string(folder.join("recipe.json"))?;
    let other: Recipe = serde_json::from_str(&text).context("recipe.json is not readable")?;
    let found = load_network(folder, "average.bpk", &other, &place.device)?;
    if other.network == recipe.network {
        return Ok(found);
    }
    ensure!(
        (other.network.width, other.network.depth) == (recipe.network.width, recipe.network.depth),
        "the other run's network has another size"
    );
    let fresh = Network::new(recipe.network, Form::Training, &place.device).materialize();
    Ok(nest(fresh, &found))
}

/// One step, and its loss. Each of [`PARTS`] threads takes a part of the batch: one
/// meeting a step costs less than one an operation, above all on a busy machine.
fn advance(state: &mut State, recipe: &Recipe, batch: &Batch) -> Result<f64> {
    let window = recipe.window_at(state.progress.step);
    let edge = window as i64;
    let each = (recipe.batch / PARTS).max(1) * window * window;
    let parts = batch.input.chunks(each).zip(batch.target.chunks(each));
    let parts = parts.zip(batch.weight.chunks(each)).enumerate();
    let replicas: Vec<Replica> = parts
        .map(|(at, ((input, target), weight))| {
            let tensor = |values: &[f32]| Tensor::from_slice(values).view([-1, 1, edge, edge]);
            let (leaf, graph) = state.replica(at == 0)?;
            Ok(Replica {
                leaf,
                graph,
                batch: [tensor(input), tensor(target), tensor(weight)],
            })
        })
        .collect::<Result<_>>()?;
    let (side, windows) = (recipe.side_head_weight, recipe.window_dice);
    let answers = std::thread::scope(|scope| {
        let threads: Vec<_> = replicas
            .into_iter()
            .map(|replica| scope.spawn(move || replica.run(f64::from(side), f64::from(windows))))
            .collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.collect::<Vec<_>>()
    });
    let (mut gradients, mut losses) = (Vec::new(), 0.0);
    for answer in answers {
        let (gradient, loss) = answer
            .ok()
            .flatten()
            .context("a part of the batch could not be computed")?;
        gradients.push(gradient);
        losses += loss;
    }
    let count = gradients.len() as f64;
    let gradient = Tensor::stack(&gradients, 0).mean_dim(0, false, Kind::Float);
    state.step(
        &gradient,
        recipe.rate(state.progress.step),
        f64::from(recipe.weight_decay),
        f64::from(GRADIENT_NORM),
        recipe.average_decay,
    );
    Ok(losses / count)
}

/// Threads of a step.
const PARTS: usize = 2;

/// One thread's copy of the network and its part of the batch.
struct Replica {
    leaf: Tensor,
    graph: Graph,
    /// Input, target, weight.
    batch: [Tensor; 3],
}

impl Replica {
    /// The gradient of the flat weights, and the loss.
    fn run(self, side: f64, windows: f64) -> Option<(Tensor, f64)> {
        let [input, target, weight] = &self.batch;
        let heads = self.graph.forward(input, true);
        let loss = over_heads(&heads, target, weight, side, windows)?;
        loss.backward();
        Some((self.leaf.grad(), loss.double_value(&[])))
    }
}

/// Scores the averaged weights; keeps them if none were better.
fn validate(
    state: &mut State,
    recipe: &Recipe,
    crops: &[&Crop],
    place: &Place<'_>,
    log: &mut Log,
) -> Result<()> {
    let graph = state.averaged(Kind::Float)?;
    let answer = |input: &NetworkInput| -> Vec<f32> {
        let shape = [1, 1, input.rows as i64, input.cols as i64];
        let image = Tensor::from_slice(&input.pixels).view(shape);
        let last = tch::no_grad(|| graph.forward(&image, false)).pop();
        last.and_then(|logits| Vec::<f32>::try_from(logits.flatten(0, -1)).ok())
            .unwrap_or_default()
    };
    let stride = recipe.network.stride();
    let predictions = crops
        .iter()
        .map(|&crop| (crop, score::predict_by(&answer, stride, crop)));
    let scored = score::dice_by_threshold(predictions, 1.0);
    let (threshold, dice) = score::best(&scored);
    let progress = &mut state.progress;
    let better = progress.scored(dice, threshold);
    say(&format!(
        "validation after {}: Dice {dice:.4} at {threshold:.2}, best {:.4} after {}",
        progress.step, progress.best_dice, progress.best_step
    ));
    log.line(progress.step, "val_dice", dice)?;
    if better {
        checkpoint::save(&state.network()?, place.folder, "best.bpk")?;
    }
    Ok(())
}
