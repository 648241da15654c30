//! Gets files into the room: picked, dropped, or the sample.

use js_sys::{ArrayBuffer, Function, Promise};
use leptos::prelude::*;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry,
    Response,
};

use super::Room;
use crate::engine::state::Source;

/// More than this is refused before it is read: a browser tab has 2 to 4 GB in all.
const LIMIT_BYTES: f64 = 1.5e9;

/// What the files are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A scan to analyse.
    Scan,
    /// A reference mask for the open scan.
    Reference,
}

/// `/sample/sample.json`.
#[derive(Debug, Deserialize)]
struct Sample {
    title: String,
    credit: String,
    files: Vec<String>,
    reference: Option<String>,
}

impl Room {
    /// Reads files the user picked and hands them to the worker.
    pub fn take_list(self, list: &FileList, purpose: Purpose) {
        let files = (0..list.length()).filter_map(|i| list.get(i)).collect();
        self.take_files(files, purpose);
    }

    /// Reads files and folders the user dropped.
    pub fn take_drop(self, data: &DataTransfer, purpose: Purpose) {
        let items = data.items();
        // The list is emptied when this event handler returns: entries are taken now.
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|i| items.get(i)?.webkit_get_as_entry().ok().flatten())
            .collect();
        if entries.is_empty() {
            if let Some(list) = data.files() {
                self.take_list(&list, purpose);
            }
            return;
        }
        leptos::task::spawn_local(async move {
            self.take_files(files_of(entries).await, purpose);
        });
    }

    fn take_files(self, files: Vec<File>, purpose: Purpose) {
        if files.is_empty() {
            self.notify(true, "There is no file in it. Choose DICOM, NIfTI, PNG or JPEG files, a folder or a zip.");
            return;
        }
        let bytes: f64 = files.iter().map(|file| file.size()).sum();
        if bytes > LIMIT_BYTES {
            self.notify(
                true,
                format!(
                    "These files have {:.1} GB; a browser tab can hold about {:.1} GB. Open a part of the series.",
                    bytes / 1e9,
                    LIMIT_BYTES / 1e9
                ),
            );
            return;
        }
        leptos::task::spawn_local(async move {
            match read_all(&files).await {
                Ok((names, buffers)) => match purpose {
                    Purpose::Scan => {
                        let source = Source {
                            title: title_of(&names),
                            credit: None,
                        };
                        self.open_files(source, names, &buffers, false);
                    }
                    Purpose::Reference => self.open_reference(names, &buffers),
                },
                Err(name) => self.notify(
                    true,
                    format!("“{name}” could not be read from the disk. Check that it still exists and that you may open it."),
                ),
            }
        });
    }

    /// Opens the sample scan and segments it; its reference mask follows.
    pub fn open_sample(self) {
        leptos::task::spawn_local(async move {
            if self.load_sample().await.is_none() {
                self.desk.update(|d| d.opening = false);
                self.notify(true, "The sample could not be loaded from the server. Check the connection and try again, or open a file of your own.");
            }
        });
    }

    async fn load_sample(self) -> Option<()> {
        self.desk.update(|d| d.opening(Source::default(), true));
        let text = JsFuture::from(fetch("/sample/sample.json").await?.text().ok()?)
            .await
            .ok()?
            .as_string()?;
        let sample: Sample = serde_json::from_str(&text).ok()?;
        let mut buffers = Vec::with_capacity(sample.files.len());
        for file in &sample.files {
            buffers.push(fetch_buffer(file).await?);
        }
        let source = Source {
            title: sample.title,
            credit: Some(sample.credit),
        };
        self.sample_reference.set_value(sample.reference);
        self.open_files(source, sample.files, &buffers, true);
        Some(())
    }

    /// Compares with the sample's own reference mask, once the sample is segmented.
    pub fn open_sample_reference(self) {
        let Some(name) = self.sample_reference.get_value() else {
            return;
        };
        leptos::task::spawn_local(async move {
            match fetch_buffer(&name).await {
                Some(buffer) => self.open_reference(vec![name], &[buffer]),
                None => self.notify(true, "The sample’s reference mask could not be loaded from the server. Check the connection and try again."),
            }
        });
    }
}

/// What to call a scan: the file, or the number of files.
fn title_of(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        many => format!("{} files", many.len()),
    }
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

/// Names and contents; the name of the file that cannot be read otherwise.
async fn read_all(files: &[File]) -> Result<(Vec<String>, Vec<ArrayBuffer>), String> {
    let (mut names, mut buffers) = (Vec::new(), Vec::new());
    for file in files {
        let buffer = JsFuture::from(file.array_buffer())
            .await
            .ok()
            .and_then(|buffer| buffer.dyn_into().ok())
            .ok_or_else(|| file.name())?;
        names.push(file.name());
        buffers.push(buffer);
    }
    Ok((names, buffers))
}

/// All files below the entries, folders included. What cannot be listed is left out.
async fn files_of(entries: Vec<FileSystemEntry>) -> Vec<File> {
    let (mut files, mut left) = (Vec::new(), entries);
    while let Some(entry) = left.pop() {
        if entry.is_directory() {
            left.extend(entries_in(entry.unchecked_into()).await);
        } else {
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let file = JsFuture::from(Promise::new(&mut |done: Function, failed: Function| {
                entry.file_with_callback_and_callback(&done, &failed);
            }));
            files.extend(file.await.ok().and_then(|f| f.dyn_into::<File>().ok()));
        }
    }
    files
}

async fn entries_in(directory: FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = directory.create_reader();
    let mut all = Vec::new();
    // A reader gives at most 100 entries at a time, and none at the end.
    loop {
        let batch = JsFuture::from(Promise::new(&mut |done: Function, failed: Function| {
            reader
                .read_entries_with_callback_and_callback(&done, &failed)
                .ok();
        }));
        let entries: Vec<FileSystemEntry> = batch
            .await
            .ok()
            .and_then(|list: JsValue| list.dyn_into::<js_sys::Array>().ok())
            .map(|list| list.iter().map(JsCast::unchecked_into).collect())
            .unwrap_or_default();
        if entries.is_empty() {
            return all;
        }
        all.extend(entries);
    }
}

/// Lets dragged files be dropped anywhere on `target`.
pub fn accept_drops(target: &web_sys::EventTarget, room: Room) -> [gloo::events::EventListener; 2] {
    use gloo::events::{EventListener, EventListenerOptions};
    let active = EventListenerOptions::enable_prevent_default();
    let over = EventListener::new_with_options(target, "dragover", active, |event| {
        event.prevent_default();
    });
    let drop = EventListener::new_with_options(target, "drop", active, move |event| {
        event.prevent_default();
        if let Some(data) = event
            .dyn_ref::<web_sys::DragEvent>()
            .and_then(web_sys::DragEvent::data_transfer)
        {
            room.take_drop(&data, Purpose::Scan);
        }
    });
    [over, drop]
}
