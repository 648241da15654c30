//! Requests of the browser to the server.

use js_sys::{Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestInit, Response};

use super::ApiError;

/// Longest wait for the server.
const LIMIT_MS: u32 = 60_000;

/// Asks a server function.
pub(super) async fn ask<A: DeserializeOwned>(
    path: &'static str,
    question: &impl Serialize,
) -> Result<A, ApiError> {
    let body = serde_json::to_string(question).map_err(|_| ApiError::Server)?;
    let text = post(path, &body).await?;
    serde_json::from_str(&text).map_err(|_| ApiError::Server)
}

/// The part of [`ask`] that is the same for every question.
async fn post(path: &str, body: &str) -> Result<String, ApiError> {
    let sent = async {
        let options = options("POST", "application/json")?;
        options.set_body(&body.into());
        let response = fetch(path, &options).await?;
        let text = JsFuture::from(response.text()?).await?;
        Ok::<_, JsValue>((response.ok(), text.as_string().unwrap_or_default()))
    };
    match sent.await {
        Ok((true, text)) => Ok(text),
        // A proxy's own page is no error of ours.
        Ok((false, text)) => Err(serde_json::from_str(&text).unwrap_or(ApiError::Server)),
        Err(_) => Err(ApiError::Offline),
    }
}

/// A request whose body is of a type.
pub(crate) fn options(method: &str, content_type: &str) -> Result<RequestInit, JsValue> {
    let options = RequestInit::new();
    options.set_method(method);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(LIMIT_MS)));
    let headers = Object::new();
    Reflect::set(&headers, &"content-type".into(), &content_type.into())?;
    Reflect::set(&headers, &"accept".into(), &"application/json".into())?;
    options.set_headers(&headers);
    Ok(options)
}

/// Sends it.
pub(crate) async fn fetch(path: &str, options: &RequestInit) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, options))
        .await?
        .dyn_into()
}
