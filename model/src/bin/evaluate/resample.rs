//! Intervals of figures that are no mean over values: patients are drawn again, and the whole
//! figure is computed from those drawn.

use model::train::bootstrap::limits;
use serde::Serialize;

/// A figure with its 95 % interval over patients.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Figure {
    /// Of all patients.
    pub(crate) value: f64,
    /// 2.5th percentile of the resampled figures; `None` of one patient.
    pub(crate) low: Option<f64>,
    /// 97.5th percentile.
    pub(crate) high: Option<f64>,
}

/// A figure of patients, see [`limits`].
///
/// # Arguments
/// `of`: computes it from one entry for each patient, some of them several times.
pub(crate) fn figure<T>(patients: &[T], of: impl Fn(&[&T]) -> Option<f64>) -> Option<Figure> {
    let value = of(&patients.iter().collect::<Vec<&T>>())?;
    let (low, high) = limits(patients, of).unzip();
    Some(Figure { value, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_are_drawn_and_not_what_they_hold() {
        let mean = |drawn: &[&Vec<f64>]| {
            let values: Vec<f64> = drawn.iter().flat_map(|it| it.iter().copied()).collect();
            Some(values.iter().sum::<f64>() / values.len() as f64)
        };
        let one = figure(&[vec![0.0, 1.0]], mean).unwrap();
        assert_eq!((one.value, one.low, one.high), (0.5, None, None));
        // Both the same patient has a chance of a quarter at either end.
        let two = figure(&[vec![0.0, 0.0], vec![1.0, 1.0]], mean).unwrap();
        assert_eq!((two.value, two.low, two.high), (0.5, Some(0.0), Some(1.0)));
    }

    #[test]
    fn draws_without_the_figure_are_left_out() {
        let of = |drawn: &[&Option<f64>]| {
            let known: Vec<f64> = drawn.iter().filter_map(|it| **it).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        let found = figure(&[Some(2.0), None], of).unwrap();
        assert_eq!((found.low, found.high), (Some(2.0), Some(2.0)));
        assert!(figure(&[None, None], of).is_none());
    }
}
