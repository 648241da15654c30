//! The loop of every run, whatever computes it: plain lines on standard error and a CSV, so
//! that a run in the background can be followed, checkpoints, and the end.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use burn::tensor::Device;

use super::checkpoint::Progress;
use super::crops::Crop;
use super::recipe::Recipe;
use super::sample::{Batch, Sampler};
use super::score;

/// Steps between two lines of the log.
const LOG_EVERY: usize = 50;

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

/// A network in training on some device.
pub(crate) trait Trainee {
    /// Where it stands.
    fn progress(&mut self) -> &mut Progress;
    /// One step; its loss. The step is counted by the loop.
    fn advance(&mut self, recipe: &Recipe, batch: Batch) -> Result<f64>;
    /// Mean Dice of the averaged weights by threshold.
    fn dice(&self, recipe: &Recipe, crops: &[&Crop]) -> Result<Vec<(f32, f64)>>;
    /// Writes the averaged weights as the best so far.
    fn keep(&self, folder: &Path) -> Result<()>;
    /// Writes everything that going on needs.
    fn save(&self, folder: &Path) -> Result<()>;
}

/// Trains from where `trainee` stands to the recipe's end.
pub(crate) fn run(
    mut trainee: impl Trainee,
    recipe: &Recipe,
    sampler: Sampler,
    validation: &[Crop],
    place: &Place<'_>,
) -> Result<Progress> {
    std::fs::create_dir_all(place.folder)?;
    std::fs::write(
        place.folder.join("recipe.json"),
        serde_json::to_string_pretty(recipe)?,
    )?;
    let mut log = Log::open(place.folder)?;
    let held_out = spread(validation, recipe.validation_crops);
    let end = place.stop_after.unwrap_or(recipe.steps).min(recipe.steps);
    let (first, before) = (trainee.progress().step, trainee.progress().seconds);
    if first > 0 {
        say(&format!("going on after step {first}"));
    }
    let start = Instant::now();
    let mut losses = (0.0, 0_usize);
    for (step, batch) in (first..).zip(Arc::new(sampler).stream(first, end, place.loaders)) {
        losses = (losses.0 + trainee.advance(recipe, batch)?, losses.1 + 1);
        let done = step + 1;
        trainee.progress().step = done;
        trainee.progress().seconds = before + start.elapsed().as_secs_f64();
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
            validate(&mut trainee, recipe, &held_out, place, &mut log)?;
            trainee.save(place.folder)?;
            if trainee.progress().since_best >= recipe.patience {
                say("no better for long enough: stopping");
                break;
            }
        }
    }
    Ok(trainee.progress().clone())
}

/// Scores the averaged weights; keeps them if none were better.
fn validate(
    trainee: &mut impl Trainee,
    recipe: &Recipe,
    crops: &[&Crop],
    place: &Place<'_>,
    log: &mut Log,
) -> Result<()> {
    let (threshold, dice) = score::best(&trainee.dice(recipe, crops)?);
    let progress = trainee.progress();
    let better = progress.scored(dice, threshold);
    say(&format!(
        "validation after {}: Dice {dice:.4} at {threshold:.2}, best {:.4} after {}",
        progress.step, progress.best_dice, progress.best_step
    ));
    log.line(progress.step, "val_dice", dice)?;
    if better {
        trainee.keep(place.folder)
    } else {
        Ok(())
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

/// `log.csv`: step, name, value.
struct Log(File);

impl Log {
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join("log.csv");
        let new = !path.exists();
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if new {
            writeln!(file, "step,name,value")?;
        }
        Ok(Self(file))
    }

    fn line(&mut self, step: usize, name: &str, value: f64) -> Result<()> {
        Ok(writeln!(self.0, "{step},{name},{value:.6}")?)
    }
}

/// A line for whoever follows the run; a closed terminal must not end it.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").ok();
}
