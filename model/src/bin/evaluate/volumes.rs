//! Whole scans: all voxels of one together.

use model::metric::Confusion;
use model::train::bootstrap::Interval;
use serde::Serialize;

use crate::evaluate::figures::Figures;
use crate::evaluate::scored::Scored;

/// A scan's voxels.
#[derive(Debug, Clone)]
pub(crate) struct Voxels {
    patient: String,
    counts: Confusion,
    /// Between the boundaries in three dimensions; `None` where one mask is empty.
    hd95_mm: Option<f32>,
}

impl Voxels {
    /// Of all slices of a scan, with and without a target; `None` of no slice.
    pub(crate) fn of(slices: &[Scored], hd95_mm: Option<f32>) -> Option<Self> {
        let counts = slices.iter().map(|it| it.counts);
        Some(Self {
            patient: slices.first()?.patient.clone(),
            counts: counts.fold(Confusion::default(), Confusion::merged),
            hd95_mm,
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
    /// Distances in three dimensions.
    #[serde(flatten)]
    pub(crate) means: Figures<Interval>,
    /// Scans with a target where nothing was predicted, or of slices at unknown distances: not part
    /// of `hd95_mm`.
    hd95_undefined: usize,
}

/// Sums up; `None` without scans.
pub(crate) fn of_volumes(scans: &[Voxels]) -> Option<OfVolumes> {
    let with_target = scans.iter().filter(|scan| scan.has_target());
    let targets: Vec<(&str, Figures<f64>)> = with_target
        .map(|scan| {
            (
                scan.patient.as_str(),
                Figures::of(scan.counts, scan.hd95_mm),
            )
        })
        .collect();
    (!scans.is_empty()).then(|| OfVolumes {
        scans: scans.len(),
        with_target: targets.len(),
        means: Figures::means(&targets),
        hd95_undefined: targets
            .iter()
            .filter(|(_, it)| it.hd95_mm.is_none())
            .count(),
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
            Voxels::of(&one, Some(3.0)).unwrap(),
            Voxels::of(&[slice("two", [5, 0, 0])], None).unwrap(),
            Voxels::of(&[slice("three", [0, 4, 0])], None).unwrap(),
        ];
        let found = of_volumes(&scans).unwrap();
        assert_eq!((found.scans, found.with_target), (3, 2));
        let means = found.means;
        let dice = means.dice.unwrap();
        // 18 of 27 voxels of both masks, and all: 2/3 and 1.
        assert!((dice.mean - 5.0 / 6.0).abs() < 1e-6, "{dice:?}");
        assert_eq!((dice.count, dice.patients), (2, 2));
        assert!((means.precision.unwrap().mean - 7.0 / 8.0).abs() < 1e-6);
        assert!((means.recall.unwrap().mean - 0.8).abs() < 1e-6);
        // 9 of 200 voxels differ, and none of 100; 3 of 185 beside the target, and none.
        assert!((means.accuracy.unwrap().mean - f64::midpoint(191.0 / 200.0, 1.0)).abs() < 1e-6);
        assert!((means.specificity.unwrap().mean - f64::midpoint(182.0 / 185.0, 1.0)).abs() < 1e-6);
        let distance = means.hd95_mm.unwrap();
        assert_eq!((distance.count, found.hd95_undefined), (1, 1));
        assert!(of_volumes(&[]).is_none() && Voxels::of(&[], None).is_none());
    }
}
