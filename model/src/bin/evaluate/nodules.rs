//! Figures of whole nodules: the slices of each together.

use std::collections::BTreeMap;

use model::metric::Confusion;
use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::scored::Scored;

/// Means over nodules, with intervals over patients.
#[derive(Debug, Serialize)]
pub(crate) struct ByNodule {
    nodules: usize,
    /// Of all pixels of the nodule's slices together.
    pub(crate) dice: Option<Interval>,
    recall: Option<Interval>,
    precision: Option<Interval>,
    /// Share of which at least one pixel was found on any slice.
    found: Option<Interval>,
}

/// Sums up images with a target by the nodule they show; `None` where no image says which.
pub(crate) fn by_nodule(scored: &[&Scored]) -> Option<ByNodule> {
    let mut nodules: BTreeMap<(&str, &str), Confusion> = BTreeMap::new();
    for s in scored {
        let Some(nodule) = &s.nodule else { continue };
        let counts = nodules.entry((&s.patient, nodule)).or_default();
        *counts = counts.merged(s.counts);
    }
    let mean = |value: fn(&Confusion) -> Option<f32>| {
        let values = nodules.iter();
        interval(values.filter_map(|((patient, _), c)| Some((*patient, f64::from(value(c)?)))))
    };
    (!nodules.is_empty()).then(|| ByNodule {
        nodules: nodules.len(),
        dice: mean(|c| Some(c.agreement().dice)),
        recall: mean(|c| c.agreement().recall),
        precision: mean(|c| c.agreement().precision),
        found: mean(|c| Some(f32::from(u8::from(c.true_positive > 0)))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(nodule: &str, hit: u64, missed: u64) -> Scored {
        Scored {
            patient: "one".to_owned(),
            nodule: Some(nodule.to_owned()),
            counts: Confusion {
                true_positive: hit,
                false_negative: missed,
                ..Confusion::default()
            },
            ..Scored::default()
        }
    }

    #[test]
    fn a_nodule_counts_once_however_many_slices_show_it() {
        let slices = [slice("a", 30, 0), slice("a", 0, 10), slice("b", 0, 5)];
        let slices: Vec<&Scored> = slices.iter().collect();
        let summary = by_nodule(&slices).unwrap();
        assert_eq!(summary.nodules, 2);
        assert!((summary.found.unwrap().mean - 0.5).abs() < 1e-9);
        // 0.75 of the first nodule's pixels, none of the second's.
        assert!((summary.recall.unwrap().mean - 0.375).abs() < 1e-6);
    }

    #[test]
    fn where_no_image_names_its_nodule_there_are_no_figures() {
        assert!(by_nodule(&[&Scored::default()]).is_none());
    }
}
