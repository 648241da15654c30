//! Pages rendered by Leptos, each with a content security policy for its own nonce.

use app::{App, shell};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::{LeptosOptions, use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list};

use crate::exchange;
use crate::header;
use crate::router::AppState;

/// Adds the routes of every page.
pub(crate) fn routes(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    router.leptos_routes_with_context(state, generate_route_list(App), provide, move || {
        shell(options.clone())
    })
}

/// The page for an address that does not exist; the caller sets the status.
pub(crate) async fn not_found(State(options): State<LeptosOptions>, request: Request) -> Response {
    let render =
        leptos_axum::render_app_async_with_context(provide, move || shell(options.clone()));
    render(request).await
}

/// What a page or a server function finds in its context.
fn provide() {
    exchange::provide_port();
    set_policy();
}

/// Leptos made a nonce for this response and puts it on every inline script.
fn set_policy() {
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Some(policy) = header::page_policy(&nonce)
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
