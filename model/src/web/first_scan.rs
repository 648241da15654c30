//! The first scan goes before the first network where both come over one line: it is looked at
//! while the network is on its way.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

thread_local! {
    static HAS_COME: Cell<bool> = const { Cell::new(false) };
    static WAITING: Cell<Option<Waker>> = const { Cell::new(None) };
}

/// The page has a scan, and hands it over.
pub(super) fn comes() {
    HAS_COME.set(true);
    if let Some(waiting) = WAITING.take() {
        waiting.wake();
    }
}

/// Waits for that; for no other after the first. Only the last that waits is told.
pub(super) async fn came() {
    poll_fn(|context| {
        if HAS_COME.get() {
            return Poll::Ready(());
        }
        WAITING.set(Some(context.waker().clone()));
        Poll::Pending
    })
    .await;
}
