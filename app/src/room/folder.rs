//! Files that were picked or dropped, as the browser lists and reads them.

use js_sys::{ArrayBuffer, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// Names and contents; the name of the file that cannot be read otherwise.
pub(super) async fn read_all(files: &[File]) -> Result<(Vec<String>, Vec<ArrayBuffer>), String> {
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
pub(super) async fn files_of(entries: Vec<FileSystemEntry>) -> Vec<File> {
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
