//! Whether what waits for a line is still wanted: jobs are worked off in their order, so one that
//! waits holds up the next.

use std::cell::Cell;

use super::part::Arrival;
use super::{channel, failure, pause};
use crate::protocol::{Event, Failure, Request};

/// How often what waits looks whether it is still wanted.
const LOOK_MS: i32 = 250;

/// After how many such looks the page hears that the worker lives: every 5 s.
const LOOKS_IN_SILENCE: u32 = 20;

thread_local! {
    /// Scans that were asked for.
    static SCANS: Cell<u32> = const { Cell::new(0) };
    static CANCELS: Cell<u32> = const { Cell::new(0) };
}

/// What is asked for to open a scan is not wanted any more.
pub(super) fn cancel() {
    CANCELS.set(CANCELS.get().wrapping_add(1));
}

/// Until when something that was asked for is wanted: the next scan takes the place of what
/// everything else is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    scans: u32,
    /// Of requests to open a scan alone: the others end by themselves, or hear a request to cancel
    /// while they run.
    cancels: Option<u32>,
}

impl Wanted {
    /// For a request that has just come.
    pub(super) fn from_now_on(request: &Request) -> Self {
        let is_scan = matches!(request, Request::Open { .. });
        SCANS.set(SCANS.get().wrapping_add(u32::from(is_scan)));
        Self {
            scans: SCANS.get(),
            cancels: is_scan.then(|| CANCELS.get()),
        }
    }

    /// Waits until a part of the program is there, and tells the page so now and then.
    ///
    /// # Errors
    /// It cannot be had, or what needs it is not wanted any more.
    pub(super) async fn wait(self, mut part: Arrival) -> Result<(), Failure> {
        let mut looks = 0_u32;
        loop {
            if let Some(come) = pause::within(LOOK_MS, &mut part).await {
                return come.map_err(Failure::from);
            }
            self.check()?;
            looks += 1;
            if looks.is_multiple_of(LOOKS_IN_SILENCE) {
                channel::send(&Event::Awaiting);
            }
        }
    }

    fn check(self) -> Result<(), Failure> {
        if self.scans != SCANS.get() {
            return Err(failure(
                "What was asked for before was not done, because another scan was chosen.",
                "Ask for it again if it is still needed.",
            ));
        }
        match self.cancels {
            Some(before) if before != CANCELS.get() => Err(failure(
                "Opening was stopped.",
                "Choose the files again to open them.",
            )),
            _ => Ok(()),
        }
    }
}
