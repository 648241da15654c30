//! Starting and stopping runs of the network.

use leptos::prelude::*;
use model::order::sort_by_key;
use model::protocol::Request;

use super::Room;
use crate::engine::state::{Desk, EngineState, Scope, Task};

impl Room {
    /// Segments the slice shown.
    pub fn segment_shown(&self) {
        self.segment(Scope::Slice(self.slice.get_untracked()));
    }

    /// Segments all slices that are not yet.
    pub fn segment_all(&self) {
        self.segment(Scope::Series);
    }

    fn segment(&self, scope: Scope) {
        if !self.desk.with_untracked(Desk::can_segment) {
            return;
        }
        let ready = self
            .desk
            .with_untracked(|d| matches!(d.engine, EngineState::Ready(_)));
        if ready {
            self.start_segmenting(scope);
        } else {
            self.desk.update(|d| d.open.waiting = Some(scope));
        }
    }

    /// A series goes from the shown slice outwards: the user sees masks where they look.
    pub(crate) fn start_segmenting(&self, scope: Scope) {
        let settings = self.settings.get_untracked();
        let slices = match scope {
            Scope::Slice(slice) => vec![slice],
            Scope::Series => {
                let rest = self.desk.with_untracked(|d| d.rest(&settings));
                outwards(self.slice.get_untracked(), rest)
            }
        };
        if slices.is_empty() {
            return;
        }
        let Some(run) = self
            .desk
            .try_update(|d| d.start_run(slices.len(), Task::Segment))
        else {
            return;
        };
        self.limits
            .update_value(|it| it.asked_for(settings.postprocess));
        self.send(&Request::Segment {
            run,
            slices,
            settings,
        });
    }

    /// Stops the running job, or the waiting for the network.
    pub fn cancel(&self) {
        self.desk.update(|d| d.open.waiting = None);
        self.stop_run();
    }

    /// Asks the worker to stop the running job.
    pub(super) fn stop_run(&self) {
        if let Some(stopping) = self.desk.try_update(Desk::stop).flatten() {
            self.send(&Request::Cancel);
            #[cfg(feature = "hydrate")]
            self.await_stop(stopping);
            #[cfg(not(feature = "hydrate"))]
            let _ = stopping;
        }
    }
}

/// Slices ordered by distance from `start`.
fn outwards(start: usize, mut slices: Vec<usize>) -> Vec<usize> {
    sort_by_key(&mut slices, |i| i.abs_diff(start));
    slices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_segmented_from_the_shown_slice_outwards() {
        assert_eq!(outwards(2, vec![0, 1, 2, 3, 4]), [2, 1, 3, 0, 4]);
        assert_eq!(outwards(2, vec![0, 1, 4]), [1, 0, 4]);
        assert!(outwards(0, Vec::new()).is_empty());
    }
}
