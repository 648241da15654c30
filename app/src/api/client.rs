//! Requests of the browser to the server.

use js_sys::{Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob, RequestInit, Response};

use super::ApiError;
use crate::service;

/// Longest wait for the server, unless something long is sent or got.
const LIMIT_MS: u32 = 60_000;

/// Longest wait where a document is: as long as the server takes for one.
pub(crate) const DOCUMENT_LIMIT_MS: u32 = 300_000;

/// Asks a server function.
pub(super) async fn ask<A: DeserializeOwned>(
    path: &'static str,
    question: &impl Serialize,
) -> Result<A, ApiError> {
    let body = serde_json::to_string(question).map_err(|_| ApiError::Server)?;
    let text = post(path, &body).await?;
    model::json::read(&text).map_err(|_| ApiError::Server)
}

/// The part of [`ask`] that is the same for every question.
async fn post(path: &str, body: &str) -> Result<String, ApiError> {
    let sent = async {
        let options = options("POST", "application/json", LIMIT_MS)?;
        options.set_body(&body.into());
        let response = fetch(path, &options).await?;
        let text = JsFuture::from(response.text()?).await?;
        Ok::<_, JsValue>((response.status(), text.as_string().unwrap_or_default()))
    };
    match sent.await {
        Ok((200..=299, text)) => Ok(text),
        Ok((status, text)) => Err(refusal(status, &text)),
        Err(_) => Err(ApiError::Offline),
    }
}

/// Gets a file of any length: browsers keep a large blob on the disk, and no time is set.
pub(crate) async fn file(path: &str) -> Result<Blob, ApiError> {
    let got = async {
        let response = fetch(path, &RequestInit::new()).await?;
        let body = if response.ok() {
            response.blob()?
        } else {
            response.text()?
        };
        Ok::<_, JsValue>((response.status(), JsFuture::from(body).await?))
    };
    match got.await {
        Ok((200..=299, blob)) => Ok(blob.unchecked_into()),
        Ok((status, text)) => Err(refusal(status, &text.as_string().unwrap_or_default())),
        Err(_) => Err(ApiError::Offline),
    }
}

/// The error in an answer. A proxy's own page is none of ours: it stands for a server that is away,
/// slow, or asked too much.
pub(crate) fn refusal(status: u16, text: &str) -> ApiError {
    model::json::read(text).unwrap_or(match status {
        429 | 502..=504 => ApiError::Unavailable,
        _ => ApiError::Server,
    })
}

/// A request whose body is of a type, and how long it may take.
pub(crate) fn options(
    method: &str,
    content_type: &str,
    limit_ms: u32,
) -> Result<RequestInit, JsValue> {
    let options = RequestInit::new();
    options.set_method(method);
    options.set_signal(Some(&AbortSignal::timeout_with_u32(limit_ms)));
    let headers = Object::new();
    Reflect::set(&headers, &"content-type".into(), &content_type.into())?;
    Reflect::set(&headers, &"accept".into(), &"application/json".into())?;
    options.set_headers(&headers);
    Ok(options)
}

/// Sends it.
pub(crate) async fn fetch(path: &str, options: &RequestInit) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str_and_init(path, options))
        .await?
        .dyn_into()?;
    service::compare(&response);
    Ok(response)
}
