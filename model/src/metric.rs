//! Agreement of a mask with a reference mask.

use serde::{Deserialize, Serialize};

/// Pixel counts of a prediction against a reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusion {
    /// Set in both.
    pub true_positive: u64,
    /// Set in the prediction only.
    pub false_positive: u64,
    /// Set in the reference only.
    pub false_negative: u64,
    /// Set in neither.
    pub true_negative: u64,
}

impl Confusion {
    /// Counts over two equally long lists of 0/1 pixels.
    pub fn count(prediction: &[u8], reference: &[u8]) -> Self {
        let mut counts = Self::default();
        for (&p, &r) in prediction.iter().zip(reference) {
            match (p != 0, r != 0) {
                (true, true) => counts.true_positive += 1,
                (true, false) => counts.false_positive += 1,
                (false, true) => counts.false_negative += 1,
                (false, false) => counts.true_negative += 1,
            }
        }
        counts
    }

    /// Sum of two counts.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self {
            true_positive: self.true_positive + other.true_positive,
            false_positive: self.false_positive + other.false_positive,
            false_negative: self.false_negative + other.false_negative,
            true_negative: self.true_negative + other.true_negative,
        }
    }

    /// The usual ratios. A ratio whose denominator is zero is `None`, but two empty
    /// masks agree completely (Dice and `IoU` 1).
    pub fn agreement(self) -> Agreement {
        let (tp, fp, fne, tn) = (
            self.true_positive as f64,
            self.false_positive as f64,
            self.false_negative as f64,
            self.true_negative as f64,
        );
        let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| (part / whole) as f32);
        let overlap = |part: f64, whole: f64| {
            if whole > 0.0 {
                (part / whole) as f32
            } else {
                1.0
            }
        };
        Agreement {
            counts: self,
            dice: overlap(2.0 * tp, 2.0 * tp + fp + fne),
            iou: overlap(tp, tp + fp + fne),
            accuracy: ratio(tp + tn, tp + fp + fne + tn),
            precision: ratio(tp, tp + fp),
            recall: ratio(tp, tp + fne),
            specificity: ratio(tn, tn + fp),
        }
    }
}

/// Agreement of a prediction with a reference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// The counts behind the ratios.
    pub counts: Confusion,
    /// Dice coefficient, 2·TP / (2·TP + FP + FN).
    pub dice: f32,
    /// Intersection over union (Jaccard).
    pub iou: f32,
    /// Share of pixels that agree. Near 1 on any slice, since most pixels are background.
    pub accuracy: Option<f32>,
    /// Share of predicted pixels that are right.
    pub precision: Option<f32>,
    /// Share of reference pixels found (sensitivity).
    pub recall: Option<f32>,
    /// Share of background pixels left alone.
    pub specificity: Option<f32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_of_a_half_overlapping_pair() {
        let a = Confusion::count(&[1, 1, 0, 0], &[0, 1, 1, 0]).agreement();
        assert!((a.dice - 0.5).abs() < 1e-6);
        assert!((a.iou - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(a.accuracy, Some(0.5));
        assert_eq!(a.precision, Some(0.5));
        assert_eq!(a.recall, Some(0.5));
        assert_eq!(a.specificity, Some(0.5));
    }

    #[test]
    fn empty_masks_agree_and_have_no_precision() {
        let a = Confusion::count(&[0, 0], &[0, 0]).agreement();
        assert!((a.dice - 1.0).abs() < 1e-6);
        assert_eq!(a.precision, None);
        assert_eq!(a.recall, None);
    }
}
