//! Sensitivity against false regions a slice (FROC), by nodule and by region of a slice.

use serde::Serialize;

use crate::evaluate::resample::{Figure, figure};

/// False regions a slice at which sensitivities are read off.
pub(crate) const RATES: [f64; 6] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0];

/// What some slices give at one setting.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) slices: usize,
    pub(crate) nodules: Share,
    /// Of the marks slice by slice.
    pub(crate) regions: Share,
    /// Regions that touch no reader's mark.
    pub(crate) wrong: usize,
}

/// Some found of all.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Share {
    pub(crate) found: usize,
    pub(crate) all: usize,
}

impl Share {
    pub(crate) fn add(&mut self, other: Self) {
        self.found += other.found;
        self.all += other.all;
    }

    fn value(self) -> Option<f64> {
        (self.all > 0).then(|| self.found as f64 / self.all as f64)
    }
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.slices += other.slices;
        self.nodules.add(other.nodules);
        self.regions.add(other.regions);
        self.wrong += other.wrong;
    }

    fn sum<'a>(tallies: impl Iterator<Item = &'a Self>) -> Self {
        tallies.fold(Self::default(), |mut sum, it| {
            sum.add(*it);
            sum
        })
    }

    fn wrong_per_slice(&self) -> f64 {
        self.wrong as f64 / self.slices.max(1) as f64
    }
}

/// One least peak.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Point {
    pub(crate) least_peak: f32,
    pub(crate) false_regions_per_slice: f64,
    pub(crate) nodules: Share,
    pub(crate) regions: Share,
}

impl Point {
    fn new(least_peak: f32, tally: Tally) -> Self {
        Self {
            least_peak,
            false_regions_per_slice: tally.wrong_per_slice(),
            nodules: tally.nodules,
            regions: tally.regions,
        }
    }

    /// Place on the curve by nodule.
    pub(crate) fn by_nodule(&self) -> Option<(f64, f64)> {
        Some((self.false_regions_per_slice, self.nodules.value()?))
    }

    /// Place on the curve by region.
    pub(crate) fn by_region(&self) -> Option<(f64, f64)> {
        Some((self.false_regions_per_slice, self.regions.value()?))
    }
}

/// The sensitivities at one number of false regions a slice.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct AtRate {
    false_regions_per_slice: f64,
    by_nodule: Option<Figure>,
    by_region: Option<Figure>,
}

/// The curve.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Froc {
    /// What the product does by itself.
    pub(crate) operating: Point,
    /// The least peaks from none up, all else as in the product.
    pub(crate) points: Vec<Point>,
    at_rates: Vec<AtRate>,
}

/// The curve of some patients.
///
/// # Arguments
/// * `patients`: for each of them a tally at every least peak.
/// * `operating`: the least peak of the product, and the tally of all patients at it.
pub(crate) fn froc(least_peaks: &[f32], patients: &[Vec<Tally>], operating: (f32, Tally)) -> Froc {
    let points = least_peaks.iter().enumerate().map(|(at, &least_peak)| {
        let each = patients.iter().filter_map(|tallies| tallies.get(at));
        Point::new(least_peak, Tally::sum(each))
    });
    let at_rates = RATES.iter().map(|&rate| AtRate {
        false_regions_per_slice: rate,
        by_nodule: figure(patients, |drawn| at_rate(drawn, rate, |it| it.nodules)),
        by_region: figure(patients, |drawn| at_rate(drawn, rate, |it| it.regions)),
    });
    Froc {
        operating: Point::new(operating.0, operating.1),
        points: points.collect(),
        at_rates: at_rates.collect(),
    }
}

fn at_rate(patients: &[&Vec<Tally>], rate: f64, of: fn(&Tally) -> Share) -> Option<f64> {
    let settings = patients.first()?.len();
    let curve = (0..settings).map(|at| {
        let each = patients.iter().filter_map(|tallies| tallies.get(at));
        let sum = Tally::sum(each);
        Some((sum.wrong_per_slice(), of(&sum).value()?))
    });
    Some(sensitivity_at(&curve.collect::<Option<Vec<_>>>()?, rate))
}

/// Sensitivity at a number of false regions a slice: along straight lines between the points of the
/// upper envelope, which begins where nothing is marked. Beyond the last point it stays.
///
/// # Arguments
/// `points`: false regions a slice and sensitivity, in any order.
pub(crate) fn sensitivity_at(points: &[(f64, f64)], rate: f64) -> f64 {
    let mut points = points.to_vec();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (mut left, mut best) = (0.0, 0.0_f64);
    for (at, sensitivity) in points {
        let top = best.max(sensitivity);
        if at > rate {
            return best + (top - best) * (rate - left) / (at - left);
        }
        (left, best) = (at, top);
    }
    best
}
