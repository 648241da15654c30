//! What PyTorch, SciPy and NumPy compute (`fixtures/train/make.py`).

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Oracle {
    pub(crate) schedules: Vec<Schedule>,
    pub(crate) blur: Blur,
    pub(crate) bootstrap: Bootstrap,
}

/// Learning rates by step.
#[derive(Deserialize)]
pub(crate) struct Schedule {
    pub(crate) steps: usize,
    pub(crate) warm_up: f64,
    pub(crate) highest: f64,
    pub(crate) rates: Vec<f64>,
}

/// An image after one to five passes of 1-2-1, and after the Gaussians of the same variance.
#[derive(Deserialize)]
pub(crate) struct Blur {
    pub(crate) edge: usize,
    pub(crate) hu: Vec<f32>,
    pub(crate) passes: Vec<Vec<f32>>,
    pub(crate) gaussians: Vec<Vec<f32>>,
}

/// Values by patient, and what resampling patients gives.
#[derive(Deserialize)]
pub(crate) struct Bootstrap {
    pub(crate) values: Vec<Vec<f64>>,
    pub(crate) mean: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) deviation: f64,
    pub(crate) deviation_of_independent: f64,
}

pub(crate) fn oracle() -> Oracle {
    serde_json::from_str(include_str!("../fixtures/train/oracle.json")).unwrap()
}
