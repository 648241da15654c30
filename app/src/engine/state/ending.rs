//! How a run ends, with its figures or a failure, and what is left when no network is ready.

use model::protocol::{Event, Failure, Summary};

use super::journal::redo_draws;
use super::salvage::Berth;
use super::{Desk, EngineState, Notice, Task};

impl Desk {
    /// No network is ready.
    pub(super) fn not_ready(&mut self, failure: Failure) {
        if !self.is_last_preparation() {
            return;
        }
        self.fail(failure.to_string());
        self.engine = EngineState::Failed(failure);
        self.open.waiting = None;
        self.clear_bars_of_network();
    }

    /// Says why a run has failed, which may have ended before.
    pub(super) fn run_failed(&mut self, run: u32, failure: &Failure) {
        let mut text = failure.to_string();
        if let Some(slice) = self.open.journal.failed(run) {
            text = [text, redo_draws(slice)].join(" ");
        }
        let ended = self.run.take_if(|it| it.id == run);
        if ended.is_some() {
            self.end_run();
            // They were to come into a worker that does not have them.
            if self.open.berth == Berth::Sent {
                return self.not_back(Some(&text));
            }
        }
        self.fail(text);
    }

    /// Whether a message says that the running refinement has failed.
    pub fn refuses_refinement(&self, event: &Event) -> bool {
        let run = self.run.as_ref().filter(|run| run.task == Task::Refine);
        matches!((event, run), (Event::RunFailed { run: failed, .. }, Some(run)) if run.id == *failed)
    }

    /// Only the summary knows which regions of different slices are one lesion: its
    /// numbers replace those of the single slices.
    pub(super) fn take_summary(&mut self, mut summary: Summary) {
        for result in self.open.results.values_mut() {
            result.findings.clear();
        }
        for finding in std::mem::take(&mut summary.findings) {
            if let Some(result) = self.open.results.get_mut(&finding.slice) {
                result.findings.push(finding);
            }
        }
        // Of a scan on which nothing is segmented there is nothing to say.
        self.open.summary = self.has_result().then_some(summary);
    }

    /// A run has ended before all of its slices were done.
    pub(super) fn stopped(&mut self) {
        let was_asked = self.run.as_ref().is_some_and(|run| run.is_cancelling);
        if let Some(next) = self.incoming.front_mut() {
            next.has_stopped_run = was_asked;
        }
        self.end_run();
        self.open.is_stopped = true;
        if self.open.berth == Berth::Sent {
            self.open.berth = Berth::Adrift;
        }
        if was_asked && !self.is_opening() {
            self.notice = Some(Notice {
                is_error: false,
                text: "Stopped. Slices that were finished before are kept.".to_owned(),
            });
        }
    }

    pub(super) fn end_run(&mut self) {
        self.run = None;
        self.clear_bars();
    }

    /// It is there or not; another job may go on.
    pub(super) fn clear_bars_of_network(&mut self) {
        if self.run.is_none() {
            self.clear_bars();
        }
    }

    /// What they showed is over.
    pub(super) fn clear_bars(&mut self) {
        self.progress = None;
        self.slice_progress = None;
    }
}
