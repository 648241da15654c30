//! A slice comes from the worker, segmented, changed or brought back.

use model::protocol::{SliceResult, Stage};

use super::{Desk, Task};
use crate::clock::now_ms;
use crate::engine::progress::Progress;

impl Desk {
    /// Takes in the figures of a slice in the place of those it had.
    pub(super) fn segmented(&mut self, mut result: SliceResult) {
        if let Some(run) = &mut self.run {
            let is_segmenting = run.task == Task::Segment;
            // The network did not see it again: the run needs none, or the slices beside it are
            // known now.
            let is_repeated = !is_segmenting || result.is_repeated;
            if let (true, Some(before)) = (is_repeated, self.open.results.get(&result.slice)) {
                result.total_ms = before.total_ms;
            }
            run.done += usize::from(!is_repeated);
            self.progress = is_segmenting.then(|| {
                let elapsed_ms = (now_ms() as u64).saturating_sub(run.started_ms);
                Progress::new(Stage::Segmenting, run.done as u64, run.wanted as u64)
                    .after(elapsed_ms)
            });
        }
        self.slice_progress = None;
        self.open.journal.came(&result);
        if let Some(run) = self.run_of_returned(result.slice) {
            result.run = run;
        }
        self.open.results.insert(result.slice, result);
    }
}
