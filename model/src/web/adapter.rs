//! The adapter's name as the browser tells it. wgpu only passes on the description, which
//! browsers leave empty; vendor and architecture are there (WebGPU §4.4, `GPUAdapterInfo`).

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::pause;

/// For example `google swiftshader`; `None` if there is no adapter or it has no name.
pub(super) async fn adapter_name() -> Option<String> {
    let gpu = get(&pause::scope().navigator(), "gpu")?;
    let request: Function = get(&gpu, "requestAdapter")?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    )
    .ok()?;
    let promise: Promise = request.call1(&gpu, &options).ok()?.dyn_into().ok()?;
    let info = get(&JsFuture::from(promise).await.ok()?, "info")?;
    let parts = ["vendor", "architecture", "device", "description"]
        .map(|key| get(&info, key).and_then(|v| v.as_string()));
    let mut words: Vec<String> = Vec::new();
    for part in parts.into_iter().flatten().filter(|part| !part.is_empty()) {
        if !words.contains(&part) {
            words.push(part);
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into())
        .ok()
        .filter(|value| !value.is_null() && !value.is_undefined())
}
