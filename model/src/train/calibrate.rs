//! Temperature scaling (Guo et al. 2017): one number that makes probabilities honest. And whether
//! those of whole regions are.
//!
//! | module | what |
//! |---|---|
//! | [`judged`] | regions of final masks, and whether they are nodules |
//! | [`reliability`] | how far numbers that are meant as probabilities are from the truth |
//! | [`logistic`] | logistic regression |
//! | [`confidence`] | what the confidence of a region could be made of |

pub mod confidence;
pub mod judged;
pub mod logistic;
pub mod reliability;

use super::crops::{Crop, DOUBTFUL, TARGET};
use super::score::Prediction;

/// Every how many-th pixel is looked at: neighbours say the same.
const PIXEL_STEP: usize = 7;

/// The temperature of the lowest cross-entropy on these crops, pixels of a single
/// reader left out.
pub fn temperature(predictions: &[(&Crop, Prediction)]) -> f32 {
    let mut pixels: Vec<(f32, bool)> = Vec::new();
    for (crop, prediction) in predictions {
        let known = crop.label.iter().enumerate().step_by(PIXEL_STEP);
        pixels.extend(
            known
                .filter(|(_, label)| **label != DOUBTFUL)
                .filter_map(|(at, label)| {
                    let logit = prediction.logit_at(at / crop.columns, at % crop.columns)?;
                    Some((logit, *label == TARGET))
                }),
        );
    }
    // The loss has one minimum; a grid is as good as a search and cannot go wrong.
    (10..=60)
        .map(|i| i as f32 / 20.0)
        .map(|temperature| (temperature, entropy(&pixels, temperature)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(1.0, |(temperature, _)| temperature)
}

/// Mean cross-entropy at a temperature.
fn entropy(pixels: &[(f32, bool)], temperature: f32) -> f64 {
    let sum: f64 = pixels
        .iter()
        .map(|&(logit, target)| {
            let x = f64::from(logit / temperature);
            x.max(0.0) - if target { x } else { 0.0 } + (-x.abs()).exp().ln_1p()
        })
        .sum();
    sum / pixels.len().max(1) as f64
}
