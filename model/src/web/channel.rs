//! Posting events to the page, and answers to the worker that started this one.

use js_sys::{Array, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::protocol::Event;

/// Post an event without buffers.
pub(super) fn send(event: &Event) {
    send_with(event, &[]);
}

/// Post an event with buffers; each is copied once out of wasm memory and then
/// transferred, not copied, to the page.
pub(super) fn send_with(event: &Event, buffers: &[&[u8]]) {
    pass_on(event, &copies(buffers));
}

/// Post an event with buffers that are outside of wasm memory already. They are transferred, so
/// that nothing can be read from them here any more.
pub(super) fn pass_on(event: &impl Serialize, list: &Array) {
    let Ok(json) = serde_json::to_string(event) else {
        return;
    };
    let message = pack(&json, list);
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    // Posting transferable buffers cannot fail.
    scope.post_message_with_transfer(&message, list).ok();
}

/// These bytes as buffers outside of wasm memory.
pub(super) fn copies(buffers: &[&[u8]]) -> Array {
    buffers
        .iter()
        .map(|bytes| JsValue::from(Uint8Array::from(*bytes).buffer()))
        .collect()
}

/// A message of this JSON and these buffers.
pub(super) fn pack(json: &str, list: &Array) -> Object {
    let message = Object::new();
    // Setting a property of a fresh object cannot fail.
    Reflect::set(&message, &"json".into(), &json.into()).ok();
    Reflect::set(&message, &"buffers".into(), list).ok();
    message
}
