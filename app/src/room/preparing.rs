//! Asks the worker for a network.

use leptos::prelude::*;
use model::network::Architecture;
use model::protocol::{BackendChoice, Request};

use super::Room;
use crate::engine::state::WorkerState;
use crate::engine::weights;

impl Room {
    /// Another network or back end.
    pub fn choose_engine(&self, architecture: Architecture, backend: BackendChoice) {
        self.settings.update(|s| s.architecture = architecture);
        self.backend.set(backend);
        if self.desk.with_untracked(|d| d.worker == WorkerState::Up) {
            self.prepare();
        }
    }

    /// Another back end by the reader's own choice, which later visits begin with.
    pub fn choose_backend(&self, backend: BackendChoice) {
        #[cfg(feature = "hydrate")]
        crate::engine::memory::want_backend(backend);
        self.choose_engine(self.settings.get_untracked().architecture, backend);
    }

    pub(crate) fn prepare(&self) {
        let architecture = self.settings.get_untracked().architecture;
        self.desk.update(|d| d.preparing(architecture));
        self.send(&Request::Prepare {
            architecture,
            backend: self.backend.get_untracked(),
            weights_url: format!("/weights/{}.safetensors", architecture.id()),
            weights_sha256: weights::published(architecture)
                .map_or_else(String::new, |it| it.sha256.to_owned()),
            #[cfg(feature = "hydrate")]
            speeds: crate::engine::memory::recall(architecture),
            #[cfg(not(feature = "hydrate"))]
            speeds: None,
            after_scan: self.is_fetching_sample(),
            #[cfg(feature = "hydrate")]
            little_memory: crate::engine::machine::has_little_memory(),
            #[cfg(not(feature = "hydrate"))]
            little_memory: false,
        });
    }

    /// Whether the sample is on its way from the server.
    fn is_fetching_sample(&self) -> bool {
        let is_sample = self.sample.get_value() == Some(self.choices.get_value());
        is_sample && self.desk.with_untracked(|d| d.is_reading)
    }
}
