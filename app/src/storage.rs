//! The browser's own storage, which outlives a visit.

/// Where notes are kept by name; `None` where a private window refuses it.
pub(crate) fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
