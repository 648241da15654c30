//! Lesions keep their numbers while the reader judges and draws.

use super::SliceAnalysis;
use crate::analysis::region::regions;

impl SliceAnalysis {
    /// At every pixel the number of the lesion there, also of one that is rejected; 0 where there is none, or it has none yet.
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
}
