//! Slices of a series have a say in what is found on those beside them.

use std::collections::BTreeSet;

use super::{Correction, SliceAnalysis, postprocess, view};
use crate::analysis::{Beside, final_mask, raw_mask};
use crate::map::Map;
use crate::settings::Postprocess;
use crate::volume::Volume;

/// Largest distance of slices in mm at which a nodule of 5 mm cannot lie between two of them. It is
/// also the largest in the data that the rule was measured on.
pub const BESIDE_MM: f32 = 5.0;

/// Analyses by slice.
type Analyses = Map<usize, SliceAnalysis>;

/// By what the slices of a scan are judged.
#[derive(Debug, Clone)]
pub struct Series<'a> {
    pub(super) volume: &'a Volume,
    pub(super) alike: &'a BTreeSet<usize>,
    pub(super) settings: &'a Postprocess,
    /// [`Volume::steps_mm`], which every slice asks for.
    pub(super) steps_mm: Vec<f32>,
}

impl<'a> Series<'a> {
    /// Of a scan: slices that were analysed in the same way and may have a say in each other
    /// (`alike`), and the settings that hold now.
    pub fn new(volume: &'a Volume, alike: &'a BTreeSet<usize>, settings: &'a Postprocess) -> Self {
        Self {
            volume,
            alike,
            settings,
            steps_mm: volume.steps_mm(),
        }
    }
}

/// Lets lesions of a whole scan go without their numbers, unless the reader has said something of
/// any slice or drawn there; restored slices keep theirs.
pub fn forget_unread(analyses: &mut Analyses) {
    if analyses.values().any(|it| !it.decisions.is_empty()) {
        return;
    }
    for analysis in analyses.values_mut() {
        let corrections = analysis.decisions.corrections.iter_mut();
        corrections.for_each(Correction::forget_numbers);
        if !analysis.is_restored() {
            analysis.forget_numbers();
        }
    }
}

impl Series<'_> {
    /// Repeats the postprocessing of all slices. What was rejected stays rejected, and restored
    /// slices stay as they are. Lesions keep their numbers once the reader has said something of
    /// any or drawn one, and in restored slices; else they are numbered anew, from the largest on.
    pub fn refine(&self, analyses: &mut Analyses) {
        forget_unread(analyses);
        self.refine_numbered(analyses);
    }

    /// The same where [`forget_unread`] was called for all slices of the scan, of which these are
    /// some.
    pub fn refine_numbered(&self, analyses: &mut Analyses) {
        self.take_in_masses(analyses);
        for index in 0..self.volume.slices() {
            self.find_firm(index, analyses);
        }
        for index in 0..self.volume.slices() {
            self.repeat(index, analyses);
        }
    }

    /// Call after slice `index` was analysed. Postprocesses anew it, every slice near it or near a
    /// mass that goes on from there whose neighbours are known now; returns the *other* slices
    /// whose masks changed.
    pub fn settle(&self, index: usize, analyses: &mut Analyses) -> Vec<usize> {
        let wider = self.take_in_masses(analyses);
        let mut again = BTreeSet::new();
        let near = |slice: usize| slice.saturating_sub(1)..=slice + 1;
        for &slice in wider.iter().chain(&[index]) {
            for other in near(slice) {
                again.insert(other);
                if self.find_firm(other, analyses) {
                    again.extend(near(other));
                }
            }
        }
        let mut changed = Vec::new();
        for other in again {
            let is_wider = wider.contains(&other);
            let is_between = !self.beside(other, analyses).probability.is_empty();
            // What was corrected on the slice before it was segmented once more is not yet in its
            // mask.
            let has_corrections = |it: &SliceAnalysis| !it.decisions.corrections.is_empty();
            let is_corrected = other == index && analyses.get(&other).is_some_and(has_corrections);
            let is_other = (is_between || is_corrected || is_wider) && self.repeat(other, analyses);
            if (is_other || is_wider) && other != index {
                changed.push(other);
            }
        }
        changed
    }

    /// Finds out which regions of a slice are probable in themselves; whether they are others now.
    fn find_firm(&self, index: usize, analyses: &mut Analyses) -> bool {
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

    /// Repeats a slice's postprocessing, where lesions keep their numbers; whether its final mask
    /// has changed.
    pub(super) fn repeat(&self, index: usize, analyses: &mut Analyses) -> bool {
        let analysis = analyses.get(&index);
        let (Some(analysis), Ok(slice)) = (analysis, view(self.volume, index)) else {
            return false;
        };
        let (raw, refined, findings) = if let Some(saved) = &analysis.as_saved {
            saved.corrected(&slice, index, analysis, self.settings)
        } else {
            let beside = self.beside(index, analyses);
            postprocess(&slice, index, analysis, &beside, self.settings)
        };
        analyses.get_mut(&index).is_some_and(|analysis| {
            // While a series runs for the first time nothing has a number, and nothing is looked
            // for.
            let numbers = (analysis.last_number() > 0).then(|| analysis.numbers());
            let before = std::mem::replace(&mut analysis.refined, refined);
            (analysis.raw, analysis.findings) = (raw, findings);
            analysis.reject_again();
            if let Some(numbers) = numbers {
                analysis.number_again(&numbers);
            }
            analysis.refined != before
        })
    }

    /// What is known of the slices before and after, if it can be asked of all there are.
    fn beside<'a>(&self, index: usize, analyses: &'a Analyses) -> Beside<'a> {
        let is_near = |place: usize| self.steps_mm.get(place).is_some_and(|&mm| mm <= BESIDE_MM);
        let mut beside = Beside::default();
        // The slice itself is asked for, too: it must be alike.
        for place in index.saturating_sub(1)..(index + 2).min(self.volume.slices()) {
            // The scan ends at a gap.
            if place != index && !is_near(place.min(index)) {
                continue;
            }
            match analyses.get(&place).filter(|_| self.alike.contains(&place)) {
                Some(analysis) if !analysis.is_restored() => {
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
