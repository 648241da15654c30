//! Fetching the weights, with progress.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DedicatedWorkerGlobalScope, ReadableStreamDefaultReader, Response};

use super::{channel, failure};
use crate::protocol::{Event, Failure, Stage};

/// No weight file is larger; anything above is not ours.
const MAX_BYTES: usize = 64 << 20;

/// The bytes behind `url` on our own server.
pub(super) async fn download(url: &str) -> Result<Vec<u8>, Failure> {
    fetch(url).await.map_err(|error| match error.as_string() {
        Some(detail) => failure(
            format!("The network's weights could not be downloaded ({detail})."),
            "Check the connection to the server and press “Try again” under “Engine”.",
        ),
        // The browser's own errors are all about the line, and none of their words help.
        None => failure(
            "This network is not on this computer yet, and the server cannot be reached.",
            "A connection is needed once: check it and press “Try again” under “Engine”.",
        ),
    })
}

async fn fetch(url: &str) -> Result<Vec<u8>, JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let response: Response = JsFuture::from(scope.fetch_with_str(url))
        .await?
        .dyn_into()?;
    if !response.ok() {
        return Err(format!("the server answered {}", response.status()).into());
    }
    // Transparent compression makes Content-Length smaller than what arrives, so
    // it is only a total when the body is not compressed.
    let headers = response.headers();
    let total = match headers.get("content-encoding")? {
        Some(_) => 0,
        None => headers
            .get("content-length")?
            .and_then(|text| text.parse().ok())
            .unwrap_or(0),
    };
    let body = response.body().ok_or("the answer has no body")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let mut bytes = Vec::new();
    loop {
        let part = JsFuture::from(reader.read()).await?;
        if Reflect::get(&part, &"done".into())?.is_truthy() {
            return Ok(bytes);
        }
        let chunk: Uint8Array = Reflect::get(&part, &"value".into())?.dyn_into()?;
        bytes.extend_from_slice(&chunk.to_vec());
        if bytes.len() > MAX_BYTES {
            return Err("the file is larger than any weight file".into());
        }
        channel::send(&Event::Progress {
            stage: Stage::Download,
            done: bytes.len() as u64,
            total,
        });
    }
}
