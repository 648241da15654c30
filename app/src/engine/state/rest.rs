//! What a series that was stopped has left.

use model::settings::Settings;

use super::{Desk, EngineState};

impl Desk {
    /// The open scan's slices that the network has to see under these settings, ascending; all of
    /// them if it has seen each.
    pub fn rest(&self, settings: &Settings) -> Vec<usize> {
        let slices = self.open.scan.as_ref().map_or(0, |scan| scan.slices);
        let is_left = |slice: &usize| !self.has_seen(*slice, settings);
        let rest: Vec<usize> = (0..slices).filter(is_left).collect();
        if rest.is_empty() {
            return (0..slices).collect();
        }
        rest
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
