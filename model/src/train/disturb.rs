//! What another scanner, dose or kernel would have made of the same window.

use rand::RngExt;
use rand::rngs::StdRng;

use super::recipe::Recipe;
use crate::analysis::preprocess::normalise_hu;

/// Blur, HU shift and scale, noise; then the network's scale, and its contrast bent.
///
/// # Arguments
/// `hu`: `edge` × `edge` pixels in HU; the network's input after.
pub fn disturb(rng: &mut StdRng, recipe: &Recipe, hu: &mut [f32], edge: usize) {
    if rng.random_range(0.0..1.0) < recipe.blur_share {
        // One pass is a sharp kernel against a soft one, five are pixels of 2 mm.
        for _ in 0..rng.random_range(1..=5) {
            blur(hu, edge);
        }
    }
    let gain = 1.0 + rng.random_range(-1.0..1.0f32) * recipe.hu_scale;
    let shift = rng.random_range(-1.0..1.0f32) * recipe.hu_shift;
    let noise = rng.random_range(0.0..1.0f32).powi(2) * recipe.noise_hu;
    let exponent = if recipe.gamma > 0.0 {
        (rng.random_range(-1.0..1.0f32) * recipe.gamma).exp2()
    } else {
        1.0
    };
    for value in &mut *hu {
        // The sum of four uniform numbers is close to a normal one, and cheap.
        let sum: f32 = (0..4).map(|_| rng.random_range(-1.0..1.0f32)).sum();
        *value = normalise_hu((*value + 1000.0) * gain - 1000.0 + shift + noise * sum * 0.866);
    }
    if recipe.gamma > 0.0 {
        for value in hu {
            *value = value.midpoint(1.0).powf(exponent) * 2.0 - 1.0;
        }
    }
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
