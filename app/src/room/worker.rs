//! The worker's life: it is started, found to hang or to be lost, and replaced.

use gloo::timers::callback::Timeout;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use model::protocol::{BackendChoice, Request};
use web_sys::RequestInit;

use super::Room;
use super::awake::when_awake;
use crate::api::client;
use crate::engine::client::Client;
use crate::engine::memory;
use crate::engine::state::{Desk, Next, Stopping, Wait, WorkerState};
use crate::export::save;

/// A worker that has not loaded by then is given up.
const START_LIMIT_MS: u32 = 90_000;

/// So long may nothing come from a worker that was told to stop. It sees to that many times a
/// second, but not while a GPU hangs: the browser takes up to 15 s to take that away, and what was
/// finished before is kept then.
const STOP_LIMIT_MS: u32 = 20_000;

impl Room {
    /// Starts the worker if it is not running.
    pub fn open_engine(self) {
        save::count_requests();
        if self.desk.with_untracked(|d| d.worker == WorkerState::Off) {
            if let Some(backend) = memory::wanted_backend() {
                self.backend.set(backend);
            }
            self.start_worker();
        }
    }

    fn start_worker(self) {
        self.desk.update(Desk::worker_starting);
        self.let_go_of_worker();
        let started = Client::start(
            move |event, buffers| self.take_in(event, &buffers),
            move |detail| self.worker_lost(&detail),
        );
        match started {
            Ok(client) => {
                self.worker.set_value(Some(client));
                self.await_start(self.desk.with_untracked(Desk::starts));
            }
            Err(detail) => self.desk.update(|d| d.give_up(&detail)),
        }
    }

    fn worker_lost(self, detail: &str) {
        look_for_release();
        match self.desk.try_update(|d| d.lost(detail)) {
            Some(Next::Restart) => self.end_worker_soon(true),
            Some(Next::RestartOnCpu) => self.start_again_on_cpu(),
            Some(_) => self.end_worker_soon(false),
            None => {}
        }
    }

    /// Gives up a worker that does not load.
    fn await_start(self, start: u32) {
        when_awake(START_LIMIT_MS, move || {
            let is_starting = |d: &Desk| d.is_starting(start);
            if self.desk.try_with_untracked(is_starting) == Some(true) {
                self.worker_lost("it did not load in time");
            }
        });
    }

    /// Gives up a worker that hangs: it does not stop, nor say anything.
    pub(super) fn await_stop(self, stopping: Stopping) {
        let look = move || match self.desk.try_with_untracked(|d| d.wait(stopping)) {
            Some(Wait::InVain) => self.worker_lost("it did not stop when it was told to"),
            Some(Wait::GoesOn(now)) => self.await_stop(now),
            Some(Wait::Over) | None => {}
        };
        when_awake(STOP_LIMIT_MS, look);
    }

    pub(super) fn start_again_on_cpu(self) {
        self.backend.set(BackendChoice::Cpu);
        self.end_worker_soon(true);
    }

    /// Ends the worker, and starts another if it is to be tried `again`. In a task of its own: the
    /// worker must not be dropped inside its own callback.
    pub(super) fn end_worker_soon(self, again: bool) {
        Timeout::new(0, move || {
            self.worker.set_value(None);
            if again {
                self.start_worker();
            }
        })
        .forget();
    }

    /// Sends a request with buffers; without a worker it starts one and says so.
    pub fn send_with(self, request: &Request, buffers: &[ArrayBuffer]) {
        // Nothing on the desk that anybody sees changes with what is asked for drawing, at every
        // turn of the wheel.
        let is_seen = !matches!(request, Request::Show { .. } | Request::Around { .. });
        self.desk.maybe_update(|d| {
            d.sent(request);
            is_seen
        });
        let sent = self
            .worker
            .with_value(|w| w.as_ref().map(|client| client.send(request, buffers)));
        match sent {
            Some(Ok(())) => {}
            Some(Err(detail)) => self.worker_lost(&detail),
            None => self.worker_lost("it is not running"),
        }
    }
}

/// A worker whose messages or files do not fit may be of a release that came after this page.
/// Whoever has no account asks the server nothing: so it is asked for this page's head now, which
/// says which release it has.
fn look_for_release() {
    leptos::task::spawn_local(async {
        let head = RequestInit::new();
        head.set_method("HEAD");
        client::fetch("/read", &head).await.ok();
    });
}
