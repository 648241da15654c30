//! How fast GPU and processor were on an earlier visit, in the browser's own storage: they
//! are measured once for each network, GPU and release of weights.

use model::bench::Speeds;
use model::network::Architecture;

use crate::storage::storage;

fn key(architecture: Architecture) -> String {
    format!("speeds-{}", architecture.id())
}

/// What was measured; `None` before, and after what nobody can read.
pub fn recall(architecture: Architecture) -> Option<Speeds> {
    let text = storage()?.get_item(&key(architecture)).ok()??;
    serde_json::from_str(&text).ok()
}

/// Private windows may refuse storage; then the next visit measures again.
pub fn keep(speeds: &Speeds) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(speeds)) {
        storage.set_item(&key(speeds.architecture), &text).ok();
    }
}
