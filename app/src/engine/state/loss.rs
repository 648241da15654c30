//! A worker that is lost: whether another is tried, and what is left to do.

use super::journal::redo_draws;
use super::salvage::Berth;
use super::{Desk, Next, Run, Task, WorkerState};

/// How often a crashed worker is started again without a finished segmentation in between.
pub(super) const RESTARTS: u32 = 2;

/// What is left to do without a worker.
const GIVEN_UP: &str =
    "Reload the page; if it happens again, use another browser, and send us the diagnostics.";

impl Desk {
    /// The worker is beyond repair: says so, and whether another is worth a try.
    pub fn lost(&mut self, detail: &str) -> Next {
        let has_reference = self.open.reference_px.is_some() || self.is_reading_reference;
        let change = self.change_under_way();
        let is_by_scan = self.cast_off();
        // What the page tries by itself, and does not try again, is not held against the workers
        // after.
        self.restarts += u32::from(!is_by_scan);
        if self.restarts > RESTARTS {
            let in_vain = "It was started again in vain.";
            let way_out = if self.has_result() {
                [in_vain, self.what_is_left(), GIVEN_UP].join(" ")
            } else {
                [in_vain, GIVEN_UP].join(" ")
            };
            self.give_up_with(detail, &way_out);
            return Next::GiveUp;
        }
        // What a GPU's driver does to the program can be its end each time. One that has not loaded
        // has used no GPU.
        let is_on_cpu = self.restarts == RESTARTS && self.worker == WorkerState::Up;
        let again = if is_on_cpu {
            "It has been started again, on the processor"
        } else {
            "It has been started again"
        };
        // What is still being read comes to the next worker.
        let is_lost = !self.is_reading && self.incoming.iter().any(|it| !it.is_back);
        let is_kept = !self.is_reading && self.open.scan.is_some();
        let is_given_up = is_kept && self.open.berth == Berth::GivenUp;
        let way_out = match (is_kept, is_lost) {
            _ if is_given_up => "; the scan before is not opened in it once more.",
            (true, false) => "; the scan is opened in it once more.",
            (true, true) => "; the scan before is opened in it once more.",
            (false, true) => "; please open the file again.",
            (false, false) => ".",
        };
        self.stopped_working(detail, &[again, way_out].concat());
        if is_given_up {
            self.add(self.what_is_left());
        }
        if is_kept && is_lost {
            self.add("Please open the other file again.");
        }
        if let Some(change) = change {
            self.add(&change);
        }
        if has_reference {
            self.add("The reference mask has to be opened again.");
        }
        if is_on_cpu {
            Next::RestartOnCpu
        } else {
            Next::Restart
        }
    }

    /// What becomes of a change of the reader's that the worker was to make.
    fn change_under_way(&self) -> Option<String> {
        let is_change = |run: &&Run| matches!(run.task, Task::Judge | Task::Measure);
        let run = self.run.as_ref().filter(is_change)?;
        Some(match self.open.journal.slice_drawn_in(run.id) {
            Some(slice) => redo_draws(slice),
            None => "Your last change was not made.".to_owned(),
        })
    }

    /// There is no worker, and no other is tried.
    pub fn give_up(&mut self, detail: &str) {
        self.give_up_with(detail, GIVEN_UP);
    }

    /// A network has done its work in this worker: one that is lost later is another matter.
    pub(super) fn has_worked(&mut self) {
        self.restarts = 0;
    }

    fn give_up_with(&mut self, detail: &str, way_out: &str) {
        self.stopped_working(detail, way_out);
        self.worker_starting();
        self.worker = WorkerState::Broken;
    }

    fn stopped_working(&mut self, detail: &str, way_out: &str) {
        self.fail(format!("The analysis engine stopped ({detail}). {way_out}"));
    }

    /// Whether nothing can be done, because the worker was given up; then says so once more.
    pub(super) fn refuses(&mut self) -> bool {
        let is_broken = self.worker == WorkerState::Broken;
        if is_broken {
            self.fail(format!("The analysis engine is not running. {GIVEN_UP}"));
        }
        is_broken
    }
}
