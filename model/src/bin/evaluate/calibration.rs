//! Whether a probability means what it says.

use std::collections::BTreeMap;

use model::train::bootstrap::limits;
use model::train::calibrate::reliability::expected_error;
use serde::Serialize;

/// Bins of equal width.
const BINS: usize = 15;

/// Mean probability from which a bin is not that of certain background.
const IN_DOUBT: f64 = 0.05;

/// Pixels by predicted probability, of each patient.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calibration {
    patients: BTreeMap<String, [Pixels; BINS]>,
}

/// The pixels of a bin.
#[derive(Debug, Clone, Copy, Default)]
struct Pixels {
    /// Sum of their probabilities (0…255).
    probability: u64,
    targets: u64,
    all: u64,
}

/// One bin of the reliability curve.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Bin {
    pub(crate) mean_probability: f64,
    pub(crate) share_of_targets: f64,
    pub(crate) pixels: u64,
}

/// The curve and its distance from the diagonal.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Curve {
    /// Expected calibration error over all pixels, most of which are certain background.
    pub(crate) ece: f64,
    /// The same over the bins with a mean probability of at least 0.05, which the first one, full
    /// of background, is not: what counts are the pixels with a probability of 18/255 (0.07) and
    /// more.
    pub(crate) ece_where_in_doubt: f64,
    /// 95 % intervals of both over patients; `None` of one patient.
    pub(crate) ece_interval: Option<(f64, f64)>,
    pub(crate) ece_where_in_doubt_interval: Option<(f64, f64)>,
    pub(crate) bins: Vec<Bin>,
}

impl Calibration {
    /// Adds an image; `disputed` pixels are left out.
    pub(crate) fn add(
        &mut self,
        patient: &str,
        probability: &[u8],
        reference: &[u8],
        disputed: &[bool],
    ) {
        let own = self.patients.entry(patient.to_owned()).or_default();
        for ((&p, &target), &disputed) in probability.iter().zip(reference).zip(disputed) {
            let bin = usize::from(p) * BINS / 256;
            if let (false, Some(pixels)) = (disputed, own.get_mut(bin)) {
                pixels.probability += u64::from(p);
                pixels.targets += u64::from(target != 0);
                pixels.all += 1;
            }
        }
    }

    /// The reliability curve.
    pub(crate) fn curve(&self) -> Curve {
        let patients: Vec<[Pixels; BINS]> = self.patients.values().copied().collect();
        let interval = |least| limits(&patients, |drawn| Some(error(&bins(drawn), least)));
        let bins = bins(&patients.iter().collect::<Vec<_>>());
        Curve {
            ece: error(&bins, 0.0),
            ece_where_in_doubt: error(&bins, IN_DOUBT),
            ece_interval: interval(0.0),
            ece_where_in_doubt_interval: interval(IN_DOUBT),
            bins,
        }
    }
}

/// The bins of some patients together, without empty ones.
fn bins(patients: &[&[Pixels; BINS]]) -> Vec<Bin> {
    let mut sums = [Pixels::default(); BINS];
    for own in patients {
        for (sum, own) in sums.iter_mut().zip(own.iter()) {
            sum.probability += own.probability;
            sum.targets += own.targets;
            sum.all += own.all;
        }
    }
    let filled = sums.iter().filter(|sum| sum.all > 0);
    let bins = filled.map(|sum| Bin {
        mean_probability: sum.probability as f64 / 255.0 / sum.all as f64,
        share_of_targets: sum.targets as f64 / sum.all as f64,
        pixels: sum.all,
    });
    bins.collect()
}

/// [`expected_error`] of the bins from a mean probability on.
fn error(bins: &[Bin], least: f64) -> f64 {
    let bins = bins.iter().filter(|bin| bin.mean_probability >= least);
    expected_error(bins.map(|bin| (bin.mean_probability, bin.share_of_targets, bin.pixels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The curve of 1,000 pixels of background with a probability of 0, and of one with this
    /// (0…255).
    fn beside_background(probability: u8) -> Curve {
        let mut calibration = Calibration::default();
        calibration.add("one", &[0; 1000], &[0; 1000], &[false; 1000]);
        calibration.add("one", &[probability], &[0], &[false]);
        calibration.curve()
    }

    #[test]
    fn in_doubt_are_all_bins_but_that_of_certain_background() {
        let within = beside_background(17);
        assert!(within.ece > 0.0);
        assert!(within.ece_where_in_doubt.abs() < 1e-12);
        let beyond = beside_background(18).ece_where_in_doubt;
        assert!((beyond - 18.0 / 255.0).abs() < 1e-12, "{beyond}");
    }

    /// A quarter of the pixels of 0.2 is target, and half of those of 0.8.
    const PROBABILITY: [u8; 9] = [51, 51, 51, 51, 204, 204, 204, 204, 204];
    const TARGET: [u8; 9] = [1, 0, 0, 0, 1, 1, 0, 0, 0];
    /// The last pixel was marked by one reader alone.
    const DISPUTED: [bool; 9] = [false, false, false, false, false, false, false, false, true];

    #[test]
    fn the_error_is_that_of_the_bins_by_hand_without_disputed_pixels() {
        let mut calibration = Calibration::default();
        calibration.add("one", &PROBABILITY, &TARGET, &DISPUTED);
        let curve = calibration.curve();
        let pixels: Vec<u64> = curve.bins.iter().map(|bin| bin.pixels).collect();
        assert_eq!(pixels, [4, 4]);
        // (4 · 0.05 + 4 · 0.3) / 8
        assert!((curve.ece - 0.175).abs() < 1e-12, "{curve:?}");
        assert_eq!(
            curve.ece_interval, None,
            "one patient says nothing of others"
        );
    }

    #[test]
    fn the_interval_of_the_error_is_that_of_patients_drawn_again() {
        let mut calibration = Calibration::default();
        // The second one's probabilities are right: 0 and 1.
        calibration.add("one", &PROBABILITY, &TARGET, &DISPUTED);
        calibration.add("two", &[0, 255], &[0, 1], &[false; 2]);
        let curve = calibration.curve();
        // 1.4 pixels of 10 are off; either patient may be drawn twice.
        assert!((curve.ece - 0.14).abs() < 1e-12, "{curve:?}");
        let (low, high) = curve.ece_interval.unwrap();
        assert!(
            low.abs() < 1e-12 && (high - 0.175).abs() < 1e-12,
            "{curve:?}"
        );
        assert!(curve.ece_where_in_doubt_interval.is_some());
    }
}
