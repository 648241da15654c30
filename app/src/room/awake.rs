//! Time limits for a worker. A page that was frozen, or a machine that slept, has heard nothing
//! meanwhile, and may look at its clock before it hears: that says nothing about the worker.

#[cfg(feature = "hydrate")]
use gloo::timers::callback::Timeout;

#[cfg(feature = "hydrate")]
use crate::clock::now_ms;

/// A timer that is later than this was not awaited by a page that was awake; one that only had much
/// to do is not that late.
const LATE_MS: f64 = 5_000.0;

/// Looks when `limit_ms` have passed that the page was awake, once.
#[cfg(feature = "hydrate")]
pub(super) fn when_awake(limit_ms: u32, look: impl FnOnce() + 'static) {
    let due_ms = now_ms() + f64::from(limit_ms);
    let judge = move || {
        if was_asleep(due_ms, now_ms()) {
            when_awake(limit_ms, look);
        } else {
            look();
        }
    };
    Timeout::new(limit_ms, judge).forget();
}

/// Whether the page, which looks at the clock `now_ms`, slept when it was to look at `due_ms`.
fn was_asleep(due_ms: f64, now_ms: f64) -> bool {
    now_ms - due_ms > LATE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_looks_much_too_late_has_slept_and_one_that_was_busy_has_not() {
        let due_ms = 20_000.0;
        assert!(!was_asleep(due_ms, due_ms));
        assert!(!was_asleep(due_ms, due_ms + 2_000.0));
        assert!(was_asleep(due_ms, due_ms + 3_600_000.0));
        assert!(!was_asleep(due_ms, 0.0), "the clock was put back");
    }
}
