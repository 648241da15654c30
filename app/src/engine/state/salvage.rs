//! What is salvaged of a scan whose worker is lost. The page has its masks and figures, opens its
//! files in the next worker and puts them back, like a saved analysis. What a worker alone knew is
//! gone: probabilities, the masks before they were corrected, the reference mask.

use std::collections::BTreeMap;

use model::count::counted;
use model::protocol::{SliceResult, VolumeInfo};

use super::owner::Account;
use super::unsaved::is_judged;
use super::{Desk, Incoming, MadeWith, Next, Notice, OpenScan, Source, Task, WorkerState};
use crate::saving::document;

/// Where the open scan is. Until it is in a worker with all that was found on it, what the page has
/// is all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Berth {
    /// In the worker, with its results.
    #[default]
    Worker,
    /// In none: it is to come into the next.
    Adrift,
    /// In none: the page reads its files for the next.
    Read,
    /// They are on their way through the worker, or its results are.
    Sent,
    /// In none, and that is not tried again.
    GivenUp,
}

impl Desk {
    /// Whether the scan that is shown is in no worker with its results: they can be looked at and
    /// saved.
    pub fn is_adrift(&self) -> bool {
        self.is_shown() && self.open.berth != Berth::Worker
    }

    /// Why nothing can be done with the scan that is shown, if no worker has it.
    pub fn why_adrift(&self) -> Option<&'static str> {
        let is_over = self.open.berth == Berth::GivenUp || self.worker == WorkerState::Broken;
        self.is_adrift().then_some(if is_over {
            "The engine has lost this scan. Open it again first."
        } else {
            "Wait until that is done."
        })
    }

    /// What is left of the open scan without its worker.
    pub(super) fn salvaged(&mut self) -> OpenScan {
        let mut open = std::mem::take(&mut self.open);
        if open.scan.is_none() {
            return OpenScan::default();
        }
        if matches!(open.berth, Berth::Worker | Berth::Sent) {
            open.berth = Berth::Adrift;
        }
        open.waiting = None;
        open.reference_px = None;
        let run = self.run.as_ref().map(|run| run.id);
        open.journal.worker_lost(run);
        let mut is_changed = false;
        for result in open.results.values_mut() {
            result.can_undo = false;
            result.agreement = None;
            is_changed |= Some(result.run) == run;
        }
        // It is of the results before the run.
        open.summary.take_if(|_| is_changed);
        if let Some(summary) = &mut open.summary {
            summary.agreement = None;
        }
        open
    }

    /// The worker is lost. Whether that came of bringing the scan back, which is not tried again
    /// then.
    pub(super) fn cast_off(&mut self) -> bool {
        let berth = self.open.berth;
        if berth == Berth::Read {
            self.is_reading = false;
            self.open.berth = Berth::Adrift;
        } else if berth == Berth::Sent {
            self.open.berth = Berth::GivenUp;
        }
        self.open = self.salvaged();
        self.run = None;
        berth == Berth::Sent
    }

    /// Whether the scan that is shown is to come into the worker that there is.
    pub(super) fn is_to_come_back(&self) -> bool {
        self.is_shown() && self.open.berth == Berth::Adrift && self.worker == WorkerState::Up
    }

    /// The page begins to read the files of a scan again that was open in another worker: where it
    /// came from. `None` if there is no such scan, or another one is on its way.
    pub fn begin_to_bring_back(&mut self) -> Option<Source> {
        if !self.is_to_come_back() {
            return None;
        }
        self.is_reading = true;
        self.open.berth = Berth::Read;
        Some(self.open.source.clone())
    }

    /// They are on their way to the worker, by a choice of this number; `false` if they are not
    /// wanted any more.
    pub fn bringing_back(&mut self, choice: u32) -> bool {
        let is_wanted = self.open.berth == Berth::Read;
        if is_wanted {
            self.is_reading = false;
            self.open.berth = Berth::Sent;
            let source = self.open.source.clone();
            self.incoming
                .push_back(Incoming::back(Source { choice, ..source }));
        }
        is_wanted
    }

    /// They cannot be read, for this reason.
    pub fn read_in_vain(&mut self, why: &str) {
        if self.open.berth == Berth::Read {
            self.is_reading = false;
            self.not_back(Some(why));
        }
    }

    /// It is open in the worker.
    pub(super) fn returned(&mut self, source: Source, scan: &VolumeInfo) -> Next {
        let is_alike = |it: &VolumeInfo| {
            (it.rows, it.cols, it.slices) == (scan.rows, scan.cols, scan.slices)
                && it.identity == scan.identity
        };
        self.clear_bars();
        if !self.open.scan.as_ref().is_some_and(is_alike) {
            self.not_back(Some("Its files have changed."));
            return Next::Nothing;
        }
        // What is asked of the worker now would be done on the next.
        if self.is_opening() {
            self.open.berth = Berth::Adrift;
            return Next::Nothing;
        }
        self.open.source = source;
        // What the reader has said of its pixels is not in its files.
        self.open.berth = if self.has_result() || self.calibrated_mm().is_some() {
            Berth::Sent
        } else {
            Berth::Worker
        };
        Next::PutBack
    }

    /// It does not come into the worker, or not with its results, for this reason; without one,
    /// because its reader does not want to wait.
    pub fn not_back(&mut self, why: Option<&str>) {
        // Another takes its place, and if that does not come, it is tried again.
        if self.is_opening() {
            self.open.berth = Berth::Adrift;
            return;
        }
        self.open.berth = Berth::GivenUp;
        if let Some(why) = why {
            self.add("The scan could not be brought back.");
            self.add(why);
        }
        self.add(self.what_is_left());
    }

    /// Of a scan that is in no worker.
    pub(super) fn what_is_left(&self) -> &'static str {
        if !self.has_result() {
            "Please open the file again."
        } else if self.can_be_saved() {
            "What was found before is still shown, to be saved or printed, but cannot be changed."
        } else {
            "What was found before is still shown, to be printed, but cannot be changed."
        }
    }

    /// Whether what is left is all that is saved of an analysis.
    fn can_be_saved(&self) -> bool {
        let Account::Of(key) = &self.account else {
            return false;
        };
        let digest = self.open.digest.as_ref();
        digest.is_some_and(|it| it.key == *key)
            && document::obstacle(self, key).is_none()
            && document::discord(self).is_none()
    }

    /// What those results were made with that are put back, each with a document of its own, which
    /// is of one engine under one set of settings; nothing if there are none.
    pub fn begin_to_put_back(&mut self) -> Vec<MadeWith> {
        let kinds = self.open.origins.kinds(&self.open.results);
        if kinds.is_empty() && self.has_result() {
            self.not_back(Some(
                "The slices were segmented with different settings or hardware.",
            ));
        }
        kinds
    }

    /// The results that were made with this.
    pub fn alike(&self, made_with: &MadeWith) -> BTreeMap<usize, SliceResult> {
        let mut alike = BTreeMap::new();
        for (slice, result) in &self.open.results {
            if self.open.origins.is_of(result, made_with) {
                alike.insert(*slice, result.clone());
            }
        }
        alike
    }

    /// They are on their way to the worker; the number of the run that brings them back. Those of
    /// one kind count as of a run of their own, by which it is known what they were made with, and
    /// so do those of them that the network saw before pixels had their size.
    pub fn put_back(&mut self, kinds: Vec<MadeWith>) -> u32 {
        let is_saved = self.newer().next().is_none();
        self.open.returning.clear();
        for made_with in kinds {
            for is_resized in [false, true] {
                self.last_run = self.last_run.wrapping_add(1);
                let origins = &mut self.open.origins;
                for (slice, result) in &self.open.results {
                    let is_alike = origins.is_resized(result) == is_resized;
                    if is_alike && origins.is_of(result, &made_with) {
                        self.open.returning.push((*slice, self.last_run));
                    }
                }
                origins.restored(self.last_run, made_with.clone());
                origins.resized(std::iter::once(self.last_run).filter(|_| is_resized));
            }
        }
        let run = self.start_run(self.open.results.len(), Task::Restore);
        if is_saved {
            self.open.saved_run = run;
        }
        run
    }

    /// The run that a result which comes back into the worker counts as of; `None` for all others.
    pub(super) fn run_of_returned(&self, slice: usize) -> Option<u32> {
        let all = self.open.returning.iter();
        let (_, run) = all.copied().find(|(it, _)| *it == slice)?;
        Some(run)
    }

    /// A run is finished: whether by it the worker has the results again. It has none of those that
    /// did not come, and the page lets go of them, too.
    pub(super) fn is_back(&mut self) -> bool {
        if self.open.berth != Berth::Sent {
            return false;
        }
        self.open.berth = Berth::Worker;
        let returned = std::mem::take(&mut self.open.returning);
        if returned.is_empty() {
            return true;
        }
        let (mut gone, mut is_correction_kept, mut is_correction_gone) = (0, false, false);
        // Looked through by hand: to take some out of a map is much code.
        for (slice, result) in std::mem::take(&mut self.open.results) {
            let is_correction = is_judged(&result);
            if returned.contains(&(slice, result.run)) {
                is_correction_kept |= is_correction;
                self.open.results.insert(slice, result);
            } else {
                is_correction_gone |= is_correction;
                gone += 1;
            }
        }
        self.add(if is_correction_kept && !is_correction_gone {
            "What was found on the scan is back, with your corrections."
        } else {
            "What was found on the scan is back."
        });
        self.add(if is_correction_kept {
            "Its masks keep their settings until they are segmented again, which loses corrections of the outline."
        } else {
            "Its masks keep their settings until they are segmented again."
        });
        if gone > 0 {
            self.add(&counted(gone, "slice"));
            self.add(if is_correction_gone {
                "whose settings are not known had to be let go, with your corrections there."
            } else {
                "whose settings are not known had to be let go."
            });
        }
        true
    }

    /// Slices that have no result.
    pub fn without_result(&self) -> Vec<usize> {
        let slices = self.open.scan.as_ref().map_or(0, |scan| scan.slices);
        let has_none = |slice: &usize| !self.open.results.contains_key(slice);
        (0..slices).filter(has_none).collect()
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
