//! What the confidence of a region could be made of, scored on patients that it was not fitted on.

use std::collections::BTreeMap;

use super::judged::Judged;
use super::logistic::Logistic;
use super::reliability::{Reliability, reliability};
use crate::analysis::evidence::odds;

/// Parts that patients are split into; each is judged by what was fitted on the others.
const FOLDS: usize = 5;
/// Shares of 255 levels that a mean stays away from 0 and 1: half a level.
const HALF_LEVEL: f64 = 0.5 / 255.0;

/// One way to tell a confidence.
#[derive(Debug, Clone)]
pub struct Way {
    /// What it is made of.
    pub name: &'static str,
    /// Constant and weights, fitted on all regions; empty where there is nothing to fit.
    pub weights: Vec<f64>,
    /// Of regions of patients that it was not fitted on.
    pub reliability: Reliability,
}

/// The product's confidence and what could stand in its place. Natural logarithms of odds and of
/// areas in mm²; the peak beside is part of it where it is known of every region.
pub fn ways(judged: &[Judged]) -> Vec<Way> {
    let said = judged
        .iter()
        .map(|it| (f64::from(it.confidence), it.is_nodule));
    let product = reliability(&said.collect::<Vec<_>>()).map(|reliability| Way {
        name: "the product's",
        weights: Vec::new(),
        reliability,
    });
    let ways = [
        product,
        fitted("the same for all", judged, |_| Some([])),
        fitted("mean", judged, |it| Some([confidence(it)])),
        fitted("peak, area", judged, |it| {
            Some([peak(it.peak), f64::from(it.area_mm2?).ln()])
        }),
        fitted("peak, peak beside, area", judged, |it| {
            let area = f64::from(it.area_mm2?).ln();
            Some([peak(it.peak), peak(it.peak_beside?), area])
        }),
    ];
    ways.into_iter().flatten().collect()
}

fn confidence(it: &Judged) -> f64 {
    let mean = f64::from(it.confidence).clamp(HALF_LEVEL, 1.0 - HALF_LEVEL);
    (mean / (1.0 - mean)).ln()
}

fn peak(level: u8) -> f64 {
    f64::from(odds(level)).ln()
}

/// A logistic regression, and how it does on patients that it has not seen; `None` where features
/// are missing.
fn fitted<const N: usize>(
    name: &'static str,
    judged: &[Judged],
    features: fn(&Judged) -> Option<[f64; N]>,
) -> Option<Way> {
    let examples = judged.iter().map(|it| Some((features(it)?, it.is_nodule)));
    let examples: Vec<([f64; N], bool)> = examples.collect::<Option<_>>()?;
    let mut folds: BTreeMap<&str, usize> = BTreeMap::new();
    for it in judged {
        let next = folds.len() % FOLDS;
        folds.entry(&it.patient).or_insert(next);
    }
    let fold_of = |it: &Judged| folds.get(it.patient.as_str()).copied().unwrap_or(0);
    let mut said = Vec::with_capacity(examples.len());
    for fold in 0..FOLDS {
        let each = || judged.iter().map(fold_of).zip(&examples);
        let others = each().filter(|it| it.0 != fold).map(|it| *it.1);
        let fit = Logistic::fit(&others.collect::<Vec<_>>());
        let own = each().filter(|it| it.0 == fold).map(|it| it.1);
        said.extend(own.map(|(features, is_true)| (fit.probability(features), *is_true)));
    }
    let all = Logistic::fit(&examples);
    Some(Way {
        name,
        weights: std::iter::once(all.constant).chain(all.weights).collect(),
        reliability: reliability(&said)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_judged_by_what_was_fitted_on_themselves() {
        let region = |patient: &str, is_nodule| Judged {
            patient: patient.to_owned(),
            image: String::new(),
            slice: 0,
            confidence: 0.9,
            peak: 250,
            peak_beside: None,
            area_mm2: Some(10.0),
            is_nodule,
        };
        let others = ["b", "c", "d", "e"];
        let others = others.map(|patient| [region(patient, true), region(patient, false)]);
        let both = [region("a", true), region("a", true)];
        let judged: Vec<Judged> = both.into_iter().chain(others.concat()).collect();
        let ways = ways(&judged);
        let names: Vec<&str> = ways.iter().map(|way| way.name).collect();
        let expected = ["the product's", "the same for all", "mean", "peak, area"];
        assert_eq!(names, expected, "no peak beside is known");
        // Of six nodules in ten: the others of `a` have 4 of 8, the others of everybody else 5 of
        // 8.
        let brier = (2.0 * 0.25 + 4.0 * (0.625_f64.powi(2) + 0.375_f64.powi(2))) / 10.0;
        let same = ways.iter().find(|way| way.name == "the same for all");
        let same = same.unwrap();
        assert!((same.reliability.brier - brier).abs() < 1e-9);
        assert!((same.weights[0] - 1.5_f64.ln()).abs() < 1e-9);
    }
}
