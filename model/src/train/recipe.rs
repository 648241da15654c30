//! The configuration of a run: one JSON file in `model/config` for each published one.

mod check;

use std::path::Path;

use anyhow::{Context, Result};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::loss::Terms;
use crate::net::{Form, Normalisation};
use crate::network::NetworkConfig;

/// Everything that decides how a network turns out. A name that is none of these would leave
/// another setting as it is, without a word: it is refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The network.
    #[serde(deserialize_with = "network")]
    pub network: NetworkConfig,
    /// What follows each convolution in training. `group` cannot be published.
    #[serde(default)]
    pub normalisation: Normalisation,
    /// Seed of weights and windows.
    pub seed: u64,
    /// Steps in all.
    pub steps: usize,
    /// Windows a step.
    pub batch: usize,
    /// Edge of a window in network pixels.
    pub window: usize,
    /// Edge of a window in the last part of the run, if it changes: small windows show more
    /// nodules in the same time, large ones what surrounds them.
    #[serde(default)]
    pub late_window: Option<usize>,
    /// Share of the steps before that.
    #[serde(default)]
    pub late_from: f64,
    /// Highest learning rate.
    pub learning_rate: f64,
    /// Share of the steps that the rate rises over; it falls as a cosine after.
    pub warm_up: f64,
    /// Decoupled weight decay (`AdamW`; with 0 it is plain Adam): with burn, of all that is learnt;
    /// with libtorch, of kernels.
    pub weight_decay: f32,
    /// Decay of the moving average of the weights.
    pub average_decay: f64,
    /// Weight of the Dice term in the loss, beside the cross-entropy.
    #[serde(default = "one")]
    pub dice: f32,
    /// Weight of every head but the last in the loss.
    pub side_head_weight: f32,
    /// Weight in the loss, as background, of pixels that one reader marked around what at least two
    /// did. As such they count in every score; left out (0), they leave the outline open between
    /// the largest mark and the second largest. Nodules that one reader marked alone are left out.
    #[serde(default)]
    pub rim_weight: f32,
    /// Share of the loss against what larger networks say, if the run is given any
    /// (`train --teacher`).
    #[serde(default)]
    pub taught: f32,
    /// Share of the Dice term that is the mean over the windows with a target; the rest is
    /// the Dice of the whole batch.
    #[serde(default)]
    pub window_dice: f32,
    /// What keeps the Dice of a window with a small target calm, in pixels.
    #[serde(default = "five")]
    pub window_smooth: f32,
    /// How far windows may reach over a crop's edge, where the image is mirrored, as a share
    /// of half a window: large windows would always have the nodule in the middle otherwise.
    #[serde(default)]
    pub reach: f32,
    /// Share of windows placed clear of any mark.
    pub empty_share: f32,
    /// Share of windows from whole slices.
    pub slice_share: f32,
    /// Share of windows around places where the network sees a tumour and no reader did.
    #[serde(default)]
    pub hard_share: f32,
    /// Steps between two searches for such places.
    #[serde(default)]
    pub hard_every: usize,
    /// First step that such windows are shown at: a network that knows nothing yet errs
    /// everywhere.
    #[serde(default)]
    pub hard_from: usize,
    /// Training crops that are searched each time, beside the whole slices, which are always all
    /// searched.
    #[serde(default)]
    pub hard_crops: usize,
    /// Share of these that is drawn from crops without a target. Not said, all crops are drawn from
    /// alike.
    #[serde(default)]
    pub hard_empty_share: Option<f64>,
    /// Zoom, from and to.
    pub scale: (f32, f32),
    /// Largest turn beside the quarter turns.
    #[serde(default)]
    pub turn_degrees: f32,
    /// Largest factor that one side is stretched and the other shrunk by, as an exponent of 2.
    #[serde(default)]
    pub squeeze: f32,
    /// How far a window is bent: the largest shift of a point, in millimetres.
    #[serde(default)]
    pub bend_mm: f32,
    /// Largest shift in HU.
    pub hu_shift: f32,
    /// Largest change of contrast, as a share.
    pub hu_scale: f32,
    /// Largest exponent of 2 that the network's scale (0 to 1) is raised to the power of.
    #[serde(default)]
    pub gamma: f32,
    /// Largest standard deviation of added noise in HU.
    pub noise_hu: f32,
    /// Share of blurred windows.
    pub blur_share: f32,
    /// Steps between validations (and checkpoints).
    pub validate_every: usize,
    /// Validation crops scored each time.
    pub validation_crops: usize,
    /// Validations without a better one before the run stops.
    pub patience: usize,
}

/// A network all of whose names are known: a weight file may say more of one, a recipe may not.
fn network<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NetworkConfig, D::Error> {
    let read = Value::deserialize(deserializer)?;
    let network = NetworkConfig::deserialize(&read).map_err(D::Error::custom)?;
    let known = serde_json::to_value(network).map_err(D::Error::custom)?;
    let mut names = read.as_object().into_iter().flat_map(Map::keys);
    match names.find(|name| known.get(name.as_str()).is_none()) {
        Some(name) => Err(D::Error::custom(format!(
            "unknown field `{name}` in \"network\""
        ))),
        None => Ok(network),
    }
}

fn one() -> f32 {
    1.0
}

fn five() -> f32 {
    5.0
}

impl Recipe {
    /// Reads a JSON file.
    ///
    /// # Errors
    /// A file that cannot be read, is no recipe, or one that no run could follow.
    pub fn read(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let recipe: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a valid configuration", path.display()))?;
        recipe
            .check()
            .with_context(|| format!("{} cannot be followed", path.display()))?;
        Ok(recipe)
    }

    /// The form of the network in training.
    pub fn form(&self) -> Form {
        Form::Training(self.normalisation)
    }

    /// What the loss is made of.
    pub fn terms(&self) -> Terms {
        Terms {
            dice: self.dice,
            window_dice: self.window_dice,
            window_smooth: self.window_smooth,
            side_heads: self.side_head_weight,
            taught: self.taught,
        }
    }

    /// Edge of the windows of `step`.
    pub fn window_at(&self, step: usize) -> usize {
        match self.late_window {
            Some(late) if step as f64 >= self.late_from * self.steps as f64 => late,
            _ => self.window,
        }
    }

    /// Validations of a run that is not stopped: every so many steps, and at its end.
    pub fn validations(&self) -> usize {
        self.steps.div_ceil(self.validate_every.max(1))
    }

    /// Whether enough validations come for `patience` to end a run before the last of them.
    pub fn can_stop_early(&self) -> bool {
        self.patience < self.validations()
    }

    /// The learning rate at `step`.
    pub fn rate(&self, step: usize) -> f64 {
        let progress = step as f64 / self.steps.max(1) as f64;
        if progress < self.warm_up {
            self.learning_rate * (step + 1) as f64 / (self.warm_up * self.steps as f64).max(1.0)
        } else {
            let fall = ((progress - self.warm_up) / (1.0 - self.warm_up)).clamp(0.0, 1.0);
            // One per cent is left at the end.
            self.learning_rate * (0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * fall).cos()))
        }
    }
}
