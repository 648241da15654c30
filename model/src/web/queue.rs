//! Messages that wait while one is worked on.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// Messages with their buffers, worked off one after the other by a single task.
#[derive(Debug)]
pub(super) struct Queue<T> {
    waiting: RefCell<VecDeque<(T, Vec<Vec<u8>>)>>,
    is_busy: Cell<bool>,
}

impl<T> Queue<T> {
    pub(super) const fn new() -> Self {
        Self {
            waiting: RefCell::new(VecDeque::new()),
            is_busy: Cell::new(false),
        }
    }

    /// Adds a message; `true` if nobody works, and the caller has to see to it.
    pub(super) fn push(&self, message: T, buffers: Vec<Vec<u8>>) -> bool {
        self.waiting.borrow_mut().push_back((message, buffers));
        !self.is_busy.replace(true)
    }

    /// The next message; `None` ends the work.
    pub(super) fn pop(&self) -> Option<(T, Vec<Vec<u8>>)> {
        let next = self.waiting.borrow_mut().pop_front();
        self.is_busy.set(next.is_some());
        next
    }
}
