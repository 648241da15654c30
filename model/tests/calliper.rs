//! What ellipses enclose against NumPy and scikit-image (`fixtures/calliper/make.py`).

use model::calliper::{Calliper, Held, drag, enclose, press};
use serde::Deserialize;

const ROWS: i64 = 120;
const COLS: usize = 160;

#[derive(Deserialize)]
struct Case {
    from: (f64, f64),
    to: (f64, f64),
    area_px: usize,
    mean: f32,
    sd: f32,
    min: i16,
    max: i16,
}

/// The image that `make.py` makes by the same rule.
fn values() -> Vec<i16> {
    let value = |i: i64| (i * 7919 + i * i % 1013 * 31) % 2500 - 1024;
    (0..ROWS * COLS as i64).map(|i| value(i) as i16).collect()
}

#[test]
fn area_mean_deviation_and_ends_are_those_of_numpy() {
    let cases = include_str!("fixtures/calliper/ellipses.json");
    let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let mut lines: Vec<Calliper> = Vec::new();
        press(&mut lines, 0, case.from, 1.0, true, None);
        drag(&mut lines, case.to, Held::End, None);
        enclose(&mut lines, &values(), COLS);
        let found = lines[0].enclosed.unwrap();
        let place = (case.from, case.to);
        assert_eq!(found.area_px, case.area_px, "{place:?}");
        assert!((found.mean_value - case.mean).abs() < 1e-3, "{place:?}");
        let sd = found.sd_value.unwrap();
        assert!((sd - case.sd).abs() < 1e-3, "{place:?}: {sd}");
        let ends = (found.min_value, found.max_value);
        assert_eq!(ends, (case.min, case.max), "{place:?}");
    }
}
