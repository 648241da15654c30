//! Documents on their way to the server and back.

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use model::hex::hex;
use model::saved::{content, envelope, limit};
use uuid::{Builder, Uuid};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::deflate;
use super::delivery::Delivery;
use super::outbox::Item;
use crate::api::client::{DOCUMENT_LIMIT_MS, fetch, options, refusal};
use crate::api::{ApiError, MARKER_HEADER, STORED_HEADER, document_path};
use crate::clock::now_ms;

/// A number for a new analysis: a UUID of version 7.
pub fn new_id() -> Option<Uuid> {
    let mut random = [0; 10];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut random).ok()?;
    let id = Builder::from_unix_timestamp_millis(now_ms() as u64, &random);
    Some(id.into_uuid())
}

/// Content as a document.
///
/// # Errors
/// A sentence for the user.
pub async fn pack(content: &[u8]) -> Result<Vec<u8>, String> {
    let compressed = deflate::compress(content).await.map_err(|_| {
        "This browser cannot compress analyses. Use a newer version of it to save.".to_owned()
    })?;
    let document = envelope::wrap(content.len(), &compressed);
    if document.len() > limit::DOCUMENT_BYTES {
        return Err(ApiError::TooLarge.to_string());
    }
    Ok(document)
}

/// Sends the document of an item; the same any number of times.
pub(super) async fn put(item: &Item, document: &Uint8Array) -> Delivery {
    let path = document_path(&item.id);
    let sent = async {
        let digest = digest(document).await?;
        let options = options("PUT", "application/octet-stream", DOCUMENT_LIMIT_MS)?;
        let marker = JsValue::from_str(&item.account);
        Reflect::set(&options.get_headers(), &MARKER_HEADER.into(), &marker)?;
        options.set_body(document);
        let response = fetch(&path, &options).await?;
        let stored = response.headers().get(STORED_HEADER)?;
        let text = JsFuture::from(response.text()?).await?;
        let text = text.as_string().unwrap_or_default();
        let (status, stored) = (response.status(), stored.as_deref());
        Ok::<_, JsValue>(Delivery::from_answer(&digest, status, stored, &text))
    };
    sent.await.unwrap_or(Delivery::Later)
}

/// SHA-256 in hexadecimal digits, as the server names what it has stored.
async fn digest(document: &Uint8Array) -> Result<String, JsValue> {
    let crypto = web_sys::window().ok_or(JsValue::NULL)?.crypto()?;
    let digest = crypto
        .subtle()
        .digest_with_str_and_buffer_source("SHA-256", document)?;
    let digest = Uint8Array::new(&JsFuture::from(digest).await?);
    Ok(hex(&digest.to_vec()))
}

/// What has become of an analysis that another window has sent or thrown away.
pub(super) async fn fate(id: &str) -> Delivery {
    let found = match Uuid::parse_str(id) {
        Ok(id) => crate::api::history::entry(id).await,
        Err(_) => Err(ApiError::NotFound),
    };
    match found {
        Ok(_) => Delivery::Stored,
        Err(ApiError::NotFound) => Delivery::Deleted,
        Err(ApiError::SignedOut) => Delivery::SignIn,
        Err(_) => Delivery::Later,
    }
}

/// The content of a saved analysis, checked.
///
/// # Errors
/// It does not exist, or something is in the way.
pub async fn get(id: Uuid) -> Result<Vec<u8>, ApiError> {
    let got = async {
        let options = options("GET", "text/plain", DOCUMENT_LIMIT_MS)?;
        let response = fetch(&document_path(id), &options).await?;
        let buffer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
        Ok::<_, JsValue>((response.status(), Uint8Array::new(&buffer).to_vec()))
    };
    let (status, bytes) = got.await.map_err(|_| ApiError::Offline)?;
    if status != 200 {
        return Err(refusal(
            status,
            &String::from_utf8(bytes).unwrap_or_default(),
        ));
    }
    let damaged = || ApiError::Damaged;
    let (length, compressed) = envelope::open(&bytes).map_err(|_| damaged())?;
    let content = deflate::decompress(compressed)
        .await
        .map_err(|_| damaged())?;
    if content.len() != length || content::parse(&content).is_err() {
        return Err(damaged());
    }
    Ok(content)
}
