//! Giving the browser's event loop a turn, and hearing a request to cancel in it.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::DedicatedWorkerGlobalScope;

use crate::clock::now_ms;
use crate::protocol::{Event, Stage};

/// How long the worker may be deaf to a cancel request.
const DEAF_MS: f64 = 60.0;

thread_local! {
    static CANCELLED: Cell<bool> = const { Cell::new(false) };
    static HEARD_MS: Cell<f64> = const { Cell::new(0.0) };
}

/// Ask the running job to stop.
pub(super) fn cancel() {
    CANCELLED.set(true);
}

/// A new job is asked for: requests to cancel that came before are void, and what comes while it
/// waits is not. The page asks for one only when none runs.
pub(super) fn begin() {
    CANCELLED.set(false);
}

/// Whether the running job shall stop.
pub(super) fn is_cancelled() -> bool {
    CANCELLED.get()
}

/// The worker itself.
pub(super) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// One turn of the event loop.
async fn turn() {
    sleep(0).await;
}

/// Lets the event loop run for a while.
pub(super) async fn sleep(ms: i32) {
    let timer = Promise::new(&mut |resolve, _| {
        let set = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
        // Without a timer the promise would never resolve; resolving at once only
        // makes the worker deaf for this turn.
        if set.is_err() {
            resolve.call0(&JsValue::NULL).ok();
        }
    });
    JsFuture::from(timer).await.ok();
}

/// What `work` comes to, if it does within this time.
pub(super) async fn within<T>(ms: i32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut time) = (pin!(work), pin!(sleep(ms)));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => time.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Between two layers: report progress, let messages in, say whether to go on.
pub(super) async fn between_steps(done: usize, total: usize) -> bool {
    if now_ms() - HEARD_MS.get() > DEAF_MS {
        super::channel::send(&Event::Progress {
            stage: Stage::Layers,
            done: done as u64,
            total: total as u64,
        });
        turn().await;
        HEARD_MS.set(now_ms());
    }
    !is_cancelled()
}
