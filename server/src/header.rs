//! The headers that every response carries (OWASP ASVS 5.0, V3.4 and V3.5).

use std::path::Path;

use app::service::RELEASE_HEADER;
use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest as _, Sha256};

/// Whatever the response is.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()",
        ),
    ),
];

/// What a document or a worker may load, where scripts come from `scripts`.
///
/// `connect-src 'self'` is what keeps images in the browser even if a script went wrong:
/// there is no other place that it could send them to.
fn policy(scripts: &str) -> String {
    format!(
        "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// The policy of a page whose inline scripts carry `nonce`. `None` if the nonce cannot stand in a header.
pub(crate) fn page_policy(nonce: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(policy(&format!("'self' 'nonce-{nonce}'"))).ok()
}

/// Names the page's module that this server serves, on pages and on answers to them: a page that was kept may
/// belong to another release.
pub(crate) const RELEASE: HeaderName = HeaderName::from_static(RELEASE_HEADER);

/// The value of [`RELEASE`] for a built site, from the page's module and its parts; `None` if it has no such module.
pub(crate) fn release(site: &Path) -> Option<HeaderValue> {
    let module = site.join("pkg/neurocare_bg.wasm");
    let files = std::fs::read_dir(site.join("pkg")).ok()?;
    let files = files.filter_map(|file| Some(file.ok()?.path()));
    let mut parts: Vec<_> = files
        .filter(|path| *path != module && path.extension().is_some_and(|it| it == "wasm"))
        .collect();
    parts.sort();
    let mut digest = Sha256::new_with_prefix(std::fs::read(module).ok()?);
    for part in parts {
        digest.update(std::fs::read(part).ok()?);
    }
    HeaderValue::try_from(crate::hex::encode(digest.finalize().get(..8)?)).ok()
}

/// Adds what is missing. A page has its own policy already; everything else, worker scripts
/// above all, gets the one without inline scripts.
pub(crate) async fn secure(
    State(behind_tls): State<bool>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, value);
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY)
        && let Ok(value) = HeaderValue::try_from(policy("'self'"))
    {
        headers.insert(CONTENT_SECURITY_POLICY, value);
    }
    if behind_tls {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    response
}
