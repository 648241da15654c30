//! How what was asked of the worker ends: a run with its figures, or anything with a failure.

use model::protocol::{Failure, Summary};

use super::{Asked, Desk, EngineState, Notice};

impl Desk {
    pub(super) fn failed(&mut self, failure: Failure, asked: Option<Asked>) {
        let stays = matches!(asked, Some(Asked::Open)) && self.scan.is_some();
        let rest = if stays {
            " The scan before stays open."
        } else {
            ""
        };
        self.fail(failure.to_string() + rest);
        match asked {
            Some(Asked::Prepare) => {
                self.engine = EngineState::Failed(failure);
                self.waiting.clear();
            }
            Some(Asked::Open) => self.not_opened(),
            Some(Asked::Reference) => self.reading_reference = false,
            Some(Asked::Run) => self.run = None,
            Some(Asked::Show | Asked::Export | Asked::Digest) | None => return,
        }
        self.progress = None;
        self.tiles = None;
    }

    /// Only the summary knows which regions of different slices are one lesion: its
    /// numbers replace those of the single slices.
    pub(super) fn take_summary(&mut self, mut summary: Summary) {
        for result in self.results.values_mut() {
            result.findings.clear();
        }
        for finding in std::mem::take(&mut summary.findings) {
            if let Some(result) = self.results.get_mut(&finding.slice) {
                result.findings.push(finding);
            }
        }
        self.summary = Some(summary);
    }

    /// A run has ended before all of its slices were done.
    pub(super) fn stopped(&mut self) {
        let was_asked = self.run.as_ref().is_some_and(|run| run.cancelling);
        self.end_run();
        self.failure_follows = !was_asked;
        if was_asked && !self.is_opening() {
            self.notice = Some(Notice {
                is_error: false,
                text: "Stopped. Slices that were finished before are kept.".to_owned(),
            });
        }
    }

    pub(super) fn end_run(&mut self) {
        self.run = None;
        self.progress = None;
        self.tiles = None;
    }
}
