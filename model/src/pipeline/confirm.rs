//! What the reader confirms: the pixels of a lesion are kept, as those of rejected ones are, and
//! say so over other settings and another run of the network.

use super::SliceAnalysis;
use crate::analysis::region::{Region, regions};
use crate::finding::{Finding, Lesion, Verdict};
use crate::map::Map;

impl SliceAnalysis {
    /// Keeps the finding at `index` as confirmed; `false` if there is none, or it is already.
    pub fn confirm(&mut self, index: usize) -> bool {
        let before = self.decisions.confirmed.len();
        if let Some(region) = regions(&self.refined).get(index) {
            self.decisions.confirmed.extend(&region.pixels);
        }
        self.decisions.confirmed.len() > before
    }

    /// Lets go of that; `false` if there is nothing of it.
    pub fn reopen(&mut self, index: usize) -> bool {
        let before = self.decisions.confirmed.len();
        if let Some(region) = regions(&self.refined).get(index) {
            for pixel in &region.pixels {
                self.decisions.confirmed.remove(pixel);
            }
        }
        self.decisions.confirmed.len() < before
    }

    /// Of each finding its lesion, how many of its pixels are confirmed, and how many are neither
    /// that nor drawn by the reader.
    fn tally(&self) -> Vec<(usize, usize, usize)> {
        let findings = self.findings.iter();
        if self.decisions.confirmed.is_empty() && self.decisions.corrections.is_empty() {
            return findings.map(|it| (it.lesion, 0, it.area_px)).collect();
        }
        let tallied = |(finding, region): (&Finding, Region)| {
            let (confirmed, open) = self.tally_of(&region.pixels);
            (finding.lesion, confirmed, open)
        };
        findings.zip(regions(&self.refined)).map(tallied).collect()
    }

    /// How many of these pixels are confirmed, and how many are neither that nor drawn by the
    /// reader.
    pub(super) fn tally_of(&self, pixels: &[usize]) -> (usize, usize) {
        let (mut confirmed, mut open) = (0, 0);
        for pixel in pixels {
            if self.decisions.confirmed.contains(pixel) {
                confirmed += 1;
            } else if !self.is_drawn(*pixel) {
                open += 1;
            }
        }
        (confirmed, open)
    }
}

/// Whether at least half of what was counted is confirmed, but for what was drawn onto it.
pub(super) fn is_confirmed((confirmed, open): (usize, usize)) -> bool {
    confirmed > 0 && confirmed >= open
}

/// Says of each lesion whether it is confirmed: all of it is drawn, or at least half of its pixels,
/// but for those that were drawn onto it, lie where something was confirmed. What has grown beyond
/// that is news.
pub(super) fn judge(lesions: &mut [Lesion], analyses: &Map<usize, SliceAnalysis>) {
    let is_any_confirmed = analyses
        .values()
        .any(|it| !it.decisions.confirmed.is_empty());
    let mut tallies: Map<usize, (usize, usize)> = Map::new();
    for analysis in analyses.values().filter(|_| is_any_confirmed) {
        for (lesion, more, rest) in analysis.tally() {
            let (confirmed, open) = tallies.or_default(lesion);
            *confirmed += more;
            *open += rest;
        }
    }
    for lesion in lesions {
        let tally = tallies.get(&lesion.number);
        if tally.is_some_and(|&it| is_confirmed(it)) {
            lesion.judgement = Verdict::Confirmed;
        }
        lesion.judgement = lesion.verdict();
    }
}
