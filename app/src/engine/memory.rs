//! How fast GPU and processor were on an earlier visit, in the browser's own storage: they
//! are measured once for each network, GPU and release of program and weights.

use model::bench::Speeds;
use model::network::Architecture;

use crate::service::Service;
use crate::storage::storage;

/// Keys of the speeds, and of the release whose engine they are of: another may be faster.
fn keys(architecture: Architecture) -> [String; 2] {
    ["speeds-", "speeds-release-"].map(|kind| kind.to_owned() + architecture.id())
}

/// What was measured; `None` before, with another release, and after what nobody can read.
pub fn recall(architecture: Architecture) -> Option<Speeds> {
    let (storage, [speeds, release]) = (storage()?, keys(architecture));
    let measured_with = storage.get_item(&release).ok()??;
    let text = storage.get_item(&speeds).ok()??;
    let is_current = measured_with == Service::of_page().release;
    model::json::read(&text).ok().filter(|_| is_current)
}

/// Private windows may refuse storage; then the next visit measures again.
pub fn keep(speeds: &Speeds) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(speeds)) {
        let [key, release] = keys(speeds.architecture);
        storage.set_item(&key, &text).ok();
        storage.set_item(&release, &Service::of_page().release).ok();
    }
}
