//! What a browser downloads of what is measured here.

use std::path::Path;

use serde::Serialize;

/// The engine, with and without relaxed SIMD, and the published networks. The engine's parts lie
/// beside it, under names that change with each release.
const FILES: [&str; 8] = [
    "engine/engine.js",
    "engine/engine-parts.js",
    "engine/engine_bg.wasm",
    "engine-relaxed/engine.js",
    "engine-relaxed/engine-parts.js",
    "engine-relaxed/engine_bg.wasm",
    "weights/unet.safetensors",
    "weights/unetpp.safetensors",
];

/// Where these are.
const FOLDERS: [&str; 2] = ["engine", "engine-relaxed"];

/// A file of the site.
#[derive(Debug, Serialize)]
pub(crate) struct Download {
    /// Its address, without the leading slash.
    pub(crate) path: String,
    /// As it is sent.
    pub(crate) bytes: u64,
    /// As the browser unpacks it.
    pub(crate) unpacked: u64,
}

/// Those of the files that `site`, a folder, has.
pub(crate) fn sizes(site: &Path) -> Vec<Download> {
    let size = |path: &str| Some(std::fs::metadata(site.join(path)).ok()?.len());
    let download = |path: String| {
        let unpacked = size(&path)?;
        // What the build has compressed is sent so.
        let bytes = size(&format!("{path}.br")).unwrap_or(unpacked);
        Some(Download {
            path,
            bytes,
            unpacked,
        })
    };
    let parts = FOLDERS.iter().flat_map(|folder| parts(site, folder));
    let all = FILES.into_iter().map(str::to_owned).chain(parts);
    all.filter_map(download).collect()
}

/// Parts of the engine in a folder of the site: `NAME-DIGEST.wasm`.
fn parts(site: &Path, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(site.join(folder)).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut parts: Vec<String> = names
        .filter(|name| {
            let (_, ending) = name.rsplit_once('-').unwrap_or_default();
            ending
                .split_once('.')
                .is_some_and(|(_, kind)| kind == "wasm")
        })
        .map(|name| format!("{folder}/{name}"))
        .collect();
    parts.sort_unstable();
    parts
}
