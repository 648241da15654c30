//! What is salvaged of a scan whose worker is lost. The page has its masks and figures, opens its files in the next worker
//! and puts them back, like a saved analysis. What a worker alone knew is gone: probabilities, the masks before they were
//! corrected, the reference mask.

use model::count::counted;
use model::protocol::VolumeInfo;

use super::loss::STILL_SHOWN;
use super::{Desk, Incoming, MadeWith, Next, Notice, OpenScan, Source, Task, WorkerState};

impl Desk {
    /// Whether the scan is open in no worker, nor on its way into one: what was found on it can be looked at and saved.
    pub fn is_adrift(&self) -> bool {
        self.is_shown() && self.open.is_adrift
    }

    /// What is left of the open scan without its worker.
    pub(super) fn salvaged(&mut self) -> OpenScan {
        let mut open = std::mem::take(&mut self.open);
        if open.scan.is_none() {
            return OpenScan::default();
        }
        open.is_adrift = true;
        open.waiting = None;
        open.reference_px = None;
        open.drawings
            .worker_lost(self.run.as_ref().map(|run| run.id));
        for result in open.results.values_mut() {
            result.can_undo = false;
            result.agreement = None;
        }
        // In the middle of a run it is not of the results that have come.
        open.summary.take_if(|_| self.run.is_some());
        if let Some(summary) = &mut open.summary {
            summary.agreement = None;
        }
        open
    }

    /// The page begins to read the files of a scan again that was open in another worker: where it came from. `None` if
    /// there is no such scan, or another one is on its way.
    pub fn begin_to_bring_back(&mut self) -> Option<Source> {
        let is_wanted = self.is_adrift() && self.worker == WorkerState::Up;
        self.is_reading |= is_wanted;
        is_wanted.then(|| self.open.source.clone())
    }

    /// They are on their way to the worker, by a choice of this number.
    pub fn bringing_back(&mut self, choice: u32) {
        self.is_reading = false;
        let source = self.open.source.clone();
        self.incoming
            .push_back(Incoming::back(Source { choice, ..source }));
    }

    /// It is open in the worker.
    pub(super) fn returned(&mut self, source: Source, scan: &VolumeInfo) -> Next {
        let size = |it: &VolumeInfo| (it.rows, it.cols, it.slices);
        self.clear_bars();
        if self.open.scan.as_ref().map(size) != Some(size(scan)) {
            self.not_back("Its files have changed.");
            return Next::Nothing;
        }
        self.open.source = source;
        self.open.is_adrift = false;
        // What is asked of the worker now would be done on the next.
        if self.is_opening() {
            return Next::Nothing;
        }
        Next::PutBack
    }

    /// It cannot be opened in the worker, or not with its results, for this reason.
    pub fn not_back(&mut self, why: &str) {
        self.is_reading = false;
        self.open.is_adrift = true;
        self.add(&["That failed.", why, self.what_is_left()].join(" "));
    }

    /// Of a scan that is in no worker.
    pub(super) fn what_is_left(&self) -> &'static str {
        if self.has_result() {
            STILL_SHOWN
        } else {
            "Please open the file again."
        }
    }

    /// Lets go of results that cannot be put back with the others, because a document is of one engine under one set of
    /// settings: what the others were made with; `None` if there are none.
    pub fn begin_to_put_back(&mut self) -> Option<MadeWith> {
        let before = self.open.results.len();
        let Some(made_with) = self.open.origins.most_missed(&self.open.results) else {
            if self.has_result() {
                self.not_back("The slices were segmented with different settings or hardware.");
            }
            return None;
        };
        // Looked through by hand: to take some out of a map is much code.
        for (slice, result) in std::mem::take(&mut self.open.results) {
            if self.open.origins.is_of(&result, &made_with) {
                self.open.results.insert(slice, result);
            }
        }
        let gone = before - self.open.results.len();
        self.add("What was found on it is back, with your corrections. Its masks keep their settings until they are segmented again.");
        if gone > 0 {
            let slices = counted(gone, "slice");
            self.add(&format!(
                "{slices} segmented with other settings or hardware had to be let go."
            ));
        }
        Some(made_with)
    }

    /// Slices that have no result.
    pub fn without_result(&self) -> Vec<usize> {
        let slices = self.open.scan.as_ref().map_or(0, |scan| scan.slices);
        let has_none = |slice: &usize| !self.open.results.contains_key(slice);
        (0..slices).filter(has_none).collect()
    }

    /// The results are on their way to the worker; the number of the run that brings them back.
    pub fn put_back(&mut self, made_with: MadeWith) -> u32 {
        let is_saved = self.newer().next().is_none();
        let run = self.start_run(self.open.results.len(), Task::Restore);
        self.open.origins.restored(run, made_with);
        if is_saved {
            self.open.saved_run = run;
        }
        run
    }

    /// Says more of what has happened.
    pub(super) fn add(&mut self, words: &str) {
        let before = self.notice.take_if(|notice| notice.is_error);
        let text = before.map_or_else(String::new, |notice| notice.text + " ");
        self.notice = Some(Notice {
            is_error: true,
            text: text + words,
        });
    }
}
