//! Parts that the worker's script loads when they are needed (`public/engine-worker.js`).

use js_sys::{Float32Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

fn function(name: &str) -> Option<Function> {
    Reflect::get(&js_sys::global(), &name.into())
        .ok()?
        .dyn_into()
        .ok()
}

/// Loads the decoder of JPEG 2000. If that fails, opening a scan that needs it says so.
pub(super) async fn load_jpeg2000() {
    let loading = function("loadJpeg2000").and_then(|load| load.call0(&JsValue::NULL).ok());
    if let Some(loading) = loading.and_then(|loading| loading.dyn_into::<Promise>().ok()) {
        JsFuture::from(loading).await.ok();
    }
}

/// Whether [`load_jpeg2000`] has succeeded.
pub(crate) fn has_jpeg2000() -> bool {
    function("decodeJpeg2000").is_some()
}

/// `jpeg2000::decode` in the loaded module.
pub(crate) fn decode_jpeg2000(packed: &[u8]) -> Option<Vec<f32>> {
    let samples = function("decodeJpeg2000")?
        .call1(&JsValue::NULL, &Uint8Array::from(packed))
        .ok()?;
    Some(samples.dyn_into::<Float32Array>().ok()?.to_vec())
}
