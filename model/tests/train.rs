//! Training: data, loss, gradients, and that a run goes on exactly where it stopped.
#![cfg(feature = "train")]
#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read or computed fails the test"
)]

#[path = "train/fit.rs"]
mod fit;
#[cfg(feature = "train-tch")]
#[path = "train/libtorch.rs"]
mod libtorch;
#[path = "train/loss.rs"]
mod loss;
#[path = "train/nest.rs"]
mod nest;
#[path = "train/sample.rs"]
mod sample;

use std::sync::{Mutex, MutexGuard, PoisonError};

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

fn recipe() -> Recipe {
    Recipe {
        network: NetworkConfig {
            architecture: Architecture::Unetpp,
            width: 4,
            depth: 2,
            attention: true,
            deep_supervision: true,
        },
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
        side_head_weight: 0.5,
        window_dice: 0.0,
        reach: 0.0,
        empty_share: 0.3,
        slice_share: 0.0,
        scale: (0.8, 1.25),
        hu_shift: 40.0,
        hu_scale: 0.05,
        noise_hu: 40.0,
        blur_share: 0.2,
        validate_every: 6,
        validation_crops: 2,
        patience: 10,
    }
}
