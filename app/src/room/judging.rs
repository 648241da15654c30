//! Findings that the reader rejects or takes back, and what of all that was done is undone.

use leptos::prelude::*;
use model::calliper::Steps;
use model::protocol::{Judgement, Request};

use super::Room;
use crate::engine::state::{Desk, Mark, Step, Task};
use crate::viewer::pixels::Pixels;

impl Room {
    /// Whether a scan is open, not masks without their image, where nothing can be judged or
    /// measured.
    pub fn has_image(&self) -> bool {
        self.pixels.with_value(Pixels::has_image)
    }

    /// Whether a pointer rejects so soon after the last press that it hits the row that has moved
    /// up. Clicks by keyboard have no `detail`.
    pub fn is_hasty(&self, judgement: Judgement, detail: i32, now_ms: f64) -> bool {
        const ROWS_MOVE_MS: f64 = 500.0;
        let since_ms = now_ms - self.rejected_ms.get_value();
        judgement == Judgement::Reject && detail > 0 && since_ms < ROWS_MOVE_MS
    }

    /// A button that judges was pressed. Hasty presses count, too: of many in a row only the first
    /// judges.
    pub fn pressed(&self, judgement: Judgement, now_ms: f64) {
        if judgement == Judgement::Reject {
            self.rejected_ms.set_value(now_ms);
        }
    }

    /// Says something of findings; each is its slice and its place in that slice's list.
    pub fn judge(&self, judgement: Judgement, findings: Vec<(usize, usize)>) {
        let why_adrift = self.desk.with_untracked(Desk::why_adrift);
        if let Some(why) = why_adrift {
            self.notify(false, why);
        }
        let is_busy = self
            .desk
            .with_untracked(|d| d.run.is_some() || !d.is_open());
        if is_busy {
            return;
        }
        let Some(run) = self
            .desk
            .try_update(|d| d.start_run(findings.len(), Task::Judge))
        else {
            return;
        };
        self.selected.set(None);
        self.send(&Request::Judge {
            run,
            judgement,
            findings,
        });
    }

    /// Whether there is something to undo (tracks tool, lines and desk).
    pub fn can_undo(&self) -> bool {
        if self.tool.get().measures() {
            let can_undo = |lines: &Vec<_>| self.measuring.with(|steps| steps.can_undo(lines));
            return self.callipers.with(can_undo);
        }
        self.desk.with(|d| d.to_undo().is_some())
    }

    /// Undoes what was done last, on whatever slice: while something is measured, of that alone.
    pub fn undo(&self) {
        if self.tool.get_untracked().measures() {
            return self.take_measure_back(Steps::undo);
        }
        match self.desk.with_untracked(|d| d.to_undo().cloned()) {
            Some(Step::Drawn(slice, _)) => self.undo_correction(slice),
            Some(Step::Judged(judgement, marks)) => self.say(judgement.opposite(), &marks),
            None => {}
        }
    }

    /// Whether there is something to do again (tracks tool and desk).
    pub fn can_redo(&self) -> bool {
        if self.tool.get().measures() {
            return self.measuring.with(Steps::can_redo);
        }
        self.desk.with(|d| d.to_redo().is_some())
    }

    /// Does again what was undone last.
    pub fn redo(&self) {
        if self.tool.get_untracked().measures() {
            return self.take_measure_back(Steps::redo);
        }
        match self.desk.with_untracked(|d| d.to_redo().cloned()) {
            Some(Step::Drawn(slice, drawn)) => self.draw_again(slice, drawn),
            Some(Step::Judged(judgement, marks)) => self.say(judgement, &marks),
            None => {}
        }
    }

    /// Judges marks wherever they stand now, and shows one of them.
    fn say(&self, judgement: Judgement, marks: &[Mark]) {
        let slice = self.slice.get_untracked();
        let is_shown = marks.iter().any(|mark| mark.0 == slice);
        // In the middle, where a lesion usually is largest.
        let shown = marks.get(marks.len() / 2).map_or(slice, |mark| mark.0);
        let shown = if is_shown { slice } else { shown };
        if self.may_turn_to(shown) {
            self.show(shown);
            let places = self.desk.with_untracked(|d| d.places(judgement, marks));
            self.judge(judgement, places);
        }
    }
}
