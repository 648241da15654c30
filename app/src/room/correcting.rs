//! The outline as the reader draws it.

use leptos::prelude::*;
use model::protocol::Request;

use super::Room;
use crate::engine::state::Task;

impl Room {
    /// Makes the area that was drawn on a slice tumour, or none.
    pub fn correct(&self, slice: usize, is_tumour: bool) {
        let drawn = self.freehand.try_update(std::mem::take).unwrap_or_default();
        if drawn.len() > 2
            && let Some(run) = self.start_correction(slice)
        {
            let outline = drawn
                .into_iter()
                .map(|(row, col)| (row as f32, col as f32))
                .collect();
            self.send(&Request::Correct {
                run,
                slice,
                outline,
                is_tumour,
            });
        }
    }

    /// Whether there is something of the slice shown to take back (tracks both).
    pub fn can_undo(&self) -> bool {
        let slice = self.slice.get();
        self.desk
            .with(|d| d.open.results.get(&slice).is_some_and(|r| r.can_undo))
    }

    /// Takes the last correction of the slice shown back.
    pub fn undo_correction(&self) {
        let slice = self.slice.get_untracked();
        if untrack(|| self.can_undo())
            && let Some(run) = self.start_correction(slice)
        {
            self.send(&Request::Undo { run, slice });
        }
    }

    /// The run of a correction, or a word about why there can be none.
    fn start_correction(&self, slice: usize) -> Option<u32> {
        // Masks without their image have no worker.
        if !self.has_image() {
            return None;
        }
        let obstacle = self.desk.with_untracked(|d| {
            if d.run.is_some() || !d.is_open() {
                Some("Wait until that is done.")
            } else if !d.open.results.contains_key(&slice) {
                Some("Segment this slice first; then its outline can be corrected.")
            } else {
                None
            }
        });
        if let Some(obstacle) = obstacle {
            self.notify(false, obstacle);
            return None;
        }
        self.selected.set(None);
        self.desk.try_update(|d| d.start_run(1, Task::Judge))
    }
}
