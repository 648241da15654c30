//! The limits of the postprocessing that are published with a network, chosen on validation
//! crops: the threshold, and the probability that a small region must reach somewhere.

use super::crops::{Crop, DOUBTFUL, TARGET};
use super::score::best;
use crate::analysis::region::regions;
use crate::analysis::{Beside, final_mask, raw_mask};
use crate::mask::Mask;
use crate::metric::Confusion;
use crate::settings::Postprocess;

/// Thresholds whose Dice differs by less are as good as each other.
const AS_GOOD: f64 = 0.002;
/// Dice that fewer false regions may cost. Crops around nodules show few of those there are on
/// whole slices, where most of what is found is none: on them the price is less than it seems.
const PRICE: f64 = 0.025;

/// The lowest of the thresholds that are as good as the best one, and its Dice: it cuts less off
/// large tumours. False regions are no reason for a high one, they are left to the least peak.
pub fn generous(by_threshold: &[(f32, f64)]) -> (f32, f64) {
    let least = best(by_threshold).1 - AS_GOOD;
    let as_good = by_threshold.iter().filter(|&&(_, dice)| dice >= least);
    as_good
        .copied()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap_or((0.5, 0.0))
}

/// What postprocessing makes of a network's answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Mean Dice of the crops with a target.
    pub dice: f64,
    /// Share of these whose target is touched.
    pub touched: f64,
    /// Regions a crop that touch no reader's mark.
    pub false_regions: f64,
    /// Share of the crops without a target where nothing is marked.
    pub left_empty: f64,
}

/// A crop and what is marked on it in the end.
#[derive(Debug, Clone)]
pub struct Marked<'a> {
    /// The crop.
    pub crop: &'a Crop,
    /// The final mask.
    pub mask: Mask,
}

/// What postprocessing leaves of answers (probabilities 0…255, as many as pixels), each crop judged
/// alone.
pub fn alone<'a>(answers: &[(&'a Crop, Vec<u8>)], settings: &Postprocess) -> Vec<Marked<'a>> {
    let marked = answers.iter().map(|(crop, probability)| {
        let raw = raw_mask(probability, crop.rows, crop.columns, settings.threshold);
        let (beside, spacing) = (Beside::default(), crop.view().spacing);
        Marked {
            crop,
            mask: final_mask(&raw, probability, &beside, None, spacing, settings),
        }
    });
    marked.collect()
}

/// How good the marks are.
pub fn effect(marked: &[Marked<'_>]) -> Effect {
    let (mut dice, mut touched, mut with_target) = (0.0, 0_usize, 0_usize);
    let (mut false_regions, mut left_empty) = (0_usize, 0_usize);
    for Marked { crop, mask } in marked {
        let is_marked = |&at: &usize| matches!(crop.label.get(at), Some(&(TARGET | DOUBTFUL)));
        let regions = regions(mask).into_iter();
        false_regions += regions.filter(|r| !r.pixels.iter().any(is_marked)).count();
        if crop.target_pixels() == 0 {
            left_empty += usize::from(mask.area_px() == 0);
            continue;
        }
        let counts = Confusion::count(&mask.pixels, &crop.reference());
        with_target += 1;
        dice += f64::from(counts.agreement().dice);
        touched += usize::from(counts.true_positive > 0);
    }
    let share = |count: usize, of: usize| count as f64 / of.max(1) as f64;
    Effect {
        dice: dice / with_target.max(1) as f64,
        touched: share(touched, with_target),
        false_regions: share(false_regions, marked.len()),
        left_empty: share(left_empty, marked.len() - with_target),
    }
}

/// The highest least peak that costs at most 0.025 of Dice, with its effect.
pub fn least_peak(answers: &[(&Crop, Vec<u8>)], threshold: f32) -> (f32, Effect) {
    let at = |peak: f32| {
        let settings = Postprocess::advised(threshold, peak);
        (peak, effect(&alone(answers, &settings)))
    };
    let without = at(0.0);
    (60..=99)
        .rev()
        .map(|percent| at(percent as f32 / 100.0))
        .find(|(_, effect)| effect.dice >= without.1.dice - PRICE)
        .unwrap_or(without)
}
