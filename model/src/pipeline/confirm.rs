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

    /// The lesion of each finding, and what its pixels are.
    fn tallies(&self) -> Vec<(usize, Tally)> {
        let findings = self.findings.iter();
        if self.decisions.confirmed.is_empty() && self.decisions.corrections.is_empty() {
            let open = |it: &Finding| Tally {
                confirmed: 0,
                open: it.area_px,
            };
            return findings.map(|it| (it.lesion, open(it))).collect();
        }
        let tallied =
            |(finding, region): (&Finding, Region)| (finding.lesion, self.tally_of(&region.pixels));
        findings.zip(regions(&self.refined)).map(tallied).collect()
    }

    /// What these pixels are.
    pub(super) fn tally_of(&self, pixels: &[usize]) -> Tally {
        let mut tally = Tally::default();
        for pixel in pixels {
            if self.decisions.confirmed.contains(pixel) {
                tally.confirmed += 1;
            } else if !self.is_drawn(*pixel) {
                tally.open += 1;
            }
        }
        tally
    }
}

/// How many pixels are confirmed, and how many are neither that nor drawn by the reader.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    confirmed: usize,
    open: usize,
}

impl Tally {
    /// Whether at least half of what was counted is confirmed, but for what was drawn onto it.
    pub(super) fn is_confirmed(self) -> bool {
        self.confirmed > 0 && self.confirmed >= self.open
    }
}

/// Says of each lesion whether it is confirmed: all of it is drawn, or at least half of its pixels,
/// but for those that were drawn onto it, lie where something was confirmed. What has grown beyond
/// that is news.
pub(super) fn judge(lesions: &mut [Lesion], analyses: &Map<usize, SliceAnalysis>) {
    let is_any_confirmed = analyses
        .values()
        .any(|it| !it.decisions.confirmed.is_empty());
    let mut tallies: Map<usize, Tally> = Map::new();
    for analysis in analyses.values().filter(|_| is_any_confirmed) {
        for (lesion, more) in analysis.tallies() {
            let tally = tallies.or_default(lesion);
            tally.confirmed += more.confirmed;
            tally.open += more.open;
        }
    }
    for lesion in lesions {
        let tally = tallies.get(&lesion.number);
        if tally.is_some_and(|it| it.is_confirmed()) {
            lesion.judgement = Verdict::Confirmed;
        }
        lesion.judgement = lesion.verdict();
    }
}
