//! Static files of the built site, with the `.br` siblings that the build made.

use axum::extract::Request;
use axum::handler::Handler as _;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, IF_MODIFIED_SINCE, LAST_MODIFIED};
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

/// What was kept is asked for again each time, and answered 304 from its `ETag` if it has not
/// changed.
///
/// Only from that: the build makes a file's time from its content, so that the `ETag`s of all
/// servers agree, and what is newer may have the earlier one.
async fn cache_control(mut request: Request, next: Next) -> Response {
    request.headers_mut().remove(IF_MODIFIED_SINCE);
    let mut response = next.run(request).await.into_response();
    let headers = response.headers_mut();
    headers.remove(LAST_MODIFIED);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
