//! What a browser downloads of what is measured here.

use std::path::Path;

use serde::Serialize;

/// The engine, with and without relaxed SIMD, and the published networks.
const FILES: [&str; 6] = [
    "engine/engine.js",
    "engine/engine_bg.wasm",
    "engine-relaxed/engine.js",
    "engine-relaxed/engine_bg.wasm",
    "weights/unet.safetensors",
    "weights/unetpp.safetensors",
];

/// A file of the site.
#[derive(Debug, Serialize)]
pub(crate) struct Download {
    /// Its address, without the leading slash.
    pub(crate) path: &'static str,
    /// As it is sent.
    pub(crate) bytes: u64,
    /// As the browser unpacks it.
    pub(crate) unpacked: u64,
}

/// Those of the files that `site`, a folder, has.
pub(crate) fn sizes(site: &Path) -> Vec<Download> {
    let size = |path: &str| Some(std::fs::metadata(site.join(path)).ok()?.len());
    let download = |path: &'static str| {
        let unpacked = size(path)?;
        // What the build has compressed is sent so.
        let bytes = size(&format!("{path}.br")).unwrap_or(unpacked);
        Some(Download {
            path,
            bytes,
            unpacked,
        })
    };
    FILES.into_iter().filter_map(download).collect()
}
