//! Random windows of the crops. A batch depends on the seed and the step alone, so a
//! resumed run sees what an unbroken one would have seen, whatever the number of
//! loader threads.
//!
//! The nodule lies at the centre of every crop; windows are placed anywhere in it, so
//! that the network cannot learn that.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::crops::{BACKGROUND, Crop, DOUBTFUL, TARGET};
use super::recipe::Recipe;
use crate::network::{HU_WINDOW, NETWORK_PIXEL_MM};

/// Windows of one step, one after another, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Network input −1…1.
    pub input: Vec<f32>,
    /// 1 for tumour, 0 for none.
    pub target: Vec<f32>,
    /// 0 for pixels that the loss leaves out, else 1.
    pub weight: Vec<f32>,
}

/// HU to the network's input: the window scaled to −1…1, clipped.
pub fn normalise(hu: f32) -> f32 {
    let (low, high) = HU_WINDOW;
    ((hu - low) / (high - low) * 2.0 - 1.0).clamp(-1.0, 1.0)
}

/// The source of batches.
#[derive(Debug)]
pub struct Sampler {
    crops: Vec<Crop>,
    /// Indices of crops with a target, without one, and of whole slices.
    with_target: Vec<usize>,
    without_target: Vec<usize>,
    slices: Vec<usize>,
    recipe: Recipe,
}

impl Sampler {
    /// Over these crops and whole slices.
    pub fn new(mut crops: Vec<Crop>, slices: Vec<Crop>, recipe: Recipe) -> Self {
        let count = crops.len();
        let (with_target, without_target) =
            (0..count).partition(|&i| crops.get(i).is_some_and(|c| c.target_pixels() > 0));
        let slice_range = (count..count + slices.len()).collect();
        crops.extend(slices);
        Self {
            crops,
            with_target,
            without_target,
            slices: slice_range,
            recipe,
        }
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
        let kind: f32 = rng.random_range(0.0..1.0);
        let empty = kind < self.recipe.empty_share;
        let pool = if kind > 1.0 - self.recipe.slice_share && !self.slices.is_empty() {
            &self.slices
        } else if empty && rng.random_range(0.0..1.0) < 0.5 && !self.without_target.is_empty() {
            &self.without_target
        } else {
            &self.with_target
        };
        let Some(crop) = pool
            .get(rng.random_range(0..pool.len().max(1)))
            .and_then(|&i| self.crops.get(i))
        else {
            return;
        };
        let zoom = rng.random_range(self.recipe.scale.0..self.recipe.scale.1);
        let step = NETWORK_PIXEL_MM / crop.pixel_mm / zoom;
        let flips = Flips(rng.random_range(0..8));
        // Empty windows may reach far over the crop's edge (the image is mirrored there):
        // inside it few places are clear of the nodule in the middle.
        let reach = if empty {
            self.recipe.reach.max(0.6)
        } else {
            self.recipe.reach
        };
        let mut place = View::random(rng, crop, step, edge, reach, flips);
        // A window that is meant to be empty is looked for further out.
        for _ in 0..8 {
            if !empty || !place.sees_marks(crop, edge) {
                break;
            }
            place = View::random(rng, crop, step, edge, reach, flips);
        }
        let start = batch.input.len();
        for row in 0..edge {
            for column in 0..edge {
                let (y, x) = place.source(row, column, edge);
                batch.input.push(bilinear(crop, y, x));
                let label = nearest(crop, y, x);
                batch.target.push(f32::from(label == TARGET));
                batch.weight.push(f32::from(label != DOUBTFUL));
            }
        }
        if let Some(hu) = batch.input.get_mut(start..) {
            self.disturb(rng, hu, edge);
        }
    }

    /// Blur, HU shift and scale, noise; then the network's scale.
    fn disturb(&self, rng: &mut StdRng, hu: &mut [f32], edge: usize) {
        if rng.random_range(0.0..1.0) < self.recipe.blur_share {
            // One pass is a sharp kernel against a soft one, five are pixels of 2 mm.
            for _ in 0..rng.random_range(1..=5) {
                blur(hu, edge);
            }
        }
        let gain = 1.0 + rng.random_range(-1.0..1.0f32) * self.recipe.hu_scale;
        let shift = rng.random_range(-1.0..1.0f32) * self.recipe.hu_shift;
        let noise = rng.random_range(0.0..1.0f32).powi(2) * self.recipe.noise_hu;
        for value in hu {
            // The sum of four uniform numbers is close to a normal one, and cheap.
            let sum: f32 = (0..4).map(|_| rng.random_range(-1.0..1.0f32)).sum();
            *value = normalise((*value + 1000.0) * gain - 1000.0 + shift + noise * sum * 0.866);
        }
    }

    /// Batches from `first` to before `end`, made ahead by `threads` threads.
    pub fn stream(self: &Arc<Self>, first: usize, end: usize, threads: usize) -> Stream {
        let threads = threads.max(1);
        let lanes = (0..threads)
            .map(|lane| {
                let (sender, receiver) = sync_channel(2);
                let sampler = Arc::clone(self);
                std::thread::spawn(move || {
                    for step in (first + lane..end).step_by(threads) {
                        // The receiver is gone when the run ends early.
                        if sender.send(sampler.batch(step)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        Stream { lanes, next: 0 }
    }
}

/// Batches in the order of their steps.
#[derive(Debug)]
pub struct Stream {
    lanes: Vec<Receiver<Batch>>,
    next: usize,
}

impl Iterator for Stream {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let lane = self.lanes.get(self.next % self.lanes.len().max(1))?;
        self.next += 1;
        lane.recv().ok()
    }
}

/// One of the eight ways to mirror and turn a square.
#[derive(Debug, Clone, Copy)]
struct Flips(u8);

/// Where a window lies in its crop.
#[derive(Debug, Clone, Copy)]
struct View {
    centre: (f32, f32),
    step: f32,
    flips: Flips,
}

impl View {
    fn random(
        rng: &mut StdRng,
        crop: &Crop,
        step: f32,
        edge: usize,
        reach: f32,
        flips: Flips,
    ) -> Self {
        let half = step * edge as f32 / 2.0;
        let over = reach * half;
        let mut along = |size: usize| {
            let free = (size as f32 / 2.0 - half + over).max(1.0);
            size as f32 / 2.0 + rng.random_range(-free..free)
        };
        Self {
            centre: (along(crop.rows), along(crop.columns)),
            step,
            flips,
        }
    }

    /// The crop's coordinates (pixel centres at .5) of a window's pixel.
    fn source(&self, row: usize, column: usize, edge: usize) -> (f32, f32) {
        let (mut row, mut column) = (row, column);
        if self.flips.0 & 1 != 0 {
            row = edge - 1 - row;
        }
        if self.flips.0 & 2 != 0 {
            column = edge - 1 - column;
        }
        if self.flips.0 & 4 != 0 {
            std::mem::swap(&mut row, &mut column);
        }
        let from_centre = |i: usize| (i as f32 + 0.5 - edge as f32 / 2.0) * self.step;
        (
            self.centre.0 + from_centre(row),
            self.centre.1 + from_centre(column),
        )
    }

    fn sees_marks(&self, crop: &Crop, edge: usize) -> bool {
        (0..edge).step_by(2).any(|row| {
            (0..edge).step_by(2).any(|column| {
                let (y, x) = self.source(row, column, edge);
                nearest(crop, y, x) != BACKGROUND
            })
        })
    }
}

/// An index mirrored into `0..size`.
pub(crate) fn mirror(index: i64, size: usize) -> usize {
    let size = (size as i64).max(1);
    let period = index.rem_euclid(2 * size);
    (if period < size {
        period
    } else {
        2 * size - 1 - period
    }) as usize
}

fn nearest(crop: &Crop, y: f32, x: f32) -> u8 {
    let (row, column) = (
        mirror(y.floor() as i64, crop.rows),
        mirror(x.floor() as i64, crop.columns),
    );
    crop.label
        .get(row * crop.columns + column)
        .copied()
        .unwrap_or(BACKGROUND)
}

/// HU between the four nearest pixels.
fn bilinear(crop: &Crop, y: f32, x: f32) -> f32 {
    let (y, x) = (y - 0.5, x - 0.5);
    let (top, left) = (y.floor(), x.floor());
    let (down, right) = (y - top, x - left);
    let at = |dy: i64, dx: i64| {
        let (row, column) = (
            mirror(top as i64 + dy, crop.rows),
            mirror(left as i64 + dx, crop.columns),
        );
        f32::from(
            crop.hu
                .get(row * crop.columns + column)
                .copied()
                .unwrap_or(-1000),
        )
    };
    let upper = at(0, 0) * (1.0 - right) + at(0, 1) * right;
    let lower = at(1, 0) * (1.0 - right) + at(1, 1) * right;
    upper * (1.0 - down) + lower * down
}

/// A 1-2-1 blur along rows, then along columns.
fn blur(image: &mut [f32], edge: usize) {
    for (stride, across) in [(1, edge), (edge, 1)] {
        let before = image.to_vec();
        for line in 0..edge {
            for i in 1..edge.saturating_sub(1) {
                let at = line * across + i * stride;
                if let (Some(value), Some(a), Some(b), Some(c)) = (
                    image.get_mut(at),
                    before.get(at - stride),
                    before.get(at),
                    before.get(at + stride),
                ) {
                    *value = (a + 2.0 * b + c) / 4.0;
                }
            }
        }
    }
}
