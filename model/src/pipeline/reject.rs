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
        self.decisions.unwanted.extend(&region.pixels);
        self.take_out(index, &region.pixels);
        true
    }

    /// Takes out the finding at `index`, whose region has these pixels. Where that repeats what the
    /// reader has rejected, nothing more is unwanted: or what grows little by little would never
    /// outgrow it.
    fn take_out(&mut self, index: usize, pixels: &[usize]) {
        self.refined.set(pixels, 0);
        let finding = self.findings.remove(index);
        self.rejected.push(Rejected {
            was_confirmed: self.tally_of(pixels).is_confirmed(),
            ..Rejected::new(finding, pixels)
        });
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
            let mut wanted = Mask::empty(self.refined.rows, self.refined.cols);
            wanted.set(&pixels, 1);
            self.want_again(&wanted);
            true
        } else {
            self.refined.set(&pixels, 0);
            false
        }
    }

    /// Forgets that what is `wanted` was rejected, with all around it that was rejected at other
    /// settings, where the region was larger; but for what is still rejected now.
    pub(super) fn want_again(&mut self, wanted: &Mask) {
        let mut unwanted = Mask::empty(self.refined.rows, self.refined.cols);
        let mut still = BTreeSet::new();
        still.extend(self.rejected.iter().flat_map(Rejected::pixels));
        unwanted.set(self.decisions.unwanted.difference(&still), 1);
        let groups = regions(&unwanted);
        for group in groups.iter().filter(|it| it.pixels_in(wanted) > 0) {
            for pixel in &group.pixels {
                self.decisions.unwanted.remove(pixel);
            }
        }
    }

    /// What the reader rejected in an earlier analysis of the same slice stays rejected, and what
    /// was confirmed or corrected stays so. What lies where a lesion was has its number.
    pub fn keep_decisions(&mut self, before: &Self) {
        self.decisions.clone_from(&before.decisions);
        self.reject_again();
        if before.last_number() > 0 {
            self.number_again(&before.numbers());
        }
    }

    /// After the postprocessing was repeated: rejects again whatever lies, at least with half its
    /// pixels, where the reader has rejected something. What has grown beyond that is news, and
    /// shown, however many settings lie between; so is what was drawn onto it since.
    pub(super) fn reject_again(&mut self) {
        self.rejected.clear();
        let known = &self.decisions.unwanted;
        if known.is_empty() {
            return;
        }
        let is_unwanted = |pixels: &[usize]| {
            let unwanted = pixels.iter().filter(|p| known.contains(p));
            let is_news = |p: &usize| self.is_drawn(*p) && !known.contains(p);
            2 * unwanted.count() >= pixels.len() && !pixels.iter().any(is_news)
        };
        let regions = regions(&self.refined);
        let all = regions.iter().enumerate().take(self.findings.len());
        let again: Vec<_> = all.filter(|(_, it)| is_unwanted(&it.pixels)).collect();
        for (index, region) in again.into_iter().rev() {
            self.take_out(index, &region.pixels);
        }
    }
}
