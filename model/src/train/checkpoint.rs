//! What a run leaves in its folder: enough to go on exactly where it stopped.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::recipe::Recipe;
use super::whole;
use crate::net::Network;

/// Where a run stands.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Highest validation Dice so far, at its best threshold.
    pub best_dice: f64,
    /// That threshold.
    pub best_threshold: f32,
    /// Step of the highest Dice.
    pub best_step: usize,
    /// Validations since.
    pub since_best: usize,
    /// Seconds of training so far.
    pub seconds: f64,
    /// What the log has no line of yet; runs saved by earlier versions do not say.
    #[serde(default)]
    pub unlogged: Unlogged,
}

/// Sums over the steps since the last line of the log.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Unlogged {
    steps: usize,
    loss: f64,
    waited_seconds: f64,
}

impl Unlogged {
    /// Another step, its loss, and how long it waited for its windows.
    pub(super) fn add(&mut self, loss: f64, waited: Duration) {
        self.steps += 1;
        self.loss += loss;
        self.waited_seconds += waited.as_secs_f64();
    }

    /// Mean loss, and mean wait in seconds.
    pub(super) fn means(self) -> (f64, f64) {
        let steps = self.steps.max(1) as f64;
        (self.loss / steps, self.waited_seconds / steps)
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            step: 0,
            best_dice: 0.0,
            best_threshold: 0.5,
            best_step: 0,
            since_best: 0,
            seconds: 0.0,
            unlogged: Unlogged::default(),
        }
    }
}

/// The file of [`Progress`] in a run's folder.
const PROGRESS: &str = "progress.json";

impl Progress {
    /// Whether a run has left a checkpoint in its folder. One that was broken off while it was put
    /// in its place is there after this.
    ///
    /// # Errors
    /// What the disk says.
    pub fn is_left(folder: &Path) -> Result<bool> {
        whole::settle(folder)?;
        Ok(folder.join(PROGRESS).exists())
    }

    pub(super) fn save(&self, folder: &Path) -> Result<()> {
        let progress = serde_json::to_string_pretty(self)?;
        std::fs::write(folder.join(PROGRESS), progress).context("writing progress.json")
    }

    pub(super) fn load(folder: &Path) -> Result<Self> {
        let progress = std::fs::read_to_string(folder.join(PROGRESS));
        Ok(serde_json::from_str(
            &progress.context("reading progress.json")?,
        )?)
    }

    /// Takes note of a validation; whether it was the best so far.
    pub fn scored(&mut self, dice: f64, threshold: f32) -> bool {
        self.since_best += 1;
        let better = dice > self.best_dice;
        if better {
            (self.best_dice, self.best_threshold) = (dice, threshold);
            (self.best_step, self.since_best) = (self.step, 0);
        }
        better
    }
}

/// A run in memory.
pub struct State {
    /// The weights being trained.
    pub network: Network,
    /// Their moving average, without gradients.
    pub average: Network,
    /// `AdamW` and its moments.
    pub optimizer: ModuleOptimizer,
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
    /// Writes the whole state, in the place of the one before.
    ///
    /// # Errors
    /// What the disk says; the state before is still there then.
    pub fn save(&self, folder: &Path) -> Result<()> {
        whole::write(folder, |part| {
            save(&self.network, part, "network.bpk")?;
            save(&self.average, part, "average.bpk")?;
            self.optimizer
                .save(part.join("optimizer.bpk"))
                .context("writing the optimizer")?;
            self.progress.save(part)
        })
    }

    /// Reads back what [`State::save`] wrote into a fresh state.
    ///
    /// # Errors
    /// A file is missing, cannot be read, or is another network's.
    pub fn load(self, folder: &Path) -> Result<Self> {
        Ok(Self {
            network: self
                .network
                .try_load_file(folder.join("network.bpk"))
                .context("reading network.bpk")?,
            average: self
                .average
                .try_load_file(folder.join("average.bpk"))
                .context("reading average.bpk")?,
            optimizer: self
                .optimizer
                .load(folder.join("optimizer.bpk"))
                .context("reading optimizer.bpk")?,
            progress: Progress::load(folder)?,
        })
    }
}

/// Writes a network as `name`. burn makes the file under another name first: it is there whole or
/// not at all.
///
/// # Errors
/// What the disk says.
pub fn save(network: &Network, folder: &Path, name: &str) -> Result<()> {
    network
        .clone()
        .save_file(folder.join(name))
        .with_context(|| format!("writing {name}"))
}

/// The averaged network that a run left as `name` (`best.bpk`, `average.bpk`).
///
/// # Errors
/// The file is missing, cannot be read, or is another network's.
pub fn load_network(
    folder: &Path,
    name: &str,
    recipe: &Recipe,
    device: &Device,
) -> Result<Network> {
    Network::new(recipe.network, recipe.form(), device)
        .try_load_file(folder.join(name))
        .with_context(|| format!("reading {name} in {}", folder.display()))
}

/// The same of a run whose recipe is the `recipe.json` in its folder.
///
/// # Errors
/// Those of [`load_network`], and of [`Recipe::read`].
pub fn load_run(folder: &Path, name: &str, device: &Device) -> Result<Network> {
    load_network(
        folder,
        name,
        &Recipe::read(&folder.join("recipe.json"))?,
        device,
    )
}
