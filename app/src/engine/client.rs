//! The Web Worker that runs the engine, and messages to and from it.
//!
//! A message is `{json, buffers}`: one JSON text of [`Request`] or [`Event`] and a list
//! of `ArrayBuffer`s that change hands without being copied.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use js_sys::{Array, ArrayBuffer, Object, Reflect, Uint8Array};
use model::protocol::{Event, Request};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

/// The script that loads the engine's module.
const SCRIPT: &str = "/engine-worker.js";

/// A running worker. Dropping it ends the worker.
#[derive(Debug)]
pub struct Client {
    worker: Worker,
    _listeners: [EventListener; 3],
}

impl Client {
    /// Starts a worker. `on_event` gets each message and its buffers, `on_crash` the
    /// reason when the worker fails outside a request. Its end is told once, and nothing after it:
    /// a panic comes as a message and as an error.
    ///
    /// # Errors
    /// A sentence for the user if the browser has no module workers.
    pub fn start(
        on_event: impl Fn(Event, Vec<ArrayBuffer>) + 'static,
        on_crash: impl Fn(String) + Clone + 'static,
    ) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(SCRIPT, &options)
            .map_err(|_| "this browser cannot start the engine's worker".to_owned())?;

        let is_over = Rc::new(Cell::new(false));
        let on_crash = {
            let is_over = Rc::clone(&is_over);
            move |detail| {
                if !is_over.replace(true) {
                    on_crash(detail);
                }
            }
        };
        let crash = on_crash.clone();
        let message = EventListener::new(&worker, "message", move |event| {
            let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
            match data.filter(|_| !is_over.get()).map(|data| parse(&data)) {
                Some(Ok((event, buffers))) => {
                    is_over.set(matches!(event, Event::Fatal { .. }));
                    on_event(event, buffers);
                }
                Some(Err(detail)) => crash(detail),
                None => {}
            }
        });
        let crash = on_crash.clone();
        let error = EventListener::new(&worker, "error", move |event| {
            crash(match event.dyn_ref::<ErrorEvent>() {
                Some(error) if !error.message().is_empty() => error.message(),
                _ => "its program could not be loaded".to_owned(),
            });
        });
        let garbled = EventListener::new(&worker, "messageerror", move |_| {
            on_crash("a message could not be read".to_owned());
        });
        Ok(Self {
            worker,
            _listeners: [message, error, garbled],
        })
    }

    /// Sends a request; the buffers are given away.
    ///
    /// # Errors
    /// A sentence for the user if the browser refuses (a buffer given away before).
    pub fn send(&self, request: &Request, buffers: &[ArrayBuffer]) -> Result<(), String> {
        let json = serde_json::to_string(request).map_err(|e| e.to_string())?;
        let list: Array = buffers.iter().collect();
        let message = Object::new();
        set(&message, "json", &JsValue::from_str(&json));
        set(&message, "buffers", &list);
        self.worker
            .post_message_with_transfer(&message, &list)
            .map_err(|e| describe(&e))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Bytes of a buffer.
pub fn bytes_from_buffer(buffer: &ArrayBuffer) -> Vec<u8> {
    Uint8Array::new(buffer).to_vec()
}

/// A buffer of bytes.
pub fn buffer_from_bytes(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}

/// A JavaScript error in words.
pub fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(
        || "unknown error".to_owned(),
        |error| String::from(error.message()),
    )
}

fn set(object: &Object, key: &str, value: &JsValue) {
    // Setting a field of a fresh plain object cannot fail.
    Reflect::set(object, &JsValue::from_str(key), value).ok();
}

fn parse(data: &JsValue) -> Result<(Event, Vec<ArrayBuffer>), String> {
    let field = |key: &str| Reflect::get(data, &JsValue::from_str(key)).ok();
    let json = field("json")
        .and_then(|j| j.as_string())
        .ok_or("it sent a message without text")?;
    let event = model::json::read(&json)
        .map_err(|e| format!("it sent a message that this page does not know: {e}"))?;
    let buffers = field("buffers")
        .and_then(|list| list.dyn_into::<Array>().ok())
        .map(|list| list.iter().filter_map(|b| b.dyn_into().ok()).collect())
        .unwrap_or_default();
    Ok((event, buffers))
}
