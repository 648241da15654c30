//! The entry point of the Web Worker: requests in, events out.
//!
//! Requests are worked off one after the other by a single task, so that no two of them ever touch
//! the scan at once. Only [`Request::Cancel`] is obeyed, and [`Request::Show`] and
//! [`Request::Around`] answered, the moment they arrive: people scroll while a series is segmented.
//! A network's weights are fetched beside all of it: scans open while they are on their way. Some
//! of what it does is in parts of the module that come by themselves ([`part`]); what waits for one
//! gives way to another scan ([`wanted`]).

mod adapter;
mod backend;
mod bench;
mod channel;
mod download;
mod export;
mod fetched;
mod first_scan;
mod gpu;
pub(crate) mod lent;
mod machine;
mod part;
mod pause;
mod queue;
mod result;
mod series;
mod stamp;
mod subworker;
mod subworkers;
mod text;
mod wanted;
mod workspace;

use std::cell::RefCell;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::json;
use crate::protocol::{Event, Failure, Request};
use fetched::Fetched;
use queue::Queue;
use wanted::Wanted;

/// What the worker has to do.
enum Job {
    /// The page asked for something, with these buffers.
    Asked(Request, Vec<Vec<u8>>, Wanted),
    /// A network's weights have come, or not.
    Fetched(Fetched),
}

thread_local! {
    static WAITING: Queue<Job> = const { Queue::new() };
    static WORKSPACE: RefCell<Option<workspace::Workspace>> = const { RefCell::new(None) };
}

/// Runs when the module has loaded.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        channel::send(&Event::Fatal {
            detail: panic.to_string(),
        });
    }));
    channel::send(&Event::Loaded);
}

/// Takes one message of the page: JSON of a [`Request`] and its `ArrayBuffer`s.
#[wasm_bindgen]
pub fn receive(json: &str, list: &Array) {
    let request = match json::read(json) {
        Ok(Request::Cancel) => {
            wanted::cancel();
            return pause::cancel();
        }
        Ok(Request::Show { slice }) if workspace::show_now(slice) => return,
        Ok(Request::Around {
            id,
            slice,
            row,
            col,
            reach_mm,
        }) => return workspace::show_around(id, [slice, row, col], reach_mm),
        Ok(request) => {
            match request {
                Request::Segment { .. } => pause::begin(),
                Request::Open { .. } => first_scan::comes(),
                _ => {}
            }
            request
        }
        Err(error) => {
            return channel::send(&Event::Fatal {
                detail: format!("The page sent a message the engine does not know: {error}"),
            });
        }
    };
    let wanted = Wanted::from_now_on(&request);
    take(Job::Asked(request, taken(list), wanted));
}

fn take(job: Job) {
    if WAITING.with(|waiting| waiting.push(job)) {
        wasm_bindgen_futures::spawn_local(work());
    }
}

/// Takes one message of the worker that started this one, see [`subworker`].
#[wasm_bindgen]
pub fn serve(json: &str, list: &Array) {
    subworker::serve(json, list);
}

#[wasm_bindgen]
extern "C" {
    /// A buffer that may know how to let go of its bytes.
    type Held;

    /// Leaves so many of the bytes to another buffer, and none to this one.
    #[wasm_bindgen(method, catch)]
    fn transfer(this: &Held, bytes: u32) -> Result<JsValue, JsValue>;
}

/// Takes what has come with a message, one buffer after the other out of the list: a scan is not to
/// be held twice.
fn taken(list: &Array) -> Vec<Vec<u8>> {
    std::iter::repeat_with(|| list.shift())
        .take(list.length() as usize)
        .filter_map(|buffer| buffer.dyn_into::<ArrayBuffer>().ok())
        .map(|buffer| {
            let bytes = Uint8Array::new(&buffer).to_vec();
            // A browser that cannot finds out later that nobody has them.
            buffer.unchecked_ref::<Held>().transfer(0).ok();
            bytes
        })
        .collect()
}

/// Copies what has come with a message.
fn buffers(list: &Array) -> Vec<Vec<u8>> {
    list.iter()
        .filter_map(|buffer| buffer.dyn_into::<ArrayBuffer>().ok())
        .map(|buffer| Uint8Array::new(&buffer).to_vec())
        .collect()
}

async fn work() {
    let mut workspace = WORKSPACE.take().unwrap_or_default();
    while let Some(job) = WAITING.with(Queue::pop) {
        let failed = match job {
            Job::Asked(request, buffers, wanted) => {
                let refused = request.refused();
                let answered = workspace.answer(request, buffers, wanted).await;
                answered.map_err(refused)
            }
            Job::Fetched(fetched) => workspace.prepare(fetched).await.map_err(Event::NotReady),
        };
        if let Err(event) = failed {
            channel::send(&event);
        }
    }
    WORKSPACE.set(Some(workspace));
}

/// A failure in the clinician's words.
fn failure(cause: impl Into<String>, way_out: impl Into<String>) -> Failure {
    Failure {
        cause: cause.into(),
        way_out: way_out.into(),
    }
}
