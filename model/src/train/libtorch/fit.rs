//! Training with libtorch.

use std::path::Path;

use anyhow::{Context, Result};
use tch::{Cuda, Device, Kind, Tensor};

use super::graph::Graph;
use super::loss::{Marks, over_heads};
use super::state::{self, State};
use super::teach::Teachers;
use crate::analysis::preprocess::NetworkInput;
use crate::train::checkpoint::{self, Progress};
use crate::train::crops::Crop;
use crate::train::loss::Terms;
use crate::train::recipe::Recipe;
use crate::train::run::{Answer, GRADIENT_NORM, Place, Trainee, run};
use crate::train::same;
use crate::train::sample::{Batch, Sampler};
use crate::train::score;
use crate::train::start::start;

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
    device: Device,
) -> Result<Progress> {
    let learner = Learner {
        state: begin(recipe, &sampler, place, device)?,
        teachers: Teachers::load(&place.teachers, &place.device, device)?,
    };
    run(learner, recipe, sampler, validation, place)
}

/// A network in training and those it learns from beside the readers' marks.
struct Learner {
    state: State,
    teachers: Teachers,
}

impl Trainee for Learner {
    fn progress(&mut self) -> &mut Progress {
        &mut self.state.progress
    }

    fn advance(&mut self, recipe: &Recipe, batch: Batch) -> Result<f64> {
        advance(&mut self.state, &self.teachers, recipe, &batch)
    }

    fn predictor(&self, recipe: &Recipe) -> Result<Box<Answer<'_>>> {
        let graph = self.state.averaged(Kind::Float)?;
        let device = self.state.device();
        let stride = recipe.network.stride();
        let answer = move |input: &NetworkInput| -> Vec<f32> {
            let shape = [1, 1, input.rows as i64, input.cols as i64];
            let image = Tensor::from_slice(&input.pixels)
                .view(shape)
                .to_device(device);
            // Crops differ in size: looking for the fastest kernels of each would take longer.
            Cuda::cudnn_set_benchmark(false);
            let last = tch::no_grad(|| graph.forward(&image, false)).pop();
            last.and_then(|logits| state::read(&logits).ok())
                .unwrap_or_default()
        };
        Ok(Box::new(move |crop| score::predict(&answer, stride, crop)))
    }

    fn keep(&self, folder: &Path) -> Result<()> {
        checkpoint::save(&self.state.network()?, folder, "best.bpk")
    }

    fn save(&self, folder: &Path) -> Result<()> {
        self.state.save(folder)
    }
}

/// Random weights, those of another run, or the checkpoint.
fn begin(recipe: &Recipe, sampler: &Sampler, place: &Place<'_>, device: Device) -> Result<State> {
    let goes_on = Progress::is_left(place.folder)?;
    if goes_on {
        same::check_recipe(recipe, place.folder)?;
    }
    let network = start(recipe, sampler, place.start_from, &place.device)?;
    let mut state = State::new(&network, Progress::default(), device)?;
    if goes_on {
        state.load(place.folder)?;
    }
    Ok(state)
}

/// One step, and its loss. On the CPU each of [`PARTS`] threads takes a part of the batch:
/// one meeting a step costs less than one an operation, above all on a busy machine. A
/// graphics card takes the batch whole.
fn advance(state: &mut State, teachers: &Teachers, recipe: &Recipe, batch: &Batch) -> Result<f64> {
    let window = recipe.window_at(state.progress.step);
    let edge = window as i64;
    let device = state.device();
    let count = if device.is_cuda() { 1 } else { PARTS };
    let each = recipe.batch.div_ceil(count) * window * window;
    let parts = batch.input.chunks(each).zip(batch.target.chunks(each));
    let parts = parts.zip(batch.weight.chunks(each)).enumerate();
    let replicas: Vec<Replica> = parts
        .map(|(at, ((input, target), weight))| {
            let tensor = |values: &[f32]| {
                let tensor = Tensor::from_slice(values).view([-1, 1, edge, edge]);
                tensor.to_device(device)
            };
            let (leaf, graph) = state.replica(at == 0)?;
            let input = tensor(input);
            Ok(Replica {
                share: target.len() as f64 / batch.target.len() as f64,
                leaf,
                graph,
                taught: teachers.answer(&input),
                input,
                target: tensor(target),
                weight: tensor(weight),
            })
        })
        .collect::<Result<_>>()?;
    Cuda::cudnn_set_benchmark(true);
    let terms = recipe.terms();
    let answers = if device.is_cuda() {
        // libtorch keeps what it knows of the card by thread: a new one would begin anew.
        replicas.into_iter().map(|it| it.run(terms)).collect()
    } else {
        at_once(replicas, terms)
    };
    let answers: Option<Vec<(Tensor, Tensor)>> = answers.into_iter().collect();
    let answers = answers.context("a part of the batch could not be computed")?;
    let (gradients, losses): (Vec<Tensor>, Vec<Tensor>) = answers.into_iter().unzip();
    let gradient = Tensor::stack(&gradients, 0).sum_dim_intlist(0, false, Kind::Float);
    state.step(
        &gradient,
        recipe.rate(state.progress.step),
        f64::from(recipe.weight_decay),
        f64::from(GRADIENT_NORM),
        recipe.average_decay,
    );
    Ok(Tensor::stack(&losses, 0).sum(Kind::Float).double_value(&[]))
}

/// Every part by a thread of its own.
fn at_once(parts: Vec<Replica>, terms: Terms) -> Vec<Option<(Tensor, Tensor)>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || part.run(terms)))
            .collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|part| part.ok().flatten()).collect()
    })
}

/// Threads of a step on the CPU.
const PARTS: usize = 2;

/// One thread's copy of the network and its part of the batch.
struct Replica {
    /// How much of the batch it is: of an odd one the parts are unequal.
    share: f64,
    leaf: Tensor,
    graph: Graph,
    input: Tensor,
    target: Tensor,
    weight: Tensor,
    /// What the teachers say of it, if there are any.
    taught: Option<Tensor>,
}

impl Replica {
    /// What the part adds to the gradient of the flat weights, and to the loss.
    fn run(self, terms: Terms) -> Option<(Tensor, Tensor)> {
        let heads = self.graph.forward(&self.input, true);
        let marks = Marks {
            target: &self.target,
            weight: &self.weight,
            taught: self.taught.as_ref(),
        };
        let loss = over_heads(&heads, &marks, terms)? * self.share;
        loss.backward();
        Some((self.leaf.grad(), loss.detach()))
    }
}
