//! The seven figures that a mask is judged by: of one, and as means over many.

use model::metric::{Agreement, Confusion};
use model::train::bootstrap::{Interval, interval};
use serde::Serialize;

/// Figures of a mask (`f64`), or means over many ([`Interval`]).
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Figures<T> {
    pub(crate) dice: Option<T>,
    pub(crate) iou: Option<T>,
    /// `None` where nothing was predicted.
    pub(crate) precision: Option<T>,
    pub(crate) recall: Option<T>,
    pub(crate) accuracy: Option<T>,
    pub(crate) specificity: Option<T>,
    /// Between the boundaries; `None` where one mask is empty.
    pub(crate) hd95_mm: Option<T>,
}

impl Figures<f64> {
    /// Of counted pixels, and the distance that goes with them.
    pub(crate) fn of(counts: Confusion, hd95_mm: Option<f32>) -> Self {
        let Agreement {
            counts: _,
            dice,
            iou,
            accuracy,
            precision,
            recall,
            specificity,
        } = counts.agreement();
        Self {
            dice: Some(dice.into()),
            iou: Some(iou.into()),
            precision: precision.map(f64::from),
            recall: recall.map(f64::from),
            accuracy: accuracy.map(f64::from),
            specificity: specificity.map(f64::from),
            hd95_mm: hd95_mm.map(f64::from),
        }
    }
}

impl Figures<Interval> {
    /// Means over masks, each with its patient.
    pub(crate) fn means(masks: &[(&str, Figures<f64>)]) -> Self {
        Self::each(|figure| {
            let values = masks.iter();
            interval(values.filter_map(|(patient, of_mask)| Some((*patient, figure(of_mask)?))))
        })
    }
}

impl<T> Figures<T> {
    /// What comes of each of the seven.
    ///
    /// # Arguments
    /// `made`: is told which one by what takes it out of others.
    pub(crate) fn each(made: impl Fn(fn(&Figures<f64>) -> Option<f64>) -> Option<T>) -> Self {
        Self {
            dice: made(|it| it.dice),
            iou: made(|it| it.iou),
            precision: made(|it| it.precision),
            recall: made(|it| it.recall),
            accuracy: made(|it| it.accuracy),
            specificity: made(|it| it.specificity),
            hd95_mm: made(|it| it.hd95_mm),
        }
    }
}
