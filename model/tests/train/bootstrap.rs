//! Intervals of confidence, held to NumPy.

use model::train::bootstrap::{Interval, interval};

use crate::oracle::oracle;

/// Both ends of an interval.
fn ends(found: &Interval) -> (f64, f64) {
    (found.low.unwrap(), found.high.unwrap())
}

/// Values of patients named by their number.
fn of(values: &[Vec<f64>]) -> Interval {
    let names: Vec<String> = (0..values.len()).map(|at| format!("p{at:03}")).collect();
    let pairs = names.iter().zip(values);
    let each = pairs.flat_map(|(name, own)| own.iter().map(|&value| (name.as_str(), value)));
    interval(each).unwrap()
}

#[test]
fn the_interval_is_numpys_within_the_chance_of_two_thousand_resamplings() {
    let known = oracle().bootstrap;
    let found = of(&known.values);
    assert!((found.mean - known.mean).abs() < 1e-6, "{found:?}");
    // A 2.5th percentile of 2,000 draws has a standard error of 0.06 deviations: four of them.
    let allowed = 0.24 * known.deviation;
    let (low, high) = ends(&found);
    assert!((low - known.low).abs() < allowed, "{found:?}");
    assert!((high - known.high).abs() < allowed, "{found:?}");
    // Twice 1.96 deviations: three times as wide as of independent crops.
    let independent = 2.0 * 1.96 * known.deviation_of_independent;
    assert!(high - low > 3.0 * independent, "{found:?}");
}

#[test]
fn crops_and_patients_are_counted_and_crops_have_equal_weight() {
    let found = of(&[vec![1.0; 3], vec![0.0]]);
    assert_eq!((found.count, found.patients), (4, 2));
    assert!((found.mean - 0.75).abs() < 1e-12);
    // Both draws may be of one patient: all of it is possible, and nothing beyond.
    let (low, high) = ends(&found);
    assert!(low.abs() < 1e-12 && (high - 1.0).abs() < 1e-12);
}

#[test]
fn a_crop_told_twice_makes_no_interval_narrower() {
    let once = oracle().bootstrap.values;
    let twice: Vec<Vec<f64>> = once.iter().map(|own| own.repeat(2)).collect();
    let (once, twice) = (of(&once), of(&twice));
    let (one, two) = (ends(&once), ends(&twice));
    assert!((one.0 - two.0).abs() < 1e-9 && (one.1 - two.1).abs() < 1e-9);
    assert_eq!(twice.count, 2 * once.count);
}

#[test]
fn one_patient_says_nothing_about_others_and_the_same_data_have_the_same_interval() {
    let alone = of(&[vec![0.2, 0.4]]);
    assert!((alone.mean - 0.3).abs() < 1e-12, "{alone:?}");
    assert_eq!((alone.low, alone.high), (None, None));
    let values = oracle().bootstrap.values;
    assert_eq!(of(&values), of(&values));
    assert_eq!(interval(std::iter::empty()), None);
}
