//! Starting and stopping runs of the network.

use leptos::prelude::*;
use model::order::sort_by_key;
use model::protocol::Request;

use super::Room;
use crate::engine::state::{Desk, EngineState, Task};

impl Room {
    /// Segments the slice shown.
    pub fn segment_shown(&self) {
        self.segment(vec![self.slice.get_untracked()]);
    }

    /// Segments all slices that are not yet, from the shown one outwards: the user sees masks where
    /// they look.
    pub fn segment_all(&self) {
        let settings = self.settings.get_untracked();
        let rest = self.desk.with_untracked(|d| d.rest(&settings));
        self.segment(outwards(self.slice.get_untracked(), rest));
    }

    fn segment(&self, slices: Vec<usize>) {
        if slices.is_empty() || !self.desk.with_untracked(Desk::can_segment) {
            return;
        }
        let ready = self
            .desk
            .with_untracked(|d| matches!(d.engine, EngineState::Ready(_)));
        if ready {
            self.start_segmenting(slices);
        } else {
            self.desk.update(|d| d.open.waiting = slices);
        }
    }

    pub(crate) fn start_segmenting(&self, slices: Vec<usize>) {
        let Some(run) = self
            .desk
            .try_update(|d| d.start_run(slices.len(), Task::Segment))
        else {
            return;
        };
        let settings = self.settings.get_untracked();
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
        self.desk.update(|d| {
            d.open.waiting.clear();
            if let Some(run) = &mut d.run {
                run.cancelling = true;
            }
        });
        if self.desk.with_untracked(|d| d.run.is_some()) {
            self.send(&Request::Cancel);
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
