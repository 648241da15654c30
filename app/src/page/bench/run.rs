//! The worker that measures. It is not the reading room's: an open scan stays as it is.

use leptos::prelude::*;
use model::bench::Case;
use model::protocol::{Event, Request};

use super::{Bench, RUNS};
use crate::engine::client::Client;

impl Bench {
    /// Measures what is chosen, in a fresh worker.
    pub(super) fn measure(self) {
        let case = Case {
            architecture: self.architecture.get_untracked(),
            width: 16,
            edge: self.edge.get_untracked(),
            backend: self.backend.get_untracked(),
        };
        self.failure.set(None);
        self.is_running.set(true);
        let started = Client::start(
            move |event, _| self.take_in(event, case),
            move |detail| self.end(Some(format!("The engine stopped ({detail})."))),
        );
        match started {
            Ok(client) => self.worker.set_value(Some(client)),
            Err(detail) => self.end(Some(detail)),
        }
    }

    fn take_in(self, event: Event, case: Case) {
        match event {
            Event::Loaded => {
                let request = Request::Bench { case, runs: RUNS };
                let sent = self
                    .worker
                    .with_value(|w| w.as_ref().map(|client| client.send(&request, &[])));
                if let Some(Err(detail)) = sent {
                    self.end(Some(detail));
                }
            }
            Event::Benched(figures) => {
                self.figures.update(|all| all.push(figures));
                self.end(None);
            }
            Event::Failed(failure) => self.end(Some(failure.to_string())),
            Event::Fatal { detail } => self.end(Some(format!("The engine stopped ({detail})."))),
            _ => {}
        }
    }

    fn end(self, failure: Option<String>) {
        self.failure.set(failure);
        self.is_running.set(false);
        // Dropped after this message has been dealt with: it is the worker's own listener
        // that is running.
        gloo::timers::callback::Timeout::new(0, move || {
            if !self.is_running.get_untracked() {
                self.worker.set_value(None);
            }
        })
        .forget();
    }
}
