//! What is known of the machine, and how many workers it bears.

use std::cell::Cell;

use super::pause;
use crate::engine::pool::{self, Memory};
use crate::protocol::BackendChoice;

thread_local! {
    static MEMORY: Cell<Memory> = const { Cell::new(Memory::Ample) };
}

/// The page has found out whether there is little: not all that tells it is known to a worker.
pub(super) fn has_little_memory(is_little: bool) {
    MEMORY.set(if is_little {
        Memory::Little
    } else {
        Memory::Ample
    });
}

/// [`pool::workers`] here.
pub(super) fn workers(slices: usize, backend: BackendChoice) -> usize {
    pool::workers(slices, cores(), MEMORY.get(), backend)
}

/// [`pool::side_by_side`] here.
pub(super) fn side_by_side() -> usize {
    pool::side_by_side(cores(), MEMORY.get())
}

/// Logical processors, as far as the browser tells.
fn cores() -> usize {
    pause::scope().navigator().hardware_concurrency() as usize
}
