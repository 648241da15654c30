//! Predictions for whole crops, prepared and brought back by the product's own code,
//! and mean Dice by threshold.

use std::borrow::Borrow;
use std::cell::RefCell;

use super::crops::Crop;
use super::view::mirror;
use crate::analysis::preprocess::NetworkInput;
use crate::analysis::{prepare, raw_mask};
use crate::engine::{Engine, EngineError, Weights, calibrated};
use crate::metric::Confusion;
use crate::network::NETWORK_PIXEL_MM;
use crate::pipeline;
use crate::settings::Denoise;

/// The thresholds tried on the validation split: 0.05, 0.10 … 0.95.
pub fn thresholds() -> Vec<f32> {
    (1..20).map(|i| i as f32 / 20.0).collect()
}

/// What a network answers for one crop.
#[derive(Debug, Clone)]
pub struct Prediction {
    framed: Framed,
    logits: Vec<f32>,
}

/// A crop that was extended to fit the network, prepared for it.
#[derive(Debug, Clone)]
struct Framed {
    input: NetworkInput,
    rows: Extent,
    columns: Extent,
}

/// One side of a crop, with mirrored pixels at its ends so that it fits the network. A
/// crop's border is not the border of anything in the patient: filled up with air, as a
/// slice is, it would look like a second chest wall; and where more is mirrored than is
/// needed, the chest wall and its image look like a mass.
#[derive(Debug, Clone, Copy)]
struct Extent {
    size: usize,
    before: usize,
    after: usize,
}

impl Extent {
    /// The fewest pixels that make the side a multiple of `stride` on the network's grid.
    fn new(size: usize, pixel_mm: f32, stride: usize) -> Self {
        let on_grid = |pixels: usize| {
            let scaled = pixels as f32 * (pixel_mm / NETWORK_PIXEL_MM);
            (scaled.round() as usize).max(1)
        };
        // Coarse pixels can step over every multiple; then the rest is padded after all.
        let fits = |extra: &usize| on_grid(size + extra).is_multiple_of(stride.max(1));
        let extra = (0..=size).find(fits).unwrap_or(0);
        Self {
            size,
            before: extra / 2,
            after: extra - extra / 2,
        }
    }

    fn whole(self) -> usize {
        self.before + self.size + self.after
    }

    /// The crop's pixel for each one of the extended side.
    fn mirrored(self) -> impl Iterator<Item = usize> + Clone {
        let (before, end) = (self.before as i64, (self.size + self.after) as i64);
        (-before..end).map(move |i| mirror(i, self.size))
    }
}

/// Runs a network on a crop.
///
/// # Arguments
/// * `answer`: turns a prepared image into logits.
/// * `stride`: rows and columns of its input must be multiples of this.
pub fn predict(
    answer: &dyn Fn(&NetworkInput) -> Vec<f32>,
    stride: usize,
    crop: &Crop,
) -> Prediction {
    let framed = Framed::new(crop, stride);
    Prediction {
        logits: answer(&framed.input),
        framed,
    }
}

impl Framed {
    fn new(crop: &Crop, stride: usize) -> Self {
        let rows = Extent::new(crop.rows, crop.pixel_mm, stride);
        let columns = Extent::new(crop.columns, crop.pixel_mm, stride);
        let extended = extended(crop, rows, columns);
        Self {
            input: prepare(&extended.view(), None, Denoise::None, stride),
            rows,
            columns,
        }
    }

    /// Probabilities (0…1) of the input as 0…255 on the crop's own pixels.
    fn on_crop(&self, probability: &[f32]) -> Vec<u8> {
        let (rows, columns) = (self.rows, self.columns);
        self.input
            .probability_on_slice(probability, None)
            .chunks(columns.whole().max(1))
            .skip(rows.before)
            .take(rows.size)
            .flat_map(|line| line.iter().skip(columns.before).take(columns.size).copied())
            .collect()
    }
}

/// Published weights and the engine that the product runs them on.
#[derive(Debug)]
pub struct Predictor {
    network: RefCell<pipeline::Network>,
}

impl Predictor {
    /// Prepares the engine.
    ///
    /// # Errors
    /// [`EngineError::NoSuchDepth`]: the network has no output.
    pub fn new(weights: &Weights) -> Result<Self, EngineError> {
        Ok(Self {
            network: RefCell::new(pipeline::Network::new(Engine::cpu(weights)?, weights)),
        })
    }

    /// With the output at depth `level`, see [`Engine::set_level`].
    ///
    /// # Errors
    /// [`EngineError::NoSuchDepth`].
    pub fn at_level(self, level: usize) -> Result<Self, EngineError> {
        self.network.borrow_mut().engine.set_level(level)?;
        Ok(self)
    }

    /// What the network answers for one crop, at its own resolution only: what threshold and
    /// temperature are chosen by.
    ///
    /// # Errors
    /// An engine that fails: scored as no answer, it would pass for a network that finds nothing.
    pub fn predict(&self, crop: &Crop) -> Result<Prediction, EngineError> {
        let mut network = self.network.borrow_mut();
        let framed = Framed::new(crop, network.stride);
        let mut go_on = async |_, _| true;
        let (input, engine) = (&framed.input, &mut network.engine);
        let job = engine.run(&input.pixels, input.rows, input.cols, &mut go_on);
        Ok(Prediction {
            logits: pollster::block_on(job)?,
            framed,
        })
    }

    /// Probabilities 0…255 on the crop's own pixels, as the product has them.
    ///
    /// # Errors
    /// As for [`Predictor::predict`].
    pub fn probability(&self, crop: &Crop) -> Result<Vec<u8>, EngineError> {
        let mut network = self.network.borrow_mut();
        let framed = Framed::new(crop, network.stride);
        let mut go_on = async |_, _| true;
        let job = network.look(&framed.input, &mut go_on);
        Ok(framed.on_crop(&pollster::block_on(job)?))
    }
}

impl Prediction {
    /// Probabilities 0…255 on the crop's own pixels, at a temperature.
    pub fn probability(&self, temperature: f32) -> Vec<u8> {
        self.framed.on_crop(&calibrated(&self.logits, temperature))
    }

    /// The logit nearest to a pixel of the crop.
    pub fn logit_at(&self, row: usize, column: usize) -> Option<f32> {
        let Framed {
            input,
            rows,
            columns,
        } = &self.framed;
        let (row, column) =
            input.position_from_slice((row + rows.before) as f32, (column + columns.before) as f32);
        let (row, column) = (
            row.round().max(0.0) as usize,
            column.round().max(0.0) as usize,
        );
        let row = row.min(input.rows.saturating_sub(1));
        let column = column.min(input.cols.saturating_sub(1));
        self.logits.get(row * input.cols + column).copied()
    }
}

/// The crop with mirrored pixels at its sides; without labels.
fn extended(crop: &Crop, rows: Extent, columns: Extent) -> Crop {
    let pixel = |row: usize, column: usize| crop.hu.get(row * crop.columns + column).copied();
    let hu = rows.mirrored().flat_map(|row| {
        columns
            .mirrored()
            .filter_map(move |column| pixel(row, column))
    });
    Crop {
        hu: hu.collect(),
        label: Vec::new(),
        rows: rows.whole(),
        columns: columns.whole(),
        ..crop.clone()
    }
}

/// Mean Dice over the crops with a target, for each of [`thresholds`], at a temperature.
/// Nothing is postprocessed.
pub fn dice_by_threshold<'a>(
    predictions: impl Iterator<Item = (&'a Crop, impl Borrow<Prediction>)>,
    temperature: f32,
) -> Vec<(f32, f64)> {
    let mut sums: Vec<(f32, f64)> = thresholds().into_iter().map(|t| (t, 0.0)).collect();
    let mut count = 0_usize;
    for (crop, prediction) in predictions {
        if crop.target_pixels() == 0 {
            continue;
        }
        count += 1;
        let probability = prediction.borrow().probability(temperature);
        let reference = crop.reference();
        for (threshold, sum) in &mut sums {
            let mask = raw_mask(&probability, crop.rows, crop.columns, *threshold);
            *sum += f64::from(Confusion::count(&mask.pixels, &reference).agreement().dice);
        }
    }
    for (_, sum) in &mut sums {
        *sum /= count.max(1) as f64;
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
