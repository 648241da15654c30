//! Fetching the weights, with progress.
//!
//! The page knows the file's SHA-256. The self-test would not notice a few other bits, and what has
//! arrived damaged may lie in the browser's cache, or the service worker's, for good: where the sum
//! is another one, the file is fetched once more past all of them before anything is said.

use js_sys::{Promise, Reflect, Uint8Array};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{
    AbortController, AbortSignal, Headers, ReadableStreamDefaultReader, RequestInit, Response,
};

use super::pause::scope;
use super::{channel, failure, pause};
use crate::hex::hex;
use crate::network::Architecture;
use crate::protocol::{Event, Failure, Stage};

/// No weight file is larger; anything above is not ours.
const MAX_BYTES: usize = 64 << 20;

/// How long a line may be silent; a browser waits for as long as it hangs.
const SILENCE_MS: i32 = 30_000;

/// What is said within the worker of a file with another sum.
const OTHER: &str = "other";

/// A file of weights on our own server.
#[derive(Debug)]
pub(super) struct WeightFile {
    pub(super) url: String,
    /// Its SHA-256 in hexadecimal; empty if it is not known.
    pub(super) sha256: String,
}

/// What is fetched of a network's weights. Dropping it gives the line to others.
#[derive(Debug)]
pub(super) struct Download {
    pub(super) architecture: Architecture,
    line: Option<AbortController>,
    file: Promise,
}

impl Download {
    /// Begins to fetch a file, when it is time for that.
    pub(super) fn begin(
        architecture: Architecture,
        wanted: WeightFile,
        time: impl Future<Output = ()> + 'static,
    ) -> Self {
        let line = AbortController::new().ok();
        let signal = line.as_ref().map(AbortController::signal);
        let file = future_to_promise(async move {
            time.await;
            let bytes = checked(&wanted, signal.as_ref()).await?;
            Ok(Uint8Array::from(bytes.as_slice()).into())
        });
        Self {
            architecture,
            line,
            file,
        }
    }

    /// Waits for the file; others may, too.
    pub(super) fn file(&self) -> impl Future<Output = Result<Vec<u8>, Failure>> + use<> {
        let file = JsFuture::from(self.file.clone());
        async {
            let file = file.await.and_then(JsCast::dyn_into::<Uint8Array>);
            file.map(|file| file.to_vec()).map_err(|error| told(&error))
        }
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        if let Some(line) = &self.line {
            line.abort();
        }
    }
}

fn told(error: &JsValue) -> Failure {
    match error.as_string() {
        Some(detail) if detail == OTHER => failure(
            "The network's weights are damaged, or the server has another release by now. They are not used.",
            "Reload the page. If this stays, tell whoever runs the server.",
        ),
        Some(detail) => failure(
            format!("The network's weights could not be downloaded ({detail})."),
            "Check the connection to the server and press “Try again” under “Engine”.",
        ),
        // The browser's own errors are all about the line, and none of their words help.
        None => failure(
            "This network is not on this computer yet, and the server cannot be reached.",
            "A connection is needed once: check it and press “Try again” under “Engine”.",
        ),
    }
}

/// The file, if it is the one that the page belongs to.
async fn checked(wanted: &WeightFile, signal: Option<&AbortSignal>) -> Result<Vec<u8>, JsValue> {
    for cache in ["default", "reload"] {
        let bytes = fetch(wanted, cache, signal).await?;
        if wanted.sha256.is_empty() || hex(&Sha256::digest(&bytes)) == wanted.sha256 {
            return Ok(bytes);
        }
    }
    Err(OTHER.into())
}

/// The bytes behind the file's address, in a browser's mode of `cache`.
async fn fetch(
    wanted: &WeightFile,
    cache: &str,
    signal: Option<&AbortSignal>,
) -> Result<Vec<u8>, JsValue> {
    let init = RequestInit::new();
    init.set_signal(signal);
    Reflect::set(&init, &"cache".into(), &cache.into())?;
    // So that the service worker keeps no other one.
    let headers = Headers::new()?;
    headers.set("x-sha256", &wanted.sha256)?;
    init.set_headers(&headers);
    let response = heard(scope().fetch_with_str_and_init(&wanted.url, &init)).await?;
    let response: Response = response.dyn_into()?;
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
        let part = heard(reader.read()).await?;
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

/// What the line says, unless it hangs.
async fn heard(answer: Promise) -> Result<JsValue, JsValue> {
    let answer = pause::within(SILENCE_MS, JsFuture::from(answer)).await;
    answer.ok_or("nothing has come for 30 s")?
}
