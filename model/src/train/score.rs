//! Predictions for whole crops on their own pixels, and mean Dice by threshold.

use burn::tensor::{Device, Tensor, TensorData};

use super::crops::{Crop, TARGET};
use super::sample::{bilinear, normalise};
use crate::net::Network;
use crate::network::NETWORK_PIXEL_MM;

/// The thresholds tried on the validation split: 0.05, 0.10 … 0.95.
pub fn thresholds() -> Vec<f32> {
    (1..20).map(|i| i as f32 / 20.0).collect()
}

/// The network's input for a crop: resampled to network pixels, its edge rounded up
/// to a multiple of `stride` (mirrored beyond the crop's border).
///
/// The answer is the values row by row, and the number of rows and columns.
pub fn input(crop: &Crop, stride: usize) -> (Vec<f32>, usize, usize) {
    let step = NETWORK_PIXEL_MM / crop.pixel_mm;
    let size = |n: usize| ((n as f32 / step).ceil() as usize).div_ceil(stride) * stride;
    let (rows, columns) = (size(crop.rows), size(crop.columns));
    let mut values = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        for column in 0..columns {
            let (y, x) = ((row as f32 + 0.5) * step, (column as f32 + 0.5) * step);
            values.push(normalise(bilinear(crop, y, x)));
        }
    }
    (values, rows, columns)
}

/// Logits for every pixel of the crop, interpolated back to its own pixels.
pub fn logits(network: &Network, crop: &Crop, device: &Device) -> Vec<f32> {
    let (values, rows, columns) = input(crop, network.config.stride());
    let tensor = Tensor::<4>::from_data(TensorData::new(values, [1, 1, rows, columns]), device);
    let answer = network.infer(tensor).into_data();
    let values: Vec<f32> = answer.convert::<f32>().try_into_vec().unwrap_or_default();
    let step = crop.pixel_mm / NETWORK_PIXEL_MM;
    let mut out = Vec::with_capacity(crop.rows * crop.columns);
    for row in 0..crop.rows {
        for column in 0..crop.columns {
            let (y, x) = (
                (row as f32 + 0.5) * step - 0.5,
                (column as f32 + 0.5) * step - 0.5,
            );
            out.push(between(&values, rows, columns, y, x));
        }
    }
    out
}

/// The value between the four nearest ones, clamped to the border.
fn between(values: &[f32], rows: usize, columns: usize, y: f32, x: f32) -> f32 {
    let (y, x) = (
        y.clamp(0.0, rows as f32 - 1.0),
        x.clamp(0.0, columns as f32 - 1.0),
    );
    let (top, left) = (y.floor() as usize, x.floor() as usize);
    let (down, right) = (y.fract(), x.fract());
    let at = |row: usize, column: usize| {
        let at = row.min(rows - 1) * columns + column.min(columns - 1);
        values.get(at).copied().unwrap_or(f32::NEG_INFINITY)
    };
    let upper = at(top, left) * (1.0 - right) + at(top, left + 1) * right;
    let lower = at(top + 1, left) * (1.0 - right) + at(top + 1, left + 1) * right;
    upper * (1.0 - down) + lower * down
}

/// The logistic function.
pub fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// The logit of a probability.
pub fn logit(probability: f32) -> f32 {
    (probability / (1.0 - probability)).ln()
}

/// True positives, false positives and false negatives at one threshold. Every pixel
/// counts: those of a single reader are background here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Marked by both.
    pub true_positive: usize,
    /// Marked by the network alone.
    pub false_positive: usize,
    /// Marked by the readers alone.
    pub false_negative: usize,
}

impl Counts {
    /// Of one crop, marked where the logit reaches `threshold`.
    pub fn of(logits: &[f32], label: &[u8], threshold: f32) -> Self {
        let mut counts = Self::default();
        for (&value, &label) in logits.iter().zip(label) {
            match (value >= threshold, label == TARGET) {
                (true, true) => counts.true_positive += 1,
                (true, false) => counts.false_positive += 1,
                (false, true) => counts.false_negative += 1,
                (false, false) => {}
            }
        }
        counts
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            true_positive: self.true_positive + other.true_positive,
            false_positive: self.false_positive + other.false_positive,
            false_negative: self.false_negative + other.false_negative,
        }
    }

    /// Dice coefficient; 1 where neither marked anything.
    pub fn dice(self) -> f64 {
        ratio(
            2 * self.true_positive,
            2 * self.true_positive + self.false_positive + self.false_negative,
        )
    }

    /// Intersection over union; 1 where neither marked anything.
    pub fn iou(self) -> f64 {
        ratio(
            self.true_positive,
            self.true_positive + self.false_positive + self.false_negative,
        )
    }

    /// Share of the network's pixels that are right; 1 where it marked none.
    pub fn precision(self) -> f64 {
        ratio(self.true_positive, self.true_positive + self.false_positive)
    }

    /// Share of the readers' pixels that were found; 1 where there are none.
    pub fn recall(self) -> f64 {
        ratio(self.true_positive, self.true_positive + self.false_negative)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// Mean Dice over the crops with a target, for each of [`thresholds`] of the logits
/// divided by `temperature`.
pub fn dice_by_threshold(
    network: &Network,
    crops: &[&Crop],
    temperature: f32,
    device: &Device,
) -> Vec<(f32, f64)> {
    let mut sums: Vec<(f32, f64)> = thresholds().into_iter().map(|t| (t, 0.0)).collect();
    let crops: Vec<_> = crops
        .iter()
        .filter(|crop| crop.target_pixels() > 0)
        .collect();
    for crop in &crops {
        let logits = logits(network, crop, device);
        for (threshold, sum) in &mut sums {
            *sum += Counts::of(&logits, &crop.label, logit(*threshold) * temperature).dice();
        }
    }
    for (_, sum) in &mut sums {
        *sum /= crops.len().max(1) as f64;
    }
    sums
}

/// The threshold of the highest Dice, and that Dice.
pub fn best(by_threshold: &[(f32, f64)]) -> (f32, f64) {
    by_threshold
        .iter()
        .copied()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((0.5, 0.0))
}
