//! Has the browser keep the program, so that the reading room opens without a line.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::ServiceWorkerContainer;

/// What keeps it, and says what is kept.
const SCRIPT: &str = "/service-worker.js";

/// Starts the keeper, if it is not there. Called once the engine is ready: what is still missing
/// then comes after the first network, which does not wait for it.
pub(super) fn keep_program() {
    // Not there on addresses that the browser does not trust, where nothing is kept.
    let container = web_sys::window()
        .and_then(|window| Reflect::get(&window.navigator(), &"serviceWorker".into()).ok())
        .and_then(|container| container.dyn_into::<ServiceWorkerContainer>().ok());
    if let Some(container) = container {
        let registration = container.register(SCRIPT);
        leptos::task::spawn_local(async move {
            // Refused in private windows of some browsers: the page works as before.
            JsFuture::from(registration).await.ok();
        });
    }
}
