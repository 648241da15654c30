//! What the reader rejects: regions taken out of the final mask, and put back.

use std::collections::BTreeSet;

use super::SliceAnalysis;
use crate::analysis::region::regions;
use crate::finding::Rejected;
use crate::mask::Mask;

impl SliceAnalysis {
    /// Takes the finding at `index` and its region out of the result. `false` if there is none.
    pub fn reject(&mut self, index: usize) -> bool {
        let regions = regions(&self.refined);
        let (true, Some(region)) = (regions.len() == self.findings.len(), regions.get(index))
        else {
            return false;
        };
        self.refined.set(&region.pixels, 0);
        self.unwanted.extend(&region.pixels);
        let finding = self.findings.remove(index);
        self.rejected.push(Rejected::new(finding, &region.pixels));
        true
    }

    /// Puts the rejected finding at `index` back. `false` if there is none, or if it would grow
    /// together with another one.
    pub fn take_back(&mut self, index: usize) -> bool {
        let Some(rejected) = self.rejected.get(index) else {
            return false;
        };
        let pixels: Vec<usize> = rejected.pixels().collect();
        let is_free = |pixel: &usize| self.refined.pixels.get(*pixel) == Some(&0);
        if !pixels.iter().all(is_free) {
            return false;
        }
        self.refined.set(&pixels, 1);
        let regions = regions(&self.refined);
        let place = regions.iter().position(|region| region.pixels == pixels);
        if let Some(place) = place.filter(|_| regions.len() == self.findings.len() + 1) {
            let rejected = self.rejected.remove(index);
            self.findings.insert(place, rejected.finding);
            self.want_again(&pixels);
            true
        } else {
            self.refined.set(&pixels, 0);
            false
        }
    }

    /// Forgets that `pixels` (ascending) were rejected, with all around them that was rejected at
    /// other settings, where the region was larger; but for what is still rejected now.
    pub(super) fn want_again(&mut self, pixels: &[usize]) {
        let mut unwanted = Mask::empty(self.refined.rows, self.refined.cols);
        let mut still = BTreeSet::new();
        still.extend(self.rejected.iter().flat_map(Rejected::pixels));
        unwanted.set(self.unwanted.difference(&still), 1);
        let groups = regions(&unwanted);
        for group in groups
            .iter()
            .filter(|it| it.pixels.iter().any(|p| pixels.binary_search(p).is_ok()))
        {
            for pixel in &group.pixels {
                self.unwanted.remove(pixel);
            }
        }
    }

    /// What the reader rejected in an earlier analysis of the same slice stays rejected, and what
    /// was confirmed or corrected stays so. What lies where a lesion was has its number.
    pub fn keep_decisions(&mut self, before: &Self) {
        self.unwanted.clone_from(&before.unwanted);
        self.confirmed.clone_from(&before.confirmed);
        self.corrections.clone_from(&before.corrections);
        self.reject_again();
        if before.last_number() > 0 {
            self.number_again(&before.numbers());
        }
    }

    /// After the postprocessing was repeated: rejects again whatever lies, at least with half its
    /// pixels, where something was rejected. What has grown beyond that is news, and shown; so is
    /// what the reader has drawn onto it since.
    pub(super) fn reject_again(&mut self) {
        self.rejected.clear();
        if self.unwanted.is_empty() {
            return;
        }
        let is_unwanted = |pixels: &[usize]| {
            let unwanted = pixels.iter().filter(|p| self.unwanted.contains(p));
            let is_news = |p: &usize| self.is_drawn(*p) && !self.unwanted.contains(p);
            2 * unwanted.count() >= pixels.len() && !pixels.iter().any(is_news)
        };
        let regions = regions(&self.refined);
        let again: Vec<usize> = (0..regions.len())
            .filter(|&i| regions.get(i).is_some_and(|r| is_unwanted(&r.pixels)))
            .collect();
        for index in again.into_iter().rev() {
            self.reject(index);
        }
    }
}
