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
use model::hex::hex;
use sha2::{Digest as _, Sha256};

/// Whatever the response is.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Addresses of pages hold patient labels: requests name none, not even those to this service,
    // which logs on the way keep. Where browsers send no Sec-Fetch-Site, their Origin, which the
    // check against other sites then reads, is none for forms that a page submits by itself; ours
    // sends all of them by fetch, whose Origin stays (Fetch, 3.2).
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
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
/// `connect-src 'self'`, with nothing but this server in all the others, keeps a script that went
/// wrong from sending images elsewhere in any request. It does not keep one from leading the
/// browser to another address, nor from WebRTC, for which browsers know no directive
/// (`webrtc 'block'`) yet: that no foreign script runs is what `script-src` is for.
fn policy(scripts: &str) -> String {
    format!(
        "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
         manifest-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

/// The policy of a page whose inline scripts carry `nonce`. `None` if the nonce cannot stand in a
/// header.
pub(crate) fn page_policy(nonce: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(policy(&format!("'self' 'nonce-{nonce}'"))).ok()
}

/// Names the program that this server serves, on pages and on answers to them: a page that was
/// kept, or that is open since, may belong to another release.
pub(crate) const RELEASE: HeaderName = HeaderName::from_static(RELEASE_HEADER);

/// Folders of a built site with what browsers run: the page, and the engine that it talks to.
const PROGRAM: [&str; 4] = ["pkg", "engine", "engine-relaxed", "decoder"];

/// The value of [`RELEASE`] for a built site, from all scripts, modules and styles of the program;
/// `None` if it has no page.
pub(crate) fn release(site: &Path) -> Option<HeaderValue> {
    std::fs::metadata(site.join("pkg/neurocare_bg.wasm")).ok()?;
    let folders = PROGRAM
        .iter()
        .filter_map(|it| std::fs::read_dir(site.join(it)).ok());
    let mut files: Vec<_> = folders
        .flatten()
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|it| it == "wasm" || it == "js" || it == "css")
        })
        .chain([site.join("engine-worker.js")])
        .collect();
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        digest.update(std::fs::read(file).ok()?);
    }
    HeaderValue::try_from(hex(digest.finalize().get(..8)?)).ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_another_one_when_any_part_of_the_program_is() {
        let site = tempfile::tempdir().unwrap();
        assert_eq!(release(site.path()), None);
        let put = |file: &str, content: &str| {
            let path = site.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
            release(site.path())
        };
        put("engine-worker.js", "worker");
        let mut before = put("pkg/neurocare_bg.wasm", "page");
        assert!(before.is_some());
        for (file, content) in [
            ("pkg/accounts-1.wasm", "part"),
            ("pkg/neurocare.js", "script"),
            ("engine/engine_bg.wasm", "engine"),
            ("engine-worker.js", "another worker"),
        ] {
            let after = put(file, content);
            assert!(after.is_some() && after != before, "{file}");
            before = after;
        }
        assert_eq!(put("weights/unet.safetensors", "other"), before);
    }
}
