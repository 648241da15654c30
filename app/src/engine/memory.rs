//! What the browser's own storage tells of an earlier visit: where the reader wants networks to run,
//! and how fast GPU and processor were. They are measured once for each network, GPU, release of
//! program and weights, and release of the browser, and again after a month: drivers change without
//! a word, and a machine may have been busy just then.

use model::bench::Speeds;
use model::network::Architecture;
use model::protocol::BackendChoice;

use crate::clock::today;
use crate::export::save;
use crate::service::Service;
use crate::storage::storage;

/// Key of the choice by hand.
const BACKEND_KEY: &str = "backend";

/// How many days a measurement counts.
const DAYS: u32 = 30;

/// Keys of the speeds, and of what they were measured with.
fn keys(architecture: Architecture) -> [String; 2] {
    ["speeds-", "speeds-release-"].map(|kind| kind.to_owned() + architecture.id())
}

/// The engine's release and the browser's.
fn releases() -> String {
    [&Service::of_page().release, " ", &save::browser()].concat()
}

/// Where the reader last wanted networks to run; `None` before they ever chose.
pub fn wanted_backend() -> Option<BackendChoice> {
    model::json::read(&storage()?.get_item(BACKEND_KEY).ok()??).ok()
}

/// Keeps what the reader has chosen. What a visit falls back on is none of that.
pub fn want_backend(backend: BackendChoice) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&backend)) {
        storage.set_item(BACKEND_KEY, &text).ok();
    }
}

/// What was measured; `None` before, with another release, a month later, and after what nobody can
/// read.
pub fn recall(architecture: Architecture) -> Option<Speeds> {
    let (storage, [speeds, measured]) = (storage()?, keys(architecture));
    let measured = storage.get_item(&measured).ok()??;
    let (measured_on, with) = measured.split_once(' ')?;
    let measured_on: i32 = measured_on.parse().ok()?;
    let is_current = with == releases() && today().abs_diff(measured_on) < DAYS;
    let text = storage.get_item(&speeds).ok()??;
    model::json::read(&text).ok().filter(|_| is_current)
}

/// Private windows may refuse storage; then the next visit measures again.
pub fn keep(speeds: &Speeds) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(speeds)) {
        let [key, measured] = keys(speeds.architecture);
        let with = [&today().to_string(), " ", &releases()].concat();
        storage.set_item(&key, &text).ok();
        storage.set_item(&measured, &with).ok();
    }
}
