//! Training with libtorch.

use std::path::Path;

use anyhow::{Context, Result};
use tch::{Kind, Tensor};

use super::graph::Graph;
use super::loss::over_heads;
use super::state::State;
use crate::analysis::preprocess::NetworkInput;
use crate::train::checkpoint::{self, Progress};
use crate::train::crops::Crop;
use crate::train::loss::Terms;
use crate::train::recipe::Recipe;
use crate::train::run::{Answer, GRADIENT_NORM, Place, Trainee, run};
use crate::train::sample::{Batch, Sampler};
use crate::train::score;
use crate::train::start::start;

/// Trains to the recipe's end, going on from a checkpoint if the folder has one.
pub fn fit(
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    let state = begin(recipe, &sampler, place)?;
    run(state, recipe, sampler, validation, place)
}

impl Trainee for State {
    fn progress(&mut self) -> &mut Progress {
        &mut self.progress
    }

    fn advance(&mut self, recipe: &Recipe, batch: Batch) -> Result<f64> {
        advance(self, recipe, &batch)
    }

    fn predictor(&self, recipe: &Recipe) -> Result<Box<Answer<'_>>> {
        let graph = self.averaged(Kind::Float)?;
        let stride = recipe.network.stride();
        let answer = move |input: &NetworkInput| -> Vec<f32> {
            let shape = [1, 1, input.rows as i64, input.cols as i64];
            let image = Tensor::from_slice(&input.pixels).view(shape);
            let last = tch::no_grad(|| graph.forward(&image, false)).pop();
            last.and_then(|logits| Vec::<f32>::try_from(logits.flatten(0, -1)).ok())
                .unwrap_or_default()
        };
        Ok(Box::new(move |crop| {
            score::predict_by(&answer, stride, crop)
        }))
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        checkpoint::save(&self.network()?, folder, "best.bpk")
    }

    fn save(&self, folder: &Path) -> Result<()> {
        self.save(folder)
    }
}

/// Random weights, those of another run, or the checkpoint.
fn begin(recipe: &Recipe, sampler: &Sampler, place: &Place<'_>) -> Result<State> {
    let network = start(recipe, sampler, place.start_from, &place.device)?;
    let mut state = State::new(&network, Progress::default())?;
    if place.folder.join("progress.json").exists() {
        state.load(place.folder)?;
    }
    Ok(state)
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
    let terms = recipe.terms();
    let answers = std::thread::scope(|scope| {
        let threads: Vec<_> = replicas
            .into_iter()
            .map(|replica| scope.spawn(move || replica.run(terms)))
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
    fn run(self, terms: Terms) -> Option<(Tensor, f64)> {
        let [input, target, weight] = &self.batch;
        let heads = self.graph.forward(input, true);
        let loss = over_heads(&heads, target, weight, terms)?;
        loss.backward();
        Some((self.leaf.grad(), loss.double_value(&[])))
    }
}
