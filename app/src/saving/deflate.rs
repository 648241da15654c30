//! The browser's own compression, which costs the page nothing.

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableWritablePair, Response};

/// Compresses as raw deflate (RFC 1951).
///
/// # Errors
/// The browser is too old for it.
pub(super) async fn compress(bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    through("CompressionStream", bytes).await
}

/// Undoes [`compress`].
///
/// # Errors
/// The bytes are damaged, or the browser is too old.
pub(super) async fn decompress(bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    through("DecompressionStream", bytes).await
}

async fn through(stream: &str, bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    let class: Function = Reflect::get(&js_sys::global(), &stream.into())?.dyn_into()?;
    let arguments = Array::of1(&"deflate-raw".into());
    let pair: ReadableWritablePair = Reflect::construct(&class, &arguments)?.unchecked_into();
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence(&parts)?;
    let out = blob.stream().pipe_through(&pair);
    let response = Response::new_with_opt_readable_stream(Some(&out))?;
    let buffer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
