//! From where a browser is sent to an address.

use axum::http::HeaderMap;

/// Whether a page of another site sends the browser here: it could fill disks with what is private,
/// and use up the owner's turns (OWASP ASVS 5.0, 3.5.3). What is not said is no browser's.
pub(crate) fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}
