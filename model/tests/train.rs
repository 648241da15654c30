//! Training: data, loss, gradients, and that a run goes on exactly where it stopped.
#![cfg(feature = "train")]
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read or computed fails the test"
)]

#[path = "train/average.rs"]
mod average;
#[path = "train/bootstrap.rs"]
mod bootstrap;
#[cfg(any(feature = "train-cuda", feature = "train-wgpu"))]
#[path = "train/card.rs"]
mod card;
#[path = "train/disturb.rs"]
mod disturb;
#[path = "train/early_stop.rs"]
mod early_stop;
#[path = "train/fit.rs"]
mod fit;
#[path = "train/gradient.rs"]
mod gradient;
#[path = "train/hard.rs"]
mod hard;
#[cfg(feature = "train-tch")]
#[path = "train/libtorch.rs"]
mod libtorch;
#[path = "train/limits.rs"]
mod limits;
#[path = "train/loss.rs"]
mod loss;
#[path = "train/made_up.rs"]
mod made_up;
#[path = "train/nest.rs"]
mod nest;
#[path = "train/oracle.rs"]
mod oracle;
#[path = "train/pack.rs"]
mod pack;
#[path = "train/recipes.rs"]
mod recipes;
#[path = "train/sample.rs"]
mod sample;
#[path = "train/schedule.rs"]
mod schedule;
#[path = "train/start.rs"]
mod start;
#[path = "train/view.rs"]
mod view;

use std::sync::{Mutex, MutexGuard, PoisonError};

use model::net::Normalisation;
use model::network::{Architecture, NetworkConfig};
use model::train::crops::{About, BACKGROUND, Crop, DOUBTFUL, Split, TARGET};
use model::train::recipe::Recipe;

/// Burn draws the first weights of all networks of a process from one random source, so
/// tests that make networks take turns: otherwise a seed would not decide what they draw.
static RANDOM_SOURCE: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    RANDOM_SOURCE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lung with a round nodule in the middle and a rim that one reader marked.
fn crop(patient: &str, radius: f32) -> Crop {
    let distance = |i: usize| ((i / 128) as f32 - 63.5).hypot((i % 128) as f32 - 63.5);
    Crop {
        patient: patient.to_owned(),
        row: 0,
        split: Split::Train,
        hu: (0..128 * 128)
            .map(|i| if distance(i) < radius { 30 } else { -850 })
            .collect(),
        label: (0..128 * 128)
            .map(|i| match distance(i) - radius {
                d if d < 0.0 => TARGET,
                d if d < 2.0 => DOUBTFUL,
                _ => BACKGROUND,
            })
            .collect(),
        rows: 128,
        columns: 128,
        pixel_mm: 0.7,
        hu_exact: true,
        about: About::default(),
    }
}

/// The same with a vessel, unmarked, of 5 × 5 pixels around row 20.5 and column 100.5.
fn with_vessel(patient: &str) -> Crop {
    let mut crop = crop(patient, 6.0);
    for row in 18..23 {
        for column in 98..103 {
            crop.hu[row * 128 + column] = 40;
        }
    }
    crop
}

fn recipe() -> Recipe {
    Recipe {
        network: NetworkConfig {
            architecture: Architecture::Unetpp,
            width: 4,
            depth: 2,
            attention: true,
            deep_supervision: true,
        },
        normalisation: Normalisation::Batch,
        seed: 3,
        steps: 12,
        batch: 2,
        window: 32,
        late_window: None,
        late_from: 0.0,
        learning_rate: 0.01,
        warm_up: 0.1,
        weight_decay: 0.01,
        average_decay: 0.9,
        dice: 1.0,
        rim_weight: 0.0,
        taught: 0.0,
        side_head_weight: 0.5,
        window_dice: 0.0,
        window_smooth: 5.0,
        reach: 0.0,
        empty_share: 0.3,
        slice_share: 0.0,
        hard_share: 0.0,
        hard_every: 0,
        hard_from: 0,
        hard_crops: 0,
        hard_empty_share: None,
        scale: (0.8, 1.25),
        turn_degrees: 0.0,
        squeeze: 0.0,
        bend_mm: 0.0,
        gamma: 0.0,
        hu_shift: 40.0,
        hu_scale: 0.05,
        noise_hu: 40.0,
        blur_share: 0.2,
        validate_every: 6,
        validation_crops: 2,
        patience: 10,
    }
}
