//! A run that was asked to stop, a worker that is to load, and one that says no more.

use super::{Desk, Run, Task, WorkerState};

/// A run that was asked to stop, and how much had come from the worker when that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopping {
    run: u32,
    heard: u32,
}

/// What has come of waiting for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// It has ended.
    Over,
    /// Not yet, but the worker is at work.
    GoesOn(Stopping),
    /// Nothing at all has come.
    InVain,
}

impl Desk {
    /// The running segmentation is to stop; `None` if there is none, or it was asked to before.
    /// What else runs is over in an instant, unless it waits for a line, and does not listen.
    pub fn stop(&mut self) -> Option<Stopping> {
        let is_one = |run: &&mut Run| run.task == Task::Segment && !run.is_cancelling;
        let run = self.run.as_mut().filter(is_one)?;
        run.is_cancelling = true;
        self.stopping()
    }

    /// How it is with a run that was asked to stop, a while later.
    pub fn wait(&self, before: Stopping) -> Wait {
        match self.stopping() {
            Some(now) if now == before => Wait::InVain,
            Some(now) if now.run == before.run => Wait::GoesOn(now),
            _ => Wait::Over,
        }
    }

    /// How many workers were started so far.
    pub fn starts(&self) -> u32 {
        self.starts
    }

    /// Whether the worker that was started as this one has still not loaded.
    pub fn is_starting(&self, start: u32) -> bool {
        self.worker == WorkerState::Starting && self.starts == start
    }

    fn stopping(&self) -> Option<Stopping> {
        let run = self.run.as_ref().filter(|run| run.is_cancelling)?;
        Some(Stopping {
            run: run.id,
            heard: self.heard,
        })
    }
}
