//! All routes and layers as one value.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use app::api::EXPORT_PATH;
use axum::Router;
use axum::extract::{FromRef, Request};
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::{from_fn_with_state, map_request, map_response};
use axum::response::Response;
use axum::routing::get;
use leptos::prelude::LeptosOptions;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::ServiceBuilderExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::MakeRequestUuid;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use crate::client::Network;
use crate::config::{Config, Registration};
use crate::course::Courses;
use crate::letter::Post;
use crate::password::Hasher;
use crate::store::Store;
use crate::turns::Turns;
use crate::{asset, document, exchange, export, header, health, log, page};

/// Largest request body but that of a save ([`document::BODY_LIMIT_BYTES`]). No scan fits in
/// either, and none is ever meant to be sent.
pub const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// Longest time for a request but a save ([`document::REQUEST_LIMIT`]): its body, and the work
/// until the answer begins.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// What handlers share.
#[derive(Debug, Clone)]
pub struct AppState {
    /// Names and folders of the built site, for the pages' links.
    pub leptos: LeptosOptions,
    /// The database.
    pub store: Store,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Sends letters.
    pub post: Post,
    /// Whether new accounts wait for the link in a letter.
    pub confirm_addresses: bool,
    /// Who may make accounts.
    pub registration: Registration,
    /// Who runs the service; empty if they do not say so.
    pub operator: Arc<str>,
    /// How to reach them, the same.
    pub contact: Arc<str>,
    /// Most bytes of all accounts' analyses together, with what follow-up needs of them.
    pub storage_total_bytes: Option<i64>,
    /// Proxies that may say whom they speak for.
    pub trusted_proxies: Arc<[Network]>,
    /// Documents that may be read at once: each may take some memory and time.
    pub reading: Arc<Semaphore>,
    /// Courses that may be computed at once.
    pub courses: Courses,
    /// Documents of an account that may come in or go out at once: each is in memory.
    pub transfers: Turns,
    /// Cancelled once the server has been told to stop.
    pub stopping: CancellationToken,
    /// How long the answer to the deletion of an account waits for its end.
    pub deletion_wait: Duration,
    /// Names the page's module on answers.
    pub(crate) release: Option<HeaderValue>,
    /// Whether a proxy in front serves HTTPS.
    pub behind_tls: bool,
}

/// How long whoever deletes an account waits to see it gone. That of a full one may take minutes on
/// a slow disk.
const DELETION_WAIT: Duration = Duration::from_secs(5);

/// Documents read at once.
const READ_AT_ONCE: usize = 4;

/// Documents of one account that come in or go out at once. A page has one or two under way, and an
/// account may be open in several tabs.
const TRANSFERS_AT_ONCE: usize = 4;

impl AppState {
    /// What the settings say, over an open database.
    ///
    /// # Errors
    /// Letters cannot be sent as the settings say.
    pub fn new(config: &Config, store: Store) -> anyhow::Result<Self> {
        let leptos = LeptosOptions::builder()
            .output_name("neurocare")
            .site_root(config.site.to_string_lossy())
            .site_addr(config.addr)
            .build();
        Ok(Self {
            leptos,
            post: Post::open(config, store.clone())?,
            store,
            hasher: Hasher::new().context("passwords cannot be hashed")?,
            confirm_addresses: config.confirm_addresses(),
            registration: config.registration,
            operator: config.operator.as_deref().unwrap_or_default().trim().into(),
            contact: config.contact().into(),
            storage_total_bytes: config.storage_total_mib.map(|mib| i64::from(mib) << 20),
            trusted_proxies: Arc::from(&*config.trusted_proxies),
            reading: Arc::new(Semaphore::new(READ_AT_ONCE)),
            courses: Courses::default(),
            transfers: Turns::new(TRANSFERS_AT_ONCE),
            stopping: CancellationToken::new(),
            deletion_wait: DELETION_WAIT,
            release: header::release(&config.site),
            behind_tls: config.behind_tls,
        })
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// The whole service.
pub fn router(state: AppState) -> Router {
    let health = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready));
    let routes = page::routes(Router::new(), &state)
        .route(EXPORT_PATH, get(export::export))
        .layer(from_fn_with_state(state.clone(), exchange::attend))
        .merge(health)
        .layer(map_response(forbid_storing))
        .fallback_service(asset::files(&state));
    layered(routes, state)
}

/// Routes, and those of saved analyses, behind everything that guards a request.
///
/// From the outside in: everything is logged, and every answer, a refusal or a caught
/// panic too, gets the security headers.
pub fn layered(routes: Router<AppState>, state: AppState) -> Router {
    // Limits further out could not be widened here: each kind of route has its own.
    let documents = document::routes()
        .layer(from_fn_with_state(state.clone(), exchange::attend))
        .layer(map_response(forbid_storing));
    let routes = routes
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(RequestBodyDeadlineLayer::new(REQUEST_LIMIT))
        .layer(time_limit(REQUEST_LIMIT))
        .merge(documents);
    let layers = ServiceBuilder::new()
        .layer(map_request(drop_foreign_id))
        .set_x_request_id(MakeRequestUuid)
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(log::request_span)
                .on_response(log::response),
        )
        .propagate_x_request_id()
        .layer(from_fn_with_state(state.behind_tls, header::secure))
        .layer(CatchPanicLayer::custom(log::panicked))
        .layer(CsrfLayer::new());
    routes.layer(layers).with_state(state)
}

/// Gives a request up after a time; the client may try again.
pub(crate) fn time_limit(limit: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, limit)
}

/// The id in the log is ours: a request can't choose it.
async fn drop_foreign_id(mut request: Request) -> Request {
    request.headers_mut().remove("x-request-id");
    request
}

/// What is made for one request is not kept by caches.
async fn forbid_storing(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
