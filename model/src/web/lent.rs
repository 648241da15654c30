//! The module of decoders, which the worker's script loads when it is needed
//! (`public/engine-worker.js`).

use js_sys::{Array, Function, Promise, Reflect, Uint8Array, Uint16Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::open::Fault;

/// Loads the decoders. If that fails, as the script makes it in the end where a line hangs, opening
/// a scan that needs them says so.
pub(super) async fn load_decoder() {
    let loading =
        function(&js_sys::global(), "loadDecoder").and_then(|load| load.call0(&JsValue::NULL).ok());
    if let Some(loading) = loading.and_then(|loading| loading.dyn_into::<Promise>().ok()) {
        JsFuture::from(loading).await.ok();
    }
}

/// `decoder::decode_png` in the loaded module.
pub(crate) fn png(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>, Fault> {
    decode("decode_png", packed, Some(most_bytes))
}

/// `decoder::decode_jpeg` in the loaded module.
pub(crate) fn jpeg(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>, Fault> {
    decode("decode_jpeg", packed, Some(most_bytes))
}

/// `decoder::decode_jpeg2000` in the loaded module.
pub(crate) fn jpeg2000(packed: &[u8]) -> Result<Vec<u16>, Fault> {
    decode("decode_jpeg2000", packed, None)
}

fn decode(name: &str, packed: &[u8], most_bytes: Option<usize>) -> Result<Vec<u16>, Fault> {
    let decoder = Reflect::get(&js_sys::global(), &"decoder".into()).ok();
    let decode = decoder
        .and_then(|decoder| function(&decoder, name))
        .ok_or(Fault::NotLoaded)?;
    let arguments = Array::of1(&Uint8Array::from(packed));
    if let Some(most_bytes) = most_bytes {
        arguments.push(&most_bytes.into());
    }
    let samples = decode
        .apply(&JsValue::NULL, &arguments)
        .map_err(|thrown| thrown.as_f64().map_or(Fault::Damaged, numbered))?;
    let samples: Uint16Array = samples.dyn_into().map_err(|_| Fault::Damaged)?;
    let (mut here, count) = (Vec::new(), samples.length() as usize);
    here.try_reserve_exact(count)
        .map_err(|_| Fault::OutOfMemory)?;
    here.resize(count, 0);
    samples.copy_to(&mut here);
    Ok(here)
}

/// `decoder::Fault` by its number. A decoder that panics throws something else.
fn numbered(number: f64) -> Fault {
    match number as u8 {
        1 => Fault::Truncated,
        2 => Fault::OutOfMemory,
        _ => Fault::Damaged,
    }
}

fn function(object: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(object, &name.into()).ok()?.dyn_into().ok()
}
