//! Slices of a series have a say in what is found on those beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::{SliceAnalysis, postprocess, view};
use crate::analysis::{Beside, final_mask, raw_mask};
use crate::settings::Postprocess;
use crate::volume::Volume;

/// Largest distance of slices in mm at which a nodule of 5 mm cannot lie between two of them. It is
/// also the largest in the data that the rule was measured on.
const MOST_MM: f32 = 5.0;

/// Analyses by slice.
type Analyses = BTreeMap<usize, SliceAnalysis>;

/// Repeats the postprocessing of all slices with other settings. What was rejected stays rejected.
/// Restored slices stay as they are.
///
/// # Arguments
/// * `alike`: slices that were analysed in the same way, which may have a say in each other.
pub fn refine(
    volume: &Volume,
    analyses: &mut Analyses,
    alike: &BTreeSet<usize>,
    settings: &Postprocess,
) {
    let series = Series {
        volume,
        alike,
        settings,
    };
    for index in 0..volume.slices() {
        series.confirm(index, analyses);
    }
    for index in 0..volume.slices() {
        series.repeat(index, analyses);
    }
}

/// Repeats the postprocessing of slice `index` alone, beside what is known of the others.
pub(super) fn refine_one(
    volume: &Volume,
    index: usize,
    analyses: &mut Analyses,
    alike: &BTreeSet<usize>,
    settings: &Postprocess,
) {
    let series = Series {
        volume,
        alike,
        settings,
    };
    series.repeat(index, analyses);
}

/// After slice `index` was analysed: repeats the postprocessing of it and of those near it of which
/// all is known now; the others whose final mask has changed.
pub fn settle(
    volume: &Volume,
    index: usize,
    analyses: &mut Analyses,
    alike: &BTreeSet<usize>,
    settings: &Postprocess,
) -> Vec<usize> {
    let series = Series {
        volume,
        alike,
        settings,
    };
    let near = |reach: usize| index.saturating_sub(reach)..=index + reach;
    let mut reach = 1;
    for other in near(1) {
        if series.confirm(other, analyses) {
            reach = 2;
        }
    }
    let mut changed = Vec::new();
    for other in near(reach) {
        let is_between = !series.beside(other, analyses).probability.is_empty();
        // What was corrected on the slice before it was segmented once more is not yet in its mask.
        let has_corrections = |it: &SliceAnalysis| !it.corrections.is_empty();
        let is_corrected = other == index && analyses.get(&other).is_some_and(has_corrections);
        if (is_between || is_corrected) && series.repeat(other, analyses) && other != index {
            changed.push(other);
        }
    }
    changed
}

/// What slices are judged by.
struct Series<'a> {
    volume: &'a Volume,
    alike: &'a BTreeSet<usize>,
    settings: &'a Postprocess,
}

impl Series<'_> {
    /// Finds out which regions of a slice are probable in themselves; whether they are others now.
    fn confirm(&self, index: usize, analyses: &mut Analyses) -> bool {
        let (volume, settings) = (self.volume, self.settings);
        let mut beside = self.beside(index, analyses);
        beside.firm.clear();
        let plain = Postprocess {
            smooth: false,
            ..*settings
        };
        let analysis = analyses
            .get(&index)
            .filter(|_| !beside.probability.is_empty());
        let firm = analysis.map(|it| {
            let (field, probability) = (it.field.as_ref(), &it.probability);
            let raw = raw_mask(probability, volume.rows, volume.cols, settings.threshold);
            final_mask(&raw, probability, &beside, field, volume.spacing, &plain)
        });
        let firm = firm.filter(|firm| firm.area_px() > 0);
        analyses.get_mut(&index).is_some_and(|analysis| {
            let before = std::mem::replace(&mut analysis.firm, firm);
            analysis.firm != before
        })
    }

    /// Repeats a slice's postprocessing; whether its final mask has changed.
    fn repeat(&self, index: usize, analyses: &mut Analyses) -> bool {
        let analysis = analyses.get(&index).filter(|it| !it.is_restored());
        let (Some(analysis), Ok(slice)) = (analysis, view(self.volume, index)) else {
            return false;
        };
        let beside = self.beside(index, analyses);
        let (raw, refined, findings) = postprocess(&slice, index, analysis, &beside, self.settings);
        analyses.get_mut(&index).is_some_and(|analysis| {
            let before = std::mem::replace(&mut analysis.refined, refined);
            (analysis.raw, analysis.findings) = (raw, findings);
            analysis.reject_again();
            analysis.refined != before
        })
    }

    /// What is known of the slices before and after, if it can be asked of all there are.
    fn beside<'a>(&self, index: usize, analyses: &'a Analyses) -> Beside<'a> {
        let spacing_mm = self.volume.slice_spacing_mm;
        let is_near = spacing_mm.is_some_and(|mm| mm <= MOST_MM);
        let mut beside = Beside::default();
        // The slice itself is asked for, too: it must be alike.
        for place in index.saturating_sub(1)..(index + 2).min(self.volume.slices()) {
            match analyses.get(&place).filter(|_| self.alike.contains(&place)) {
                Some(analysis) if is_near && !analysis.is_restored() => {
                    if place != index {
                        beside.probability.push(analysis.probability.as_slice());
                        beside.firm.extend(&analysis.firm);
                    }
                }
                _ => return Beside::default(),
            }
        }
        beside
    }
}
