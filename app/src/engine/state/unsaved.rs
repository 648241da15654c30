//! Whether anything would be lost with the page.

use model::calliper::Calliper;
use model::protocol::SliceResult;

use super::Desk;
use crate::saving::document::Caption;

/// Whether the reader has changed what the network found on a slice.
pub(super) fn is_judged(result: &SliceResult) -> bool {
    result.is_corrected || !result.rejected.is_empty()
}

impl Desk {
    /// The newest run; its results and all before are what can be saved now.
    pub fn last_run(&self) -> u32 {
        self.last_run
    }

    /// Results of runs up to this one are saved under this caption.
    pub fn saved(&mut self, run: u32, caption: Caption) {
        self.claim();
        self.open.saved_run = run;
        self.open.caption = Some(caption);
    }

    /// The saved analysis has this number.
    pub fn saved_under(&mut self, id: String) {
        self.open.saved_id = Some(id);
    }

    /// A saved analysis was thrown away: if it was that of these results, they are saved nowhere
    /// any more.
    pub fn no_longer_saved(&mut self, id: &str) {
        if self.open.saved_id.as_deref() == Some(id) {
            self.nothing_is_saved();
        }
    }

    /// All saved analyses were thrown away, with their account.
    pub fn nothing_is_saved(&mut self) {
        self.open.saved_id = None;
        self.open.saved_run = 0;
        self.open.saved_lines.clear();
    }

    /// Label or day of a saved analysis were changed.
    pub fn saved_is_called(&mut self, id: &str, caption: Caption) {
        if self.open.saved_id.as_deref() == Some(id) {
            self.open.caption = Some(caption);
        }
    }

    /// These lines are saved with them.
    pub fn lines_saved(&mut self, lines: Vec<Calliper>) {
        self.open.saved_lines = lines;
    }

    /// Number of the saved analysis that is all there is: these results, and these `lines` measured
    /// by hand.
    pub fn saved_whole(&self, lines: &[Calliper]) -> Option<&str> {
        let id = self.open.saved_id.as_deref()?;
        let has_newer = self.newer().next().is_some() || self.has_other_lines(lines);
        (self.has_result() && !has_newer).then_some(id)
    }

    /// Whether there are results, or `lines` measured by hand, that are saved nowhere.
    pub fn has_unsaved(&self, lines: &[Calliper]) -> bool {
        self.has_unsaved_results() || self.has_other_lines(lines)
    }

    /// Whether there are results that are saved nowhere. Of the sample the network's are had again
    /// with a click, the reader's are not.
    pub fn has_unsaved_results(&self) -> bool {
        let is_own = self.open.source.credit.is_none();
        let is_lost = |r: &SliceResult| is_own || is_judged(r);
        self.newer().any(is_lost)
    }

    /// Results that have come since anything was saved.
    pub(super) fn newer(&self) -> impl Iterator<Item = &SliceResult> {
        let results = self.open.results.values();
        results.filter(|r| r.run > self.open.saved_run)
    }

    /// Whether these lines are others than those that are saved.
    fn has_other_lines(&self, lines: &[Calliper]) -> bool {
        let drawn = || {
            let drawn = lines.iter().filter(|line| !line.is_begun_only());
            drawn.map(|line| line.settled())
        };
        let is_other = |line: Calliper| !self.open.saved_lines.contains(&line);
        drawn().count() != self.open.saved_lines.len() || drawn().any(is_other)
    }
}
