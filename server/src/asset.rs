//! Static files of the built site, with the `.br` siblings that the build made.

use axum::extract::Request;
use axum::handler::Handler as _;
use axum::http::header::{CACHE_CONTROL, IF_MODIFIED_SINCE, LAST_MODIFIED};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, any_service};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;

use crate::exchange;
use crate::page;
use crate::router::AppState;

/// Serves files; an address without a file gets the 404 page.
pub(crate) fn files(state: &AppState) -> MethodRouter {
    let files = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .not_found_service(
            page::not_found
                .layer(from_fn_with_state(state.clone(), exchange::attend))
                .with_state(state.clone()),
        );
    any_service(
        ServiceBuilder::new()
            .layer(from_fn(cache_control))
            .service(files),
    )
}

/// An address with `?v=HASH` names its content for ever; anything else is asked for
/// again, and answered 304 from its `ETag` if it has not changed.
///
/// Only from that: the build makes a file's time from its content, so that the `ETag`s of all servers
/// agree, and what is newer may have the earlier one.
async fn cache_control(mut request: Request, next: Next) -> Response {
    let versioned = names_version(request.uri());
    request.headers_mut().remove(IF_MODIFIED_SINCE);
    let mut response = next.run(request).await.into_response();
    response.headers_mut().remove(LAST_MODIFIED);
    let value = match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED if versioned => {
            "public, max-age=31536000, immutable"
        }
        _ => "no-cache",
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static(value));
    response
}

/// Whether the query holds a non-empty `v`.
fn names_version(uri: &Uri) -> bool {
    uri.query()
        .unwrap_or_default()
        .split('&')
        .any(|pair| pair.strip_prefix("v=").is_some_and(|v| !v.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_filled_v_names_a_version() {
        let named = |uri| names_version(&Uri::from_static(uri));
        assert!(named("/w?v=ab12"));
        assert!(named("/w?x=1&v=ab12"));
        assert!(!named("/w"));
        assert!(!named("/w?v="));
        assert!(!named("/w?vv=1"));
    }
}
