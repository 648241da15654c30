//! Hands bytes to the browser's download, text to its clipboard; counts requests.

use gloo::timers::callback::Timeout;
use js_sys::{Array, ArrayBuffer, Date};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How long a browser may take to fetch what it is to save.
const KEPT_MS: u32 = 60_000;

/// Downloads a buffer under a name.
pub fn buffer(name: &str, mime: &str, bytes: &ArrayBuffer) {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let parts = Array::of1(bytes);
    if let Ok(made) = Blob::new_with_buffer_source_sequence_and_options(&parts, &options) {
        blob(name, &made);
    }
}

/// Downloads a blob under a name.
pub fn blob(name: &str, blob: &Blob) {
    let Some(document) = web_sys::window().and_then(|w| w.document()) else {
        return;
    };
    let Ok(url) = Url::create_object_url_with_blob(blob) else {
        return;
    };
    if let Some(link) = document
        .create_element("a")
        .ok()
        .and_then(|e| e.dyn_into::<HtmlAnchorElement>().ok())
    {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // Browsers begin to read it when the press is over, Safari only once the user has said that it
    // may.
    Timeout::new(KEPT_MS, move || {
        Url::revoke_object_url(&url).ok();
    })
    .forget();
}

/// Puts text on the clipboard; `false` if the browser refuses.
pub async fn to_clipboard(text: &str) -> bool {
    match web_sys::window() {
        // Over plain HTTP a browser has no clipboard.
        Some(window) if window.is_secure_context() => {
            JsFuture::from(window.navigator().clipboard().write_text(text))
                .await
                .is_ok()
        }
        _ => false,
    }
}

/// Now, on the user's clock: `2026-11-29-141503`.
pub fn local_time() -> String {
    let now = Date::new_0();
    let offset_ms = now.get_timezone_offset() * 60_000.0;
    let local = Date::new(&(now.get_time() - offset_ms).into());
    // 2026-11-29T14:15:03.042Z
    let text = String::from(local.to_iso_string()).replace(':', "");
    text.get(..17).unwrap_or_default().replace('T', "-")
}

/// Lets the browser count more requests than the 250 that it remembers by itself.
pub fn count_requests() {
    const MOST: u32 = 100_000;
    if let Some(performance) = web_sys::window().and_then(|w| w.performance()) {
        performance.set_resource_timing_buffer_size(MOST);
    }
}

/// Network requests this page has made since it was loaded, as the browser counts them.
pub fn requests_so_far() -> u32 {
    web_sys::window()
        .and_then(|w| w.performance())
        .map_or(0, |p| p.get_entries_by_type("resource").length())
}

/// The browser's own name for itself.
pub fn browser() -> String {
    web_sys::window()
        .and_then(|w| w.navigator().user_agent().ok())
        .unwrap_or_default()
}

/// Opens the print dialogue.
pub fn print() {
    if let Some(window) = web_sys::window() {
        window.print().ok();
    }
}
