//! Random windows of the crops. A batch depends on the seed and the step alone, so a
//! resumed run sees what an unbroken one would have seen, whatever the number of
//! loader threads.
//!
//! The nodule lies at the centre of every crop; windows are placed anywhere in it, so
//! that the network cannot learn that.

use std::ops::Range;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::crops::{Crop, DOUBTFUL, RIM, TARGET};
use super::disturb::disturb;
use super::hard::{self, FalseAlarm};
use super::recipe::Recipe;
use super::view::{View, bilinear, nearest};

/// Windows of one step, one after another, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Network input −1…1.
    pub input: Vec<f32>,
    /// 1 for tumour, 0 for none.
    pub target: Vec<f32>,
    /// 0 for pixels that the loss leaves out, the recipe's weight for those of one reader around a
    /// target, else 1.
    pub weight: Vec<f32>,
}

/// The source of batches.
#[derive(Debug, Clone)]
pub struct Sampler {
    /// Crops, then whole slices.
    crops: Arc<[Crop]>,
    /// Indices of crops with a target, without one, and of whole slices.
    with_target: Vec<usize>,
    without_target: Vec<usize>,
    slices: Range<usize>,
    hard: Vec<FalseAlarm>,
    recipe: Recipe,
}

impl Sampler {
    /// Over these crops and whole slices.
    pub fn new(mut crops: Vec<Crop>, slices: Vec<Crop>, recipe: Recipe) -> Self {
        let count = crops.len();
        let (with_target, without_target) =
            (0..count).partition(|&i| crops.get(i).is_some_and(|c| c.target_pixels() > 0));
        let slice_range = count..count + slices.len();
        crops.extend(slices);
        Self {
            crops: crops.into_iter().map(Crop::with_rim).collect(),
            with_target,
            without_target,
            slices: slice_range,
            hard: Vec::new(),
            recipe,
        }
    }

    /// The same with windows around false alarms.
    #[must_use]
    pub fn with_hard(self, hard: Vec<FalseAlarm>) -> Self {
        Self { hard, ..self }
    }

    /// Crops, then whole slices.
    pub fn crops(&self) -> &[Crop] {
        &self.crops
    }

    /// The places of the whole slices among [`Sampler::crops`].
    pub fn slices(&self) -> Range<usize> {
        self.slices.clone()
    }

    /// Windows in a batch.
    pub fn windows(&self) -> usize {
        self.recipe.batch
    }

    /// The places of the crops without a target among [`Sampler::crops`].
    pub fn without_target(&self) -> &[usize] {
        &self.without_target
    }

    /// The batch of `step`.
    pub fn batch(&self, step: usize) -> Batch {
        let edge = self.recipe.window_at(step);
        let pixels = self.recipe.batch * edge * edge;
        let mut batch = Batch {
            input: Vec::with_capacity(pixels),
            target: Vec::with_capacity(pixels),
            weight: Vec::with_capacity(pixels),
        };
        let mut rng = StdRng::seed_from_u64(
            self.recipe.seed ^ (step as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15),
        );
        for _ in 0..self.recipe.batch {
            self.window(&mut rng, edge, &mut batch);
        }
        batch
    }

    /// Adds one window of `edge` pixels to `batch`.
    fn window(&self, rng: &mut StdRng, edge: usize, batch: &mut Batch) {
        let hard = !self.hard.is_empty() && rng.random_range(0.0..1.0) < self.recipe.hard_share;
        let found = if hard {
            self.around_false_alarm(rng, edge)
        } else {
            self.anywhere(rng, edge)
        };
        let Some((crop, view)) = found else {
            return;
        };
        let start = batch.input.len();
        let grid = view.grid(edge);
        let mut places = Vec::with_capacity(edge);
        for row in 0..edge {
            places.clear();
            places.extend(grid.row(row));
            let values = places.iter().map(|&(y, x)| bilinear(crop, y, x));
            batch.input.extend(values);
            for label in places.iter().map(|&(y, x)| nearest(crop, y, x)) {
                batch.target.push(f32::from(label == TARGET));
                batch.weight.push(match label {
                    DOUBTFUL => 0.0,
                    RIM => self.recipe.rim_weight,
                    _ => 1.0,
                });
            }
        }
        if let Some(hu) = batch.input.get_mut(start..) {
            disturb(rng, &self.recipe, hu, edge);
        }
    }

    fn around_false_alarm(&self, rng: &mut StdRng, edge: usize) -> Option<(&Crop, View)> {
        let alarm = hard::pick(rng, &self.hard)?;
        let crop = self.crops.get(alarm.crop)?;
        let view = View::random(rng, crop, &self.recipe, edge, 0.0);
        let place = (alarm.row, alarm.column);
        Some((crop, view.around(rng, place, edge)))
    }

    fn anywhere(&self, rng: &mut StdRng, edge: usize) -> Option<(&Crop, View)> {
        let kind: f32 = rng.random_range(0.0..1.0);
        let empty = kind < self.recipe.empty_share;
        let one_of = |rng: &mut StdRng, pool: &[usize]| {
            let place = rng.random_range(0..pool.len().max(1));
            pool.get(place).copied()
        };
        let at = if kind > 1.0 - self.recipe.slice_share && !self.slices.is_empty() {
            Some(rng.random_range(self.slices()))
        } else if empty && rng.random_range(0.0..1.0) < 0.5 && !self.without_target.is_empty() {
            one_of(rng, &self.without_target)
        } else {
            one_of(rng, &self.with_target)
        };
        let crop = self.crops.get(at?)?;
        // Empty windows may reach far over the crop's edge (the image is mirrored there):
        // inside it few places are clear of the nodule in the middle.
        let reach = if empty {
            self.recipe.reach.max(0.6)
        } else {
            self.recipe.reach
        };
        let mut view = View::random(rng, crop, &self.recipe, edge, reach);
        // A window that is meant to be empty is looked for further out.
        for _ in 0..8 {
            if !empty || !view.sees_marks(crop, edge) {
                break;
            }
            view = View::random(rng, crop, &self.recipe, edge, reach);
        }
        Some((crop, view))
    }
}
