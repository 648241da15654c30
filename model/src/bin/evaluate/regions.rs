//! Whether the confidence of a region means what it says.

use std::collections::BTreeMap;

use model::train::calibrate::judged::Judged;
use model::train::calibrate::reliability::{Bin, reliability};
use serde::Serialize;

use crate::evaluate::resample::{Figure, figure};

/// Confidence beside the share of regions that are nodules.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OfRegions {
    /// Those that touch marks of single readers only are left out.
    regions: usize,
    /// Share that touches what at least two readers marked.
    nodules: Option<Figure>,
    confidence: Option<Figure>,
    ece: Option<Figure>,
    brier: Option<Figure>,
    pub(crate) bins: Vec<Bin>,
}

/// Sums up, with intervals over patients.
pub(crate) fn of_regions(judged: &[Judged]) -> OfRegions {
    let mut patients: BTreeMap<&str, Vec<(f64, bool)>> = BTreeMap::new();
    for it in judged {
        let pair = (f64::from(it.confidence), it.is_nodule);
        patients.entry(&it.patient).or_default().push(pair);
    }
    let patients: Vec<Vec<(f64, bool)>> = patients.into_values().collect();
    let over = |of: fn(&[(f64, bool)]) -> Option<f64>| {
        figure(&patients, |drawn| {
            let pairs: Vec<(f64, bool)> = drawn.iter().flat_map(|it| it.iter().copied()).collect();
            of(&pairs)
        })
    };
    let all = reliability(&patients.concat());
    OfRegions {
        regions: judged.len(),
        nodules: over(|pairs| mean(pairs, |it| f64::from(u8::from(it.1)))),
        confidence: over(|pairs| mean(pairs, |it| it.0)),
        ece: over(|pairs| Some(reliability(pairs)?.ece)),
        brier: over(|pairs| Some(reliability(pairs)?.brier)),
        bins: all.map_or_else(Vec::new, |it| it.bins),
    }
}

fn mean(pairs: &[(f64, bool)], value: fn(&(f64, bool)) -> f64) -> Option<f64> {
    (!pairs.is_empty()).then(|| pairs.iter().map(value).sum::<f64>() / pairs.len() as f64)
}
