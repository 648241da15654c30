//! Whole scans: all voxels of one together.

use model::metric::{Agreement, Confusion};
use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

use crate::evaluate::scored::Scored;

/// A scan's voxels.
#[derive(Debug, Clone)]
pub(crate) struct Voxels {
    patient: String,
    counts: Confusion,
}

impl Voxels {
    /// Of all slices of a scan, with and without a target; `None` of no slice.
    pub(crate) fn of(slices: &[Scored]) -> Option<Self> {
        let counts = slices.iter().map(|it| it.counts);
        Some(Self {
            patient: slices.first()?.patient.clone(),
            counts: counts.fold(Confusion::default(), Confusion::merged),
        })
    }

    fn has_target(&self) -> bool {
        self.counts.true_positive + self.counts.false_negative > 0
    }
}

/// Means over the scans with a target, with intervals over patients.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OfVolumes {
    scans: usize,
    with_target: usize,
    dice: Option<Interval>,
    iou: Option<Interval>,
    /// Of the scans where something was predicted.
    precision: Option<Interval>,
    recall: Option<Interval>,
}

/// Sums up; `None` without scans.
pub(crate) fn of_volumes(scans: &[Voxels]) -> Option<OfVolumes> {
    let targets: Vec<(&str, Agreement)> = scans
        .iter()
        .filter(|scan| scan.has_target())
        .map(|scan| (scan.patient.as_str(), scan.counts.agreement()))
        .collect();
    let over = |value: fn(&Agreement) -> Option<f32>| {
        let values = targets.iter();
        interval(values.filter_map(|(patient, it)| Some((*patient, f64::from(value(it)?)))))
    };
    (!scans.is_empty()).then(|| OfVolumes {
        scans: scans.len(),
        with_target: targets.len(),
        dice: over(|it| Some(it.dice)),
        iou: over(|it| Some(it.iou)),
        precision: over(|it| it.precision),
        recall: over(|it| it.recall),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slice of 100 pixels.
    fn slice(patient: &str, [hit, wrong, missed]: [u64; 3]) -> Scored {
        Scored {
            patient: patient.to_owned(),
            counts: Confusion {
                true_positive: hit,
                false_positive: wrong,
                false_negative: missed,
                true_negative: 100 - hit - wrong - missed,
            },
            ..Scored::default()
        }
    }

    #[test]
    fn the_voxels_of_a_scan_count_together_and_scans_once() {
        let one = [slice("one", [9, 1, 0]), slice("one", [0, 2, 6])];
        let scans = [
            Voxels::of(&one).unwrap(),
            Voxels::of(&[slice("two", [5, 0, 0])]).unwrap(),
            Voxels::of(&[slice("three", [0, 4, 0])]).unwrap(),
        ];
        let found = of_volumes(&scans).unwrap();
        assert_eq!((found.scans, found.with_target), (3, 2));
        let dice = found.dice.unwrap();
        // 18 of 27 voxels of both masks, and all: 2/3 and 1.
        assert!((dice.mean - 5.0 / 6.0).abs() < 1e-6, "{dice:?}");
        assert_eq!((dice.count, dice.patients), (2, 2));
        assert!((found.precision.unwrap().mean - 7.0 / 8.0).abs() < 1e-6);
        assert!((found.recall.unwrap().mean - 0.8).abs() < 1e-6);
        assert!(of_volumes(&[]).is_none() && Voxels::of(&[]).is_none());
    }
}
