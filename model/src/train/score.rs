//! Predictions for whole crops, prepared and brought back by the product's own code,
//! and mean Dice by threshold.

use burn::tensor::{Device, Tensor, TensorData};

use super::crops::Crop;
use super::sample::mirror;
use crate::analysis::preprocess::NetworkInput;
use crate::analysis::{prepare, raw_mask};
use crate::metric::Confusion;
use crate::net::Network;
use crate::settings::Denoise;

/// The thresholds tried on the validation split: 0.05, 0.10 … 0.95.
pub fn thresholds() -> Vec<f32> {
    (1..20).map(|i| i as f32 / 20.0).collect()
}

/// Crop pixels mirrored around a crop before it is prepared. A crop's border is not the
/// border of anything in the patient: padded with air, as a slice is, it would look like
/// a second chest wall, and cost 0.05 of Dice.
const MARGIN_PX: usize = 32;

/// What a network answers for one crop.
#[derive(Debug, Clone)]
pub struct Prediction {
    input: NetworkInput,
    logits: Vec<f32>,
    /// Rows and columns of the crop.
    size: (usize, usize),
}

/// Runs the network on a crop.
pub fn predict(network: &Network, crop: &Crop, device: &Device) -> Prediction {
    let answer = |input: &NetworkInput| {
        let shape = [1, 1, input.rows, input.cols];
        let tensor = Tensor::<4>::from_data(TensorData::new(input.pixels.clone(), shape), device);
        let answer = network.infer(tensor).into_data().convert::<f32>();
        answer.try_into_vec().unwrap_or_default()
    };
    predict_by(&answer, network.config.stride(), crop)
}

/// The same for anything that turns a prepared image into logits.
///
/// # Arguments
/// `stride`: rows and columns of its input must be multiples of this.
pub fn predict_by(
    answer: &dyn Fn(&NetworkInput) -> Vec<f32>,
    stride: usize,
    crop: &Crop,
) -> Prediction {
    let input = prepare(&extended(crop).view(), None, Denoise::None, stride);
    Prediction {
        logits: answer(&input),
        input,
        size: (crop.rows, crop.columns),
    }
}

impl Prediction {
    /// Probabilities 0…255 on the crop's own pixels, at a temperature.
    pub fn probability(&self, temperature: f32) -> Vec<u8> {
        let calibrated: Vec<f32> = self
            .logits
            .iter()
            .map(|x| logistic(x / temperature))
            .collect();
        let (rows, columns) = self.size;
        self.input
            .probability_on_slice(&calibrated, None)
            .chunks(columns + 2 * MARGIN_PX)
            .skip(MARGIN_PX)
            .take(rows)
            .flat_map(|line| line.iter().skip(MARGIN_PX).take(columns).copied())
            .collect()
    }

    /// The logit nearest to a pixel of the crop.
    pub fn logit_at(&self, row: usize, column: usize) -> Option<f32> {
        let (row, column) = self
            .input
            .position_from_slice((row + MARGIN_PX) as f32, (column + MARGIN_PX) as f32);
        let (row, column) = (
            row.round().max(0.0) as usize,
            column.round().max(0.0) as usize,
        );
        let row = row.min(self.input.rows.saturating_sub(1));
        let column = column.min(self.input.cols.saturating_sub(1));
        self.logits.get(row * self.input.cols + column).copied()
    }
}

/// The crop with [`MARGIN_PX`] mirrored pixels on every side; without labels.
fn extended(crop: &Crop) -> Crop {
    let around = |size: usize| {
        let margin = MARGIN_PX as i64;
        (-margin..size as i64 + margin).map(move |i| mirror(i, size))
    };
    let pixel = |row: usize, column: usize| crop.hu.get(row * crop.columns + column).copied();
    let hu = around(crop.rows)
        .flat_map(|row| around(crop.columns).filter_map(move |column| pixel(row, column)));
    Crop {
        hu: hu.collect(),
        label: Vec::new(),
        rows: crop.rows + 2 * MARGIN_PX,
        columns: crop.columns + 2 * MARGIN_PX,
        ..crop.clone()
    }
}

/// The logistic function.
fn logistic(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

/// Mean Dice over the crops with a target, for each of [`thresholds`], at a temperature.
/// Nothing is postprocessed.
pub fn dice_by_threshold(
    crops: &[&Crop],
    temperature: f32,
    predict: &dyn Fn(&Crop) -> Prediction,
) -> Vec<(f32, f64)> {
    let mut sums: Vec<(f32, f64)> = thresholds().into_iter().map(|t| (t, 0.0)).collect();
    let crops: Vec<_> = crops
        .iter()
        .filter(|crop| crop.target_pixels() > 0)
        .collect();
    for crop in &crops {
        let probability = predict(crop).probability(temperature);
        let reference = crop.reference();
        for (threshold, sum) in &mut sums {
            let mask = raw_mask(&probability, crop.rows, crop.columns, *threshold);
            *sum += f64::from(Confusion::count(&mask.pixels, &reference).agreement().dice);
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
