//! Jobs that wait while one is worked on.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// Jobs, worked off one after the other by a single task.
#[derive(Debug)]
pub(super) struct Queue<T> {
    waiting: RefCell<VecDeque<T>>,
    is_busy: Cell<bool>,
}

impl<T> Queue<T> {
    pub(super) const fn new() -> Self {
        Self {
            waiting: RefCell::new(VecDeque::new()),
            is_busy: Cell::new(false),
        }
    }

    /// Adds a job; `true` if nobody works, and the caller has to see to it.
    pub(super) fn push(&self, job: T) -> bool {
        self.waiting.borrow_mut().push_back(job);
        !self.is_busy.replace(true)
    }

    /// The next job; `None` ends the work.
    pub(super) fn pop(&self) -> Option<T> {
        let next = self.waiting.borrow_mut().pop_front();
        self.is_busy.set(next.is_some());
        next
    }
}
