//! The loop of every run, whatever computes it: steps, a log as CSV, validations, false
//! alarms looked for, checkpoints, and the end.
//!
//! burn-train gives the steps (`fit/step.rs`), what several devices make of one (`fit/shared.rs`),
//! the metrics and the display (`watch`). Its `Learner` is not used, nor its strategies. They go
//! through a data set in epochs and save between them; a run here draws windows for as long as it
//! lasts, and is resumed after any step: on a processor to the bit; cards add up in another order
//! every time. `TrainingStrategy::Custom` would let that stay; what would be lost (burn-train
//! 0.22.1):
//!
//! * Saving after any step. A `Learner` keeps its optimiser to itself. A `LearningCheckpointer`
//!   alone can write it, which asks for an `EventStoreClient`, which only a launched training has; it
//!   writes weights, optimiser and schedule by a thread each, and says nothing when they are done.
//!   With `whole` the moving average and the progress are there with the rest, or nothing is.
//! * Errors. A checkpoint that cannot be read back is a panic there.
//! * One loop. `launch` wants data loaders, a renderer and an event processor with threads of its
//!   own, and a strategy that borrows nothing: all of that would stand around the same loop, and
//!   libtorch, which is no burn module, would have another.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use burn::tensor::Device;

use super::checkpoint::{Progress, Unlogged};
use super::crops::Crop;
use super::hard::{self, FalseAlarm};
use super::loader::Loader;
use super::log::{FALSE_ALARMS, Log};
use super::recipe::Recipe;
use super::same;
use super::sample::{Batch, Sampler};
use super::score::{self, Prediction};
use super::watch::{Steps, Validation, Watcher, watcher};

/// Steps between two lines of the log.
const LOG_EVERY: usize = 50;

/// Largest norm of a gradient: with burn, of each tensor's; with libtorch, of all together.
pub(crate) const GRADIENT_NORM: f32 = 1.0;

/// Where a run happens.
#[derive(Debug)]
pub struct Place<'a> {
    /// Folder of checkpoints and logs.
    pub folder: &'a Path,
    /// Device without gradients.
    pub device: Device,
    /// More of the same kind, which share every batch with it.
    pub beside: Vec<Device>,
    /// Threads that make batches.
    pub loaders: usize,
    /// Save and stop after this step, though the schedule is longer.
    pub stop_after: Option<usize>,
    /// Save and stop after this time, to go on another day.
    pub stop_after_minutes: Option<f64>,
    /// Folder of another run, or a published weight file, whose weights to begin with
    /// instead of random ones.
    pub start_from: Option<&'a Path>,
    /// Folders of runs whose networks are learnt from (libtorch only).
    pub teachers: Vec<PathBuf>,
}

/// A network in training on some device.
pub trait Trainee {
    /// Where it stands.
    fn progress(&mut self) -> &mut Progress;
    /// One step; its loss. The step is counted by the loop.
    fn advance(&mut self, recipe: &Recipe, batch: Batch) -> Result<f64>;
    /// What the averaged weights answer for a crop.
    fn predictor(&self, recipe: &Recipe) -> Result<Box<Answer<'_>>>;
    /// Writes the averaged weights as the best so far.
    fn keep(&self, folder: &Path) -> Result<()>;
    /// Writes everything that going on needs.
    fn save(&self, folder: &Path) -> Result<()>;
}

/// A crop's prediction.
pub type Answer<'a> = dyn Fn(&Crop) -> Prediction + 'a;

/// Trains from where `trainee` stands to the recipe's end.
///
/// # Errors
/// A run in the folder that was begun with another recipe (but for `patience`), other data, other
/// first weights or other teachers; a loss that is no number; what the disk says.
pub fn run(
    mut trainee: impl Trainee,
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    let data = sampler.crops().iter().chain(validation);
    same::check(recipe, data, place, trainee.progress().step > 0)?;
    let (first, before) = (trainee.progress().step, trainee.progress().seconds);
    let end = place.stop_after.unwrap_or(recipe.steps).min(recipe.steps);
    let mut run = Run {
        recipe,
        place,
        held_out: spread(validation, recipe.validation_crops),
        log: Log::open(place.folder, first)?,
        watcher: watcher(first, end),
        end,
        first,
        before,
        start: Instant::now(),
        aside: Duration::ZERO,
    };
    if !recipe.can_stop_early() {
        run.watcher.note(&format!(
            "\"patience\" is {} and there are {} validations: the run goes on to its end, however they are",
            recipe.patience,
            recipe.validations()
        ));
    }
    let mut sampler = sampler;
    if first > 0 && trainee.progress().since_best >= recipe.patience {
        run.watcher
            .note("it was no better for long enough before: nothing is left to do");
        return Ok(trainee.progress().clone());
    }
    while trainee.progress().step < run.end {
        let step = trainee.progress().step;
        if let Some(after) = hard::mined_after(recipe, step) {
            let alarms = run.false_alarms(&trainee, &sampler, step, after)?;
            sampler = sampler.with_hard(alarms);
        }
        let until = hard::next_after(recipe, step).min(run.end);
        if run.stretch(&mut trainee, &sampler, until)? {
            break;
        }
    }
    Ok(trainee.progress().clone())
}

/// A run's surroundings.
struct Run<'a> {
    recipe: &'a Recipe,
    place: &'a Place<'a>,
    /// Crops of the validations.
    held_out: Vec<&'a Crop>,
    log: Log,
    watcher: Box<dyn Watcher>,
    /// Where it ends, and where it began: steps, and seconds of training.
    end: usize,
    first: usize,
    before: f64,
    start: Instant,
    /// What validations and looking for false alarms took since then: no part of a step.
    aside: Duration,
}

impl Run<'_> {
    /// Steps up to `until`; whether the run is over before its end.
    fn stretch(
        &mut self,
        trainee: &mut impl Trainee,
        sampler: &Sampler,
        until: usize,
    ) -> Result<bool> {
        let from = trainee.progress().step;
        let sampler = Arc::new(sampler.clone());
        let mut loader = Loader::new(&sampler, from, until, self.place.loaders);
        for step in from..until {
            let batch = loader.next().context("a loader thread has ended")?;
            let waited = loader.take_waited();
            let loss = trainee.advance(self.recipe, batch)?;
            // Every weight is as good as lost then, and the last checkpoint must stay.
            ensure!(
                loss.is_finite(),
                "the loss of step {} is {loss}: the run ends here, and its last checkpoint is of before",
                step + 1
            );
            let done = step + 1;
            let progress = trainee.progress();
            progress.step = done;
            progress.seconds = self.before + self.start.elapsed().as_secs_f64();
            progress.unlogged.add(loss, waited);
            if done.is_multiple_of(LOG_EVERY) {
                let unlogged = std::mem::take(&mut progress.unlogged);
                self.line(done, unlogged)?;
            }
            let stop = self.watcher.wants_to_stop() || self.out_of_time();
            // Not where a run is only made to stop: one that goes on there would have had a
            // validation too many.
            let due = done.is_multiple_of(self.recipe.validate_every) || done == self.recipe.steps;
            if due {
                self.validate(trainee)?;
            }
            if due || stop || done == self.end {
                trainee.save(self.place.folder)?;
            }
            if due && trainee.progress().since_best >= self.recipe.patience {
                self.watcher.note("no better for long enough: stopping");
                return Ok(true);
            }
            if stop {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn out_of_time(&self) -> bool {
        let minutes = self.start.elapsed().as_secs_f64() / 60.0;
        self.place
            .stop_after_minutes
            .is_some_and(|most| minutes >= most)
    }

    /// A line of the log.
    fn line(&mut self, done: usize, unlogged: Unlogged) -> Result<()> {
        let (loss, waited) = unlogged.means();
        let stepping = self.start.elapsed().saturating_sub(self.aside);
        self.watcher.steps(Steps {
            done,
            end: self.end,
            loss,
            learning_rate: self.recipe.rate(done - 1),
            seconds_per_step: stepping.as_secs_f64() / (done - self.first) as f64,
            seconds_waited: waited,
        });
        self.log.steps(done, loss, waited)
    }

    /// Scores the averaged weights; keeps them if none were better.
    fn validate(&mut self, trainee: &mut impl Trainee) -> Result<()> {
        let begin = Instant::now();
        let predict = trainee.predictor(self.recipe)?;
        let answers = self.held_out.iter().map(|&crop| (crop, predict(crop)));
        let (threshold, dice) = score::best(&score::dice_by_threshold(answers, 1.0));
        drop(predict);
        self.aside += begin.elapsed();
        let progress = trainee.progress();
        let better = progress.scored(dice, threshold);
        self.watcher.validation(Validation {
            step: progress.step,
            dice,
            threshold,
            best_dice: progress.best_dice,
            best_step: progress.best_step,
        });
        self.log.line(progress.step, "val_dice", dice)?;
        if better {
            trainee.keep(self.place.folder)
        } else {
            Ok(())
        }
    }

    /// The false alarms in use at `step`: looked for now, if it is time, or read back.
    fn false_alarms(
        &mut self,
        trainee: &impl Trainee,
        sampler: &Sampler,
        step: usize,
        after: usize,
    ) -> Result<Vec<FalseAlarm>> {
        let file = hard::file(self.place.folder, after);
        if step != after {
            return hard::read(&file, sampler.crops());
        }
        let begin = Instant::now();
        let slices = sampler.slices();
        let empty = sampler.without_target();
        let chosen = hard::chosen(self.recipe, after, slices.start, empty, slices.len());
        let predict = trainee.predictor(self.recipe)?;
        let alarms: Vec<FalseAlarm> = chosen
            .iter()
            .filter_map(|&at| Some((at, sampler.crops().get(at)?)))
            .flat_map(|(at, crop)| hard::find(at, crop, &predict(crop)))
            .collect();
        self.aside += begin.elapsed();
        let is_empty = |at: usize| empty.binary_search(&at).is_ok() || slices.contains(&at);
        let (searched, found) = (
            chosen.iter().filter(|&&at| is_empty(at)).count(),
            alarms.iter().filter(|alarm| is_empty(alarm.crop)).count(),
        );
        self.watcher.note(&format!(
            "{} false alarms in {} training crops after {after}, {found} of them in the {searched} crops without a target and whole slices",
            alarms.len(),
            chosen.len()
        ));
        self.log.line(after, FALSE_ALARMS, alarms.len() as f64)?;
        hard::write(&file, &alarms)?;
        Ok(alarms)
    }
}

/// `count` of the crops with a target, evenly spread.
fn spread(crops: &[Crop], count: usize) -> Vec<&Crop> {
    let crops: Vec<&Crop> = crops
        .iter()
        .filter(|crop| crop.target_pixels() > 0)
        .collect();
    let count = count.min(crops.len());
    (0..count)
        .filter_map(|i| crops.get(i * crops.len() / count).copied())
        .collect()
}
