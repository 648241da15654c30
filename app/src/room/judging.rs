//! Findings that the reader rejects or takes back.

use leptos::prelude::*;
use model::protocol::Request;

use super::Room;
use crate::engine::state::{Desk, Task};
use crate::viewer::pixels::Pixels;

/// What the reader says about findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// They are none.
    Reject,
    /// They are some after all.
    TakeBack,
}

impl Judgement {
    /// On its button.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reject => "Reject",
            Self::TakeBack => "Take back",
        }
    }
}

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

    /// Rejects findings or takes them back; each is its slice and its place in that slice's list.
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
        self.send(&match judgement {
            Judgement::Reject => Request::Reject { run, findings },
            Judgement::TakeBack => Request::TakeBack { run, findings },
        });
    }
}
