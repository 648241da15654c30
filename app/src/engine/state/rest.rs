//! What a series that was stopped has left.

use model::settings::Settings;

use super::{Desk, EngineState};

impl Desk {
    /// The open scan's slices that the network has to see under these settings, ascending; all of
    /// them if it has seen each. What the reader has drawn in a mask that came back would be lost
    /// with it, so that such a slice is left as it is, if it is of this engine and exactly these
    /// settings.
    pub fn rest(&self, settings: &Settings) -> Vec<usize> {
        let slices = self.open.scan.as_ref().map_or(0, |scan| scan.slices);
        let free = |slice: &usize| !self.is_drawn_in_vain(*slice, settings);
        let is_left = |slice: &usize| free(slice) && !self.has_seen(*slice, settings);
        let rest: Vec<usize> = (0..slices).filter(is_left).collect();
        if !rest.is_empty() {
            return rest;
        }
        let all: Vec<usize> = (0..slices).filter(free).collect();
        if all.is_empty() {
            (0..slices).collect()
        } else {
            all
        }
    }

    /// Whether the network would find the same on a slice that came back, and lose what the reader
    /// has drawn there.
    fn is_drawn_in_vain(&self, slice: usize, settings: &Settings) -> bool {
        match (&self.engine, self.open.results.get(&slice)) {
            (EngineState::Ready(engine), Some(result)) => {
                let origins = &self.open.origins;
                result.is_corrected && origins.is_restored_of(result, engine, settings)
            }
            _ => false,
        }
    }

    /// Whether the network that is ready has seen this slice under these settings.
    pub fn has_seen(&self, slice: usize, settings: &Settings) -> bool {
        match (&self.engine, self.open.results.get(&slice)) {
            (EngineState::Ready(engine), Some(result)) => {
                self.open.origins.holds(result, engine, settings)
            }
            _ => false,
        }
    }
}
