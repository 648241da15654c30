//! Intervals by resampling patients: crops of one patient are not independent.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

/// Resamplings.
const ROUNDS: usize = 2000;
/// The same interval for the same data.
const SEED: u64 = 1;

/// A mean with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Mean over all values.
    pub mean: f64,
    /// 2.5th percentile of the resampled means; `None` of one patient, who says nothing of others.
    pub low: Option<f64>,
    /// 97.5th percentile.
    pub high: Option<f64>,
    /// Number of values.
    pub count: usize,
    /// Number of patients.
    pub patients: usize,
}

/// The mean of values that each belong to a patient; `None` without values.
pub fn interval<'a>(values: impl Iterator<Item = (&'a str, f64)>) -> Option<Interval> {
    let mut by_patient: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (patient, value) in values {
        let (sum, count) = by_patient.entry(patient).or_default();
        *sum += value;
        *count += 1;
    }
    let patients: Vec<(f64, usize)> = by_patient.into_values().collect();
    if patients.is_empty() {
        return None;
    }
    let (low, high) = limits(&patients, |drawn| Some(mean(drawn.iter().copied()))).unzip();
    Some(Interval {
        mean: mean(patients.iter()),
        low,
        high,
        count: patients.iter().map(|p| p.1).sum(),
        patients: patients.len(),
    })
}

/// 2.5th and 97.5th percentile of a figure when patients are drawn again and it is computed from
/// those drawn, some of them several times. Draws of which there is none (no nodule in them, say)
/// are left out; `None` if none is left, and of fewer than two patients, of whom every draw is the
/// same.
pub fn limits<T>(patients: &[T], of: impl Fn(&[&T]) -> Option<f64>) -> Option<(f64, f64)> {
    if patients.len() < 2 {
        return None;
    }
    let mut rng = StdRng::seed_from_u64(SEED);
    let mut values: Vec<f64> = (0..ROUNDS)
        .filter_map(|_| {
            let drawn = (0..patients.len())
                .filter_map(|_| patients.get(rng.random_range(0..patients.len())));
            of(&drawn.collect::<Vec<&T>>())
        })
        .collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let last = values.len().checked_sub(1)?;
        values.get((share * last as f64).round() as usize).copied()
    };
    Some((at(0.025)?, at(0.975)?))
}

fn mean<'a>(patients: impl Iterator<Item = &'a (f64, usize)>) -> f64 {
    let (sum, count) = patients.fold((0.0, 0), |(sum, count), p| (sum + p.0, count + p.1));
    sum / count.max(1) as f64
}
