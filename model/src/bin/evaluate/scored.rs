//! One scored image, as it goes into `per_slice.csv` and into every mean.

use model::analysis::surface::surface_distance;
use model::mask::Mask;
use model::metric::{Agreement, Confusion};
use model::volume::PixelSpacing;
use serde::Serialize;

use crate::evaluate::figures::Figures;

/// A prediction beside its reference.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Scored {
    /// `crop` or `slice`.
    pub(crate) kind: &'static str,
    pub(crate) patient: String,
    /// The scan or strip that it is part of.
    pub(crate) image: String,
    /// Its name among the patient's, where the data say it; on whole slices that of the largest one
    /// there, by the slice on which it begins.
    pub(crate) nodule: Option<String>,
    /// Place in the patient's strip or scan.
    pub(crate) slice: usize,
    /// Which of all images it is or is part of: another network's result of the same has the same.
    #[serde(skip)]
    pub(crate) place: usize,
    pub(crate) target_px: u64,
    pub(crate) predicted_px: u64,
    pub(crate) true_positive_px: u64,
    pub(crate) dice: f32,
    pub(crate) iou: f32,
    pub(crate) accuracy: Option<f32>,
    pub(crate) precision: Option<f32>,
    pub(crate) recall: Option<f32>,
    pub(crate) specificity: Option<f32>,
    /// The same where pixels that exactly one reader marked do not count, neither for nor against.
    pub(crate) dice_undisputed: f32,
    pub(crate) iou_undisputed: f32,
    pub(crate) precision_undisputed: Option<f32>,
    /// Between the boundaries; none where one mask is empty.
    pub(crate) hd95_mm: Option<f32>,
    /// Dice without the product's postprocessing, where `dice` is with it: of slices.
    pub(crate) dice_raw: Option<f32>,
    /// Dice with it, where `dice` is without: of crops.
    pub(crate) dice_postprocessed: Option<f32>,
    /// All of the two above, each where the image's own figures are the other way.
    #[serde(skip)]
    pub(crate) raw: Option<Agreement>,
    #[serde(skip)]
    pub(crate) postprocessed: Option<Agreement>,
    /// Readers who marked the nodule on this image.
    pub(crate) readers: Option<u8>,
    /// Mean Dice with each reader that marked something, and of those readers' pairs.
    pub(crate) dice_with_readers: Option<f32>,
    pub(crate) dice_between_readers: Option<f32>,
    /// Regions of the mask that touch no mark at all.
    pub(crate) false_regions: Option<usize>,
    pub(crate) hu_exact: Option<bool>,
    pub(crate) malignancy: Option<f32>,
    /// The nodule's: of crops as the index says it, on whole slices that of the ball as large.
    pub(crate) diameter_mm: Option<f32>,
    /// Readers who marked the nodule in any slice.
    pub(crate) annotators: Option<u8>,
    #[serde(skip)]
    pub(crate) counts: Confusion,
}

impl Scored {
    /// Compares a mask with a reference of the same size.
    ///
    /// # Arguments
    /// * `disputed`: pixels that exactly one reader marked; not part of the reference.
    pub(crate) fn new(
        mask: &Mask,
        reference: &[u8],
        disputed: &[bool],
        spacing: Option<PixelSpacing>,
    ) -> Self {
        let undisputed = undisputed(&mask.pixels, reference, disputed).agreement();
        let Agreement {
            counts,
            dice,
            iou,
            accuracy,
            precision,
            recall,
            specificity,
        } = Confusion::count(&mask.pixels, reference).agreement();
        let reference = Mask {
            pixels: reference.to_vec(),
            ..mask.clone()
        };
        Self {
            target_px: counts.true_positive + counts.false_negative,
            predicted_px: counts.true_positive + counts.false_positive,
            true_positive_px: counts.true_positive,
            hd95_mm: surface_distance(mask, &reference, spacing).map(|d| d.hd95_mm),
            dice,
            iou,
            accuracy,
            precision,
            recall,
            specificity,
            dice_undisputed: undisputed.dice,
            iou_undisputed: undisputed.iou,
            precision_undisputed: undisputed.precision,
            counts,
            ..Self::default()
        }
    }

    pub(crate) fn figures(&self) -> Figures<f64> {
        Figures::of(self.counts, self.hd95_mm)
    }

    /// What is without postprocessing and with it, where both were looked at.
    pub(crate) fn before_and_after(&self) -> Option<(Agreement, Agreement)> {
        match (self.raw, self.postprocessed) {
            (Some(raw), None) => Some((raw, self.counts.agreement())),
            (None, Some(postprocessed)) => Some((self.counts.agreement(), postprocessed)),
            _ => None,
        }
    }

    /// Whether there is something to find.
    pub(crate) fn has_target(&self) -> bool {
        self.target_px > 0
    }
}

/// Counts over the pixels that are not disputed.
fn undisputed(mask: &[u8], reference: &[u8], disputed: &[bool]) -> Confusion {
    let pairs = mask.iter().zip(reference).zip(disputed);
    let (mask, reference): (Vec<u8>, Vec<u8>) = pairs
        .filter_map(|((&mask, &reference), &disputed)| (!disputed).then_some((mask, reference)))
        .unzip();
    Confusion::count(&mask, &reference)
}

/// A mask beside the readers who marked something.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Readers {
    /// How many they are; `None` where the data do not say it.
    pub(crate) count: Option<u8>,
    /// Mean Dice of the mask with each of them, and of every two of them; of two at least.
    pub(crate) with_mask: Option<f32>,
    pub(crate) between: Option<f32>,
}

/// Compares a mask with its readers.
///
/// # Arguments
/// `bits`: bits 0–3 of a pixel say who marked it; empty where the data do not say it.
pub(crate) fn readers(mask: &Mask, bits: &[u8]) -> Readers {
    let marks: Vec<Vec<u8>> = (0..4)
        .map(|reader| bits.iter().map(|b| b >> reader & 1).collect::<Vec<u8>>())
        .filter(|marks| marks.contains(&1))
        .collect();
    let count = (!bits.is_empty()).then_some(marks.len() as u8);
    let dice = |a: &[u8], b: &[u8]| Confusion::count(a, b).agreement().dice;
    let mean = |values: Vec<f32>| {
        (!values.is_empty()).then(|| values.iter().sum::<f32>() / values.len() as f32)
    };
    if marks.len() < 2 {
        return Readers {
            count,
            ..Readers::default()
        };
    }
    let pairs = marks
        .iter()
        .enumerate()
        .flat_map(|(i, a)| marks.iter().skip(i + 1).map(move |b| (a, b)));
    Readers {
        count,
        with_mask: mean(marks.iter().map(|m| dice(&mask.pixels, m)).collect()),
        between: mean(pairs.map(|(a, b)| dice(a, b)).collect()),
    }
}

/// Whether readers' mean rating of malignancy, 1 to 5, is on the benign side, or undecided.
pub(crate) fn is_rated_benign(rating: f32) -> bool {
    rating <= 3.0
}

/// Whether it is on the other side.
pub(crate) fn is_rated_malignant(rating: f32) -> bool {
    rating > 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disputed_pixel_counts_against_a_mask_only_where_it_counts() {
        let mask = Mask {
            pixels: vec![1, 1, 1, 0],
            ..Mask::empty(1, 4)
        };
        let scored = Scored::new(&mask, &[1, 0, 0, 1], &[false, true, false, false], None);
        assert!((scored.dice - 0.4).abs() < 1e-6);
        assert!((scored.dice_undisputed - 0.5).abs() < 1e-6);
        assert_eq!(scored.precision_undisputed, Some(0.5));
        assert!((scored.iou_undisputed - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn a_mask_is_compared_with_those_readers_only_who_marked_something() {
        let mask = Mask {
            pixels: vec![1, 1, 0, 0],
            ..Mask::empty(1, 4)
        };
        // The first reader marks three pixels, the third one of them; the others pass it over.
        let found = readers(&mask, &[0b101, 0b001, 0b001, 0]);
        assert_eq!(found.count, Some(2));
        assert!((found.with_mask.unwrap() - f32::midpoint(0.8, 2.0 / 3.0)).abs() < 1e-6);
        assert!((found.between.unwrap() - 0.5).abs() < 1e-6);
        assert_eq!(readers(&mask, &[1, 1, 0, 0]).count, Some(1));
        assert_eq!(readers(&mask, &[]), Readers::default());
    }
}
