//! The outline as the reader draws it.

use leptos::prelude::*;
use model::protocol::Request;

use super::Room;
use crate::engine::state::{Drawn, Task};

impl Room {
    /// Whether an area is being drawn with keys (does not track).
    pub fn has_corners(&self) -> bool {
        self.corners.get_untracked() > 0 && self.freehand.with_untracked(|line| !line.is_empty())
    }

    /// Makes the area that was drawn on a slice tumour, or none. What cannot be done yet stays
    /// drawn.
    pub fn correct(&self, slice: usize, is_tumour: bool) {
        if self.freehand.with_untracked(Vec::len) > 2
            && let Some(run) = self.start_correction(slice)
        {
            let drawn = self.freehand.try_update(std::mem::take).unwrap_or_default();
            let outline = drawn
                .into_iter()
                .map(|(row, col)| (row as f32, col as f32))
                .collect();
            self.draw(run, slice, Drawn { outline, is_tumour });
        }
    }

    fn draw(&self, run: u32, slice: usize, Drawn { outline, is_tumour }: Drawn) {
        self.send(&Request::Correct {
            run,
            slice,
            outline,
            is_tumour,
        });
    }

    /// Takes the last correction of a slice back, and shows it.
    pub(super) fn undo_correction(&self, slice: usize) {
        if let Some(run) = self.start_correction(slice) {
            self.send(&Request::Undo { run, slice });
        }
    }

    /// Draws what was taken back on a slice again, and shows it.
    pub(super) fn draw_again(&self, slice: usize, drawn: Drawn) {
        if let Some(run) = self.start_correction(slice) {
            self.draw(run, slice, drawn);
        }
    }

    /// The run of a correction, whose slice is shown, or a word about why there can be none.
    fn start_correction(&self, slice: usize) -> Option<u32> {
        if !self.can_correct(slice) || !self.may_turn_to(slice) {
            return None;
        }
        self.show(slice);
        self.selected.set(None);
        self.desk.try_update(|d| d.start_run(1, Task::Judge))
    }

    /// Whether a slice can be corrected now; says why not.
    pub fn can_correct(&self, slice: usize) -> bool {
        // Masks without their image have no worker.
        if !self.has_image() {
            return false;
        }
        let obstacle = self.desk.with_untracked(|d| {
            let why_adrift = d.why_adrift();
            if why_adrift.is_some() {
                why_adrift
            } else if d.run.is_some() || !d.is_open() {
                Some("Wait until that is done.")
            } else if !d.open.results.contains_key(&slice) {
                Some("Segment this slice first; then its outline can be corrected.")
            } else {
                None
            }
        });
        if let Some(obstacle) = obstacle {
            self.notify(false, obstacle);
        }
        obstacle.is_none()
    }
}
