//! One window of this browser sends at a time: what waits lies in one database for all of them.
//!
//! The browser's own lock (Web Locks) is free again when its window is closed or fails. Where there
//! is none, or another window has it for longer than a document may take, because the browser has
//! put that window to sleep, this one sends all the same: the server takes a document twice without
//! harm.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::api::client::DOCUMENT_LIMIT_MS;

const NAME: &str = "outbox";

/// This window's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    end: Option<Function>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(end) = &self.end {
            end.call0(&JsValue::NULL).ok();
        }
    }
}

/// This window's turn, once no other one has it.
pub(super) async fn take() -> Turn {
    let mut end = None;
    let over = Promise::new(&mut |resolve, _| end = Some(resolve));
    // Without the lock it is everybody's turn.
    locked(&over).await.ok();
    Turn { end }
}

/// Waits for the lock, which is held until it is `over`.
async fn locked(over: &Promise) -> Result<JsValue, JsValue> {
    let navigator = web_sys::window().ok_or(JsValue::NULL)?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    let options = Object::new();
    let patience = AbortSignal::timeout_with_u32(DOCUMENT_LIMIT_MS);
    Reflect::set(&options, &"signal".into(), &patience)?;
    let (name, options) = (JsValue::from_str(NAME), JsValue::from(options));
    let mut asked = Ok(JsValue::UNDEFINED);
    let granted = Promise::new(&mut |resolve, _| {
        let over = over.clone();
        let hold = Closure::once_into_js(move |_: JsValue| {
            resolve.call0(&JsValue::NULL).ok();
            over
        });
        asked = request.call3(&locks, &name, &options, &hold);
    });
    // What was asked for is answered early only by a failure.
    let first = Promise::race(&Array::of2(&granted, &asked?));
    JsFuture::from(first).await
}
