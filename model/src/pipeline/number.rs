//! Lesions keep their numbers while the reader judges and draws.

use std::collections::BTreeSet;

use super::{Correction, SliceAnalysis};
use crate::analysis::region::regions;
use crate::map::Map;

/// A region of a slice and the number of its lesion, before the reader corrected something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbered {
    slice: usize,
    /// The first of its pixels.
    pixel: usize,
    pub(super) lesion: usize,
}

/// All regions that have a number, also those that are rejected.
pub(super) fn numbered(analyses: &Map<usize, SliceAnalysis>) -> Vec<Numbered> {
    let mut numbered = Vec::new();
    for (&slice, analysis) in analyses {
        let mut put = |pixel: Option<usize>, lesion: usize| {
            let region = pixel.filter(|_| lesion > 0).map(|pixel| Numbered {
                slice,
                pixel,
                lesion,
            });
            numbered.extend(region);
        };
        // Most slices have none, and looking for regions takes a while.
        if !analysis.findings.is_empty() {
            let regions = regions(&analysis.refined);
            for (finding, region) in analysis.findings.iter().zip(regions) {
                put(region.pixels.first().copied(), finding.lesion);
            }
        }
        for rejected in &analysis.rejected {
            put(rejected.pixels().next(), rejected.finding.lesion);
        }
    }
    numbered
}

/// After a correction was undone: what has one of the numbers `joined`, as what it joined does, has
/// the number again that it had `before`, and what came to it only meanwhile none, until it is
/// known again what it belongs to. Whatever the reader has done elsewhere stays as it is.
pub(super) fn number_apart(
    analyses: &mut Map<usize, SliceAnalysis>,
    joined: &BTreeSet<usize>,
    before: &[Numbered],
) {
    for (slice, analysis) in analyses.iter_mut() {
        let found = analysis.findings.iter().map(|it| it.lesion);
        let rejected = analysis.rejected.iter().map(|it| it.finding.lesion);
        // Looking for regions takes a while.
        if !found.chain(rejected).any(|it| joined.contains(&it)) {
            continue;
        }
        let here: Vec<&Numbered> = before.iter().filter(|it| it.slice == *slice).collect();
        let had = |is_in: &dyn Fn(usize) -> bool, now: usize| {
            if !joined.contains(&now) {
                return now;
            }
            let had = here.iter().filter(|it| is_in(it.pixel));
            had.map(|it| it.lesion).min().unwrap_or(0)
        };
        let regions = regions(&analysis.refined);
        for (finding, region) in analysis.findings.iter_mut().zip(regions) {
            let is_in = |pixel: usize| region.pixels.binary_search(&pixel).is_ok();
            finding.lesion = had(&is_in, finding.lesion);
        }
        for rejected in &mut analysis.rejected {
            let is_in = |pixel: usize| rejected.pixels().any(|it| it == pixel);
            let lesion = had(&is_in, rejected.finding.lesion);
            rejected.finding.lesion = lesion;
        }
    }
}

impl SliceAnalysis {
    /// At every pixel the number of the lesion there, also of one that is rejected; 0 where there
    /// is none, or it has none yet.
    pub(super) fn numbers(&self) -> Vec<usize> {
        let mut numbers = vec![0; self.refined.pixels.len()];
        let mut put = |pixel: usize, lesion: usize| {
            if let Some(number) = numbers.get_mut(pixel) {
                *number = lesion;
            }
        };
        for (finding, region) in self.findings.iter().zip(regions(&self.refined)) {
            for pixel in region.pixels {
                put(pixel, finding.lesion);
            }
        }
        for rejected in &self.rejected {
            for pixel in rejected.pixels() {
                put(pixel, rejected.finding.lesion);
            }
        }
        numbers
    }

    /// After regions were made anew: each has the lowest number that lay there before.
    pub(super) fn number_again(&mut self, before: &[usize]) {
        let lowest = |pixels: &mut dyn Iterator<Item = usize>| {
            let numbers = pixels.filter_map(|pixel| before.get(pixel).copied());
            numbers.filter(|number| *number > 0).min().unwrap_or(0)
        };
        for (finding, region) in self.findings.iter_mut().zip(regions(&self.refined)) {
            finding.lesion = lowest(&mut region.pixels.iter().copied());
        }
        for rejected in &mut self.rejected {
            let lesion = lowest(&mut rejected.pixels());
            rejected.finding.lesion = lesion;
        }
    }

    /// Lets all numbers go, for lesions that are to be numbered from the largest on.
    pub(super) fn forget_numbers(&mut self) {
        let rejected = self.rejected.iter_mut().map(|it| &mut it.finding);
        for finding in self.findings.iter_mut().chain(rejected) {
            finding.lesion = 0;
        }
    }

    /// The highest number in use.
    pub(super) fn last_number(&self) -> usize {
        let found = self.findings.iter().map(|it| it.lesion).max();
        let rejected = self.rejected.iter().map(|it| it.finding.lesion).max();
        found.max(rejected).unwrap_or(0)
    }

    /// The highest number that may be in use again: what is rejected may be taken back, and what is
    /// corrected may be undone.
    pub(super) fn last_kept_number(&self) -> usize {
        let corrections = self.decisions.corrections.iter();
        let numbers = corrections.map(Correction::last_number);
        numbers.fold(self.last_number(), usize::max)
    }
}
