//! Figures against those of NumPy and SciPy (`tests/fixtures/evaluate/make.py`).

use model::mask::Mask;
use model::train::bootstrap::Interval;
use model::train::calibrate::logistic::Logistic;
use model::train::calibrate::reliability::reliability;
use model::volume::{PixelSpacing, Volume};
use serde_json::Value;

use crate::evaluate::blank::blank;
use crate::evaluate::boundary;
use crate::evaluate::each_nodule::named;
use crate::evaluate::figures::Figures;
use crate::evaluate::froc::sensitivity_at;
use crate::evaluate::nodules::{by_nodule, nodules as nodules_of};
use crate::evaluate::patients::{by_patient, patients};
use crate::evaluate::report::paired;
use crate::evaluate::scored::Scored;
use crate::evaluate::targets::nodules;
use crate::evaluate::volumes::{Voxels, of_volumes};

fn figures(of: &str) -> Value {
    let text = include_str!("../../../tests/fixtures/evaluate/figures.json");
    let all: Value = serde_json::from_str(text).unwrap();
    all[of].clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap().iter();
    list.map(|it| it.as_f64().unwrap()).collect()
}

fn pixels(value: &Value) -> Vec<u8> {
    numbers(value).into_iter().map(|it| it as u8).collect()
}

fn assert_near(ours: f64, theirs: &Value, tolerance: f64) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() <= tolerance, "{ours} {theirs}");
}

/// All seven, by the names that `metrics.json` gives them.
fn assert_means(ours: Figures<Interval>, theirs: &Value, tolerance: f64) {
    let ours = serde_json::to_value(ours).unwrap();
    let ours = ours.as_object().unwrap();
    assert_eq!(ours.len(), 7);
    for (name, ours) in ours {
        assert_near(ours["mean"].as_f64().unwrap(), &theirs[name], tolerance);
    }
}

#[test]
fn calibration_error_and_brier_score_are_those_of_numpy() {
    let expected = figures("reliability");
    let was = pixels(&expected["was"]).into_iter().map(|it| it != 0);
    let pairs: Vec<(f64, bool)> = numbers(&expected["said"]).into_iter().zip(was).collect();
    let found = reliability(&pairs).unwrap();
    assert_near(found.ece, &expected["ece"], 1e-12);
    assert_near(found.brier, &expected["brier"], 1e-12);
    let bins = expected["bins"].as_array().unwrap();
    assert_eq!(found.bins.len(), bins.len());
    for (ours, theirs) in found.bins.iter().zip(bins) {
        assert_near(ours.said, &theirs[0], 1e-12);
        assert_near(ours.was, &theirs[1], 1e-12);
        assert_near(ours.count as f64, &theirs[2], 0.0);
    }
}

#[test]
fn logistic_regression_ends_where_scipy_ends() {
    let expected = figures("logistic");
    let features = expected["features"].as_array().unwrap().iter();
    let features = features.map(|it| <[f64; 2]>::try_from(numbers(it)).unwrap());
    let was = pixels(&expected["was"]).into_iter().map(|it| it != 0);
    let examples: Vec<([f64; 2], bool)> = features.zip(was).collect();
    let found = Logistic::fit(&examples);
    let ours = [found.constant, found.weights[0], found.weights[1]];
    for (at, ours) in ours.into_iter().enumerate() {
        assert_near(ours, &expected["weights"][at], 1e-5);
    }
}

#[test]
fn nodules_hang_together_as_scipy_labels_them() {
    let expected = figures("nodules");
    let slices = expected["marks"].as_array().unwrap().iter();
    let slices: Vec<Vec<u8>> = slices.map(pixels).collect();
    let cols = expected["cols"].as_u64().unwrap() as usize;
    let mut sizes: Vec<f64> = nodules(&slices, cols)
        .iter()
        .map(|it| it.len() as f64)
        .collect();
    sizes.sort_by(f64::total_cmp);
    assert_eq!(sizes, numbers(&expected["sizes"]));
}

#[test]
fn sensitivities_are_read_off_the_envelope_as_by_numpy() {
    let expected = figures("froc");
    let points = expected["points"].as_array().unwrap().iter().map(numbers);
    let points: Vec<(f64, f64)> = points.map(|it| (it[0], it[1])).collect();
    let rates = numbers(&expected["rates"]);
    for (rate, theirs) in rates
        .iter()
        .zip(expected["sensitivities"].as_array().unwrap())
    {
        assert_near(sensitivity_at(&points, *rate), theirs, 1e-12);
    }
}

/// The slices of the fixture under one of its two networks.
fn scored(network: &str) -> Vec<Scored> {
    let expected = figures("masks");
    let size = |name: &str| expected[name].as_u64().unwrap() as usize;
    let spacing = numbers(&expected["spacing"]);
    let spacing = PixelSpacing {
        row_mm: spacing[0] as f32,
        col_mm: spacing[1] as f32,
    };
    let slices = expected["slices"].as_array().unwrap().iter();
    let scored = slices.enumerate().map(|(place, slice)| {
        let name = |of: &str| slice[of].as_str().unwrap().to_owned();
        let mask = Mask {
            pixels: pixels(&slice[network]),
            ..Mask::empty(size("rows"), size("cols"))
        };
        let target = pixels(&slice["target"]);
        let disputed = vec![false; target.len()];
        Scored {
            patient: name("patient"),
            nodule: Some(name("nodule")),
            place,
            ..Scored::new(&mask, &target, &disputed, Some(spacing))
        }
    });
    scored.collect()
}

#[test]
fn figures_of_nodules_and_patients_and_distances_of_boundaries_are_those_of_numpy_and_scipy() {
    let expected = figures("masks");
    let scored = scored("first");
    let slices = expected["slices"].as_array().unwrap();
    for (ours, theirs) in scored.iter().zip(slices) {
        assert_near(f64::from(ours.hd95_mm.unwrap()), &theirs["hd95_mm"], 1e-4);
    }
    let all: Vec<&Scored> = scored.iter().collect();
    let found = by_nodule(&nodules_of(&all)).unwrap().all;
    assert_means(found.means, &expected["by_nodule"], 1e-5);
    let found = by_patient(&patients(&all));
    assert_means(found.means, &expected["by_patient"], 1e-5);
}

#[test]
fn figures_of_scans_and_sizes_of_nodules_are_those_of_numpy_and_scipy() {
    let expected = figures("volumes");
    let [rows, cols] = ["rows", "cols"].map(|name| expected[name].as_u64().unwrap() as usize);
    let [step_mm, row_mm, col_mm] = numbers(&expected["spacing"])[..] else {
        unreachable!("three sizes of a voxel");
    };
    let spacing = PixelSpacing {
        row_mm: row_mm as f32,
        col_mm: col_mm as f32,
    };
    for scan in expected["scans"].as_array().unwrap() {
        let [mask, target] = ["mask", "target"].map(|of| {
            let slices = scan[of].as_array().unwrap().iter();
            let slices = slices.map(|slice| Mask {
                pixels: pixels(slice),
                ..Mask::empty(rows, cols)
            });
            slices.collect::<Vec<Mask>>()
        });
        let image = Volume {
            spacing: Some(spacing),
            slice_spacing_mm: Some(step_mm as f32),
            ..blank(target.len(), rows, cols)
        };
        let far = boundary::hd95_mm([&mask, &target], spacing, &image.steps_mm());
        assert_near(f64::from(far.unwrap()), &scan["hd95_mm"], 1e-4);
        let slices = mask.iter().zip(&target);
        let slices = slices.map(|(mask, target)| Scored {
            patient: "P".to_owned(),
            ..Scored::new(
                mask,
                &target.pixels,
                &vec![false; rows * cols],
                Some(spacing),
            )
        });
        let slices: Vec<Scored> = slices.collect();
        let found = of_volumes(&[Voxels::of(&slices, far).unwrap()]).unwrap();
        assert_means(found.means, scan, 1e-4);
        let marks: Vec<Vec<u8>> = target.into_iter().map(|it| it.pixels).collect();
        let sizes = named(&nodules(&marks, cols), &image, 0);
        let mut sizes: Vec<f32> = sizes.iter().filter_map(|it| it.diameter_mm).collect();
        sizes.sort_by(f32::total_cmp);
        let theirs = scan["diameters_mm"].as_array().unwrap();
        assert_eq!(sizes.len(), theirs.len());
        for (ours, theirs) in sizes.into_iter().zip(theirs) {
            assert_near(f64::from(ours), theirs, 1e-4);
        }
    }
}

/// NumPy draws patients 200,000 times, and others than ours are drawn: the ends agree roughly.
#[test]
fn the_interval_of_a_difference_is_that_of_numpy() {
    let expected = &figures("masks")["paired"];
    let found = paired(&scored("first"), &scored("second")).dice.unwrap();
    assert_near(found.mean, &expected["mean"], 1e-6);
    assert_near(found.low.unwrap(), &expected["low"], 4e-3);
    assert_near(found.high.unwrap(), &expected["high"], 4e-3);
}
