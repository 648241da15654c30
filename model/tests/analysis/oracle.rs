//! What SciPy, scikit-image and Pillow make of a small piece of a real slice.

use model::analysis::denoise::{gaussian, median3};
use model::analysis::distance::squared_distance_mm2;
use model::analysis::resample::resize;
use model::analysis::surface::surface_distance;
use model::analysis::{SliceView, findings, histogram, morphology, preprocess};
use model::mask::Mask;
use model::volume::{Intensity, PixelSpacing};
use serde_json::Value;

pub(crate) struct Oracle(Value);

impl Oracle {
    pub(crate) fn load() -> Self {
        let text = include_str!("../fixtures/analysis/oracle.json");
        Self(serde_json::from_str(text).unwrap())
    }

    pub(crate) fn number(&self, path: &str) -> f64 {
        self.0.pointer(path).unwrap().as_f64().unwrap()
    }

    pub(crate) fn numbers(&self, path: &str) -> Vec<f32> {
        let list = self.0.pointer(path).unwrap().as_array().unwrap();
        list.iter().map(|v| v.as_f64().unwrap() as f32).collect()
    }

    pub(crate) fn size(&self, path: &str) -> (usize, usize) {
        let side = |name: &str| self.number(&format!("{path}/{name}")) as usize;
        (side("rows"), side("cols"))
    }

    pub(crate) fn mask(&self, path: &str) -> Mask {
        let bytes: Vec<u8> = self.numbers(path).iter().map(|&v| v as u8).collect();
        let (rows, cols) = self.size("");
        Mask::from_bytes(rows, cols, &bytes).unwrap()
    }

    pub(crate) fn spacing(&self) -> PixelSpacing {
        PixelSpacing {
            row_mm: self.number("/spacing/0") as f32,
            col_mm: self.number("/spacing/1") as f32,
        }
    }
}

fn assert_close(ours: &[f32], theirs: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), theirs.len());
    for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
        assert!((a - b).abs() <= tolerance, "at {index}: {a}, expected {b}");
    }
}

#[test]
fn the_window_maps_hounsfield_units_as_numpy_does() {
    let oracle = Oracle::load();
    let ours: Vec<f32> = oracle
        .numbers("/hu")
        .iter()
        .map(|&hu| preprocess::normalise(hu as i16, Intensity::Hounsfield))
        .collect();
    assert_close(&ours, &oracle.numbers("/pixels"), 1e-5);
}

#[test]
fn enlarging_agrees_with_scipy_and_shrinking_with_pillow() {
    let oracle = Oracle::load();
    let pixels = oracle.numbers("/pixels");
    for name in ["/enlarged", "/shrunk"] {
        let ours = resize(&pixels, oracle.size(""), oracle.size(name));
        assert_close(&ours, &oracle.numbers(&format!("{name}/pixels")), 2e-4);
    }
}

#[test]
fn noise_reduction_agrees_with_scipy() {
    let oracle = Oracle::load();
    let pixels = oracle.numbers("/pixels");
    let (rows, cols) = oracle.size("");
    let ours = gaussian(&pixels, rows, cols, 0.8);
    assert_close(&ours, &oracle.numbers("/gaussian"), 2e-5);
    let ours = median3(&pixels, rows, cols);
    assert_close(&ours, &oracle.numbers("/median"), 1e-5);
}

#[test]
fn distances_on_pixels_that_are_not_square_agree_with_scipy() {
    let oracle = Oracle::load();
    let squared = squared_distance_mm2(&oracle.mask("/mask"), oracle.spacing());
    let ours: Vec<f32> = squared.iter().map(|d| d.sqrt()).collect();
    assert_close(&ours, &oracle.numbers("/distance"), 2e-4);
}

#[test]
fn opening_closing_and_hole_filling_agree_with_scipy() {
    let oracle = Oracle::load();
    let (mask, spacing) = (oracle.mask("/mask"), oracle.spacing());
    let radius_mm = oracle.number("/radius_mm") as f32;
    assert_eq!(
        morphology::open(&mask, radius_mm, spacing),
        oracle.mask("/opened")
    );
    assert_eq!(
        morphology::close(&mask, radius_mm, spacing),
        oracle.mask("/closed")
    );
    let filled = morphology::fill_holes(&morphology::inverted(&mask), usize::MAX);
    assert_eq!(filled, oracle.mask("/filled_inverse"));
}

#[test]
fn regions_are_measured_as_by_brute_force() {
    let oracle = Oracle::load();
    let (rows, cols) = oracle.size("");
    let values: Vec<i16> = oracle.numbers("/hu").iter().map(|&hu| hu as i16).collect();
    let probability: Vec<u8> = oracle
        .numbers("/probability")
        .iter()
        .map(|&p| p as u8)
        .collect();
    let slice = SliceView {
        values: &values,
        rows,
        cols,
        intensity: Intensity::Hounsfield,
        spacing: Some(oracle.spacing()),
    };
    let ours = findings(&oracle.mask("/mask"), &probability, &slice, 10);
    assert_eq!(ours.len(), oracle.0["regions"].as_array().unwrap().len());
    for (i, ours) in ours.iter().enumerate() {
        let expected = |name: &str| oracle.number(&format!("/regions/{i}/{name}")) as f32;
        assert_eq!(ours.area_px, expected("area_px") as usize);
        assert_close(
            &[
                ours.longest_mm.unwrap(),
                ours.perpendicular_mm.unwrap(),
                ours.mean_value,
                ours.confidence,
                ours.centre.0,
                ours.centre.1,
            ],
            &[
                expected("longest_mm"),
                expected("perpendicular_mm"),
                expected("mean_value"),
                expected("confidence"),
                expected("centre/0"),
                expected("centre/1"),
            ],
            5e-3,
        );
        assert!((ours.area_mm2.unwrap() - ours.area_px as f32 * 0.77).abs() < 1e-2);
        assert_eq!((ours.slice, ours.lesion), (10, 0));
    }
}

#[test]
fn the_histogram_agrees_with_numpy() {
    let oracle = Oracle::load();
    let probability: Vec<u8> = oracle
        .numbers("/probability")
        .iter()
        .map(|&p| p as u8)
        .collect();
    let ours = histogram(&probability, Some(&oracle.mask("/mask")));
    let expected: Vec<u32> = oracle
        .numbers("/histogram")
        .iter()
        .map(|&n| n as u32)
        .collect();
    assert_eq!(ours.to_vec(), expected);
}

#[test]
fn boundary_distances_of_two_readings_agree_with_scipy() {
    let oracle = Oracle::load();
    let (one, two) = (oracle.mask("/one_reader"), oracle.mask("/two_readers"));
    let ours = surface_distance(&one, &two, Some(oracle.spacing())).unwrap();
    assert!((f64::from(ours.hd95_mm) - oracle.number("/surface/hd95_mm")).abs() < 1e-3);
    assert!((f64::from(ours.assd_mm) - oracle.number("/surface/assd_mm")).abs() < 1e-3);
    assert!(surface_distance(&one, &Mask::empty(one.rows, one.cols), None).is_none());
}
