//! The sample scan, which the server has.

use js_sys::ArrayBuffer;
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use super::Room;
use crate::engine::state::Source;

/// `/sample/sample.json`.
#[derive(Debug, Deserialize)]
struct Sample {
    title: String,
    credit: String,
    files: Vec<String>,
    reference: Option<String>,
}

impl Room {
    /// Opens the sample scan and segments it.
    pub fn open_sample(self) {
        let Some(choice) = self.choose_scan() else {
            return;
        };
        self.sample.set_value(Some(choice));
        leptos::task::spawn_local(async move {
            let sample = load().await;
            if !self.is_wanted(choice) {
                return;
            }
            match sample {
                Some((source, names, buffers)) => {
                    let source = Source { choice, ..source };
                    self.open_files(source, names, None, &buffers, true);
                }
                None => self.not_read("The sample could not be loaded from the server. Check the connection and try again, or open a file of your own."),
            }
        });
    }

    /// Compares with the sample's own reference mask, once the sample is segmented.
    pub fn open_sample_reference(self) {
        let Some(name) = self
            .desk
            .with_untracked(|d| d.open.source.reference.clone())
        else {
            return;
        };
        let choice = self.choices.get_value();
        leptos::task::spawn_local(async move {
            let buffer = fetch_buffer(&name).await;
            if !self.is_wanted(choice) {
                return;
            }
            match buffer {
                Some(buffer) => self.open_reference(vec![name], &[buffer]),
                None => self.notify(true, "The sample’s reference mask could not be loaded from the server. Check the connection and try again."),
            }
        });
    }
}

pub(super) async fn load() -> Option<(Source, Vec<String>, Vec<ArrayBuffer>)> {
    let text = JsFuture::from(fetch("/sample/sample.json").await?.text().ok()?)
        .await
        .ok()?
        .as_string()?;
    let sample: Sample = model::json::read(&text).ok()?;
    // One after the other: side by side they would leave little of a slow line to the engine, which
    // has to come first.
    let mut buffers = Vec::with_capacity(sample.files.len());
    for file in &sample.files {
        buffers.push(fetch_buffer(file).await?);
    }
    let source = Source {
        title: sample.title,
        credit: Some(sample.credit),
        reference: sample.reference,
        ..Source::default()
    };
    Some((source, sample.files, buffers))
}

async fn fetch(url: &str) -> Option<Response> {
    let response: Response = JsFuture::from(web_sys::window()?.fetch_with_str(url))
        .await
        .ok()?
        .dyn_into()
        .ok()?;
    response.ok().then_some(response)
}

async fn fetch_buffer(name: &str) -> Option<ArrayBuffer> {
    let response = fetch(&format!("/sample/{name}")).await?;
    JsFuture::from(response.array_buffer().ok()?)
        .await
        .ok()?
        .dyn_into()
        .ok()
}
