//! `PUT` and `GET /api/analyses/{id}`: saved analyses as bytes.
//!
//! The browser makes the number, so that it may send an analysis again until it hears that it is
//! stored: 201 the first time, 200 after that, both with the document's digest in
//! `X-Stored-Digest`, so that nobody who answers in the place of the service is taken for it; 409
//! for other bytes under the same number, 410 after it was deleted, and 401 where the page sends it
//! for another account than the one that is signed in. 413 is about the document, 507 about the
//! account, or the service, that has no room for it, and 429 is too many saves in a row. Of an
//! account, a few documents come in or go out at once; more wait for their turn.
//!
//! `GET /api/analyses/{id}/findings.csv` and `…/findings.json`: its figures as files
//! ([`model::report`]), named by label and day. 403 if another site sends the browser there.
//!
//! All of it is the owner's alone: 401 without a session, 404 for everybody else.

mod caption;
mod findings;
mod read;

use std::sync::Arc;
use std::time::Duration;

use app::api::{ApiError, STORED_HEADER};
use app::saving::document::Caption;
use axum::body::{Body, Bytes};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest as _, Path, Request};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use model::hex::hex;
use model::saved::limit::DOCUMENT_BYTES;
use tokio::sync::OwnedSemaphorePermit;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use uuid::Uuid;

use crate::course::Turn;
use crate::exchange::{Exchange, Refusal};
use crate::router::{AppState, time_limit};
use crate::store::analysis::{NewAnalysis, SaveOutcome};
use crate::store::attempt::SAVE;
use crate::work::work_holding;

/// Largest body of a save: a document and a little for its frame, so that one that is too large by
/// a few bytes is told so in the service's own words.
pub const BODY_LIMIT_BYTES: usize = DOCUMENT_BYTES + 1024;

/// Longest time for a save. The largest document takes nearly a minute on a line of 160 kbit/s, and
/// such lines are shared.
pub const REQUEST_LIMIT: Duration = Duration::from_mins(5);

/// Longest pause within its body: a client that is gone is not waited for so long.
pub const PAUSE_LIMIT: Duration = Duration::from_secs(20);

/// The routes, with limits of their own.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/analyses/{id}", get(fetch).put(save))
        .route("/api/analyses/{id}/findings.csv", get(findings::csv))
        .route("/api/analyses/{id}/findings.json", get(findings::json))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
        .layer(RequestBodyTimeoutLayer::new(PAUSE_LIMIT))
        .layer(time_limit(REQUEST_LIMIT))
}

async fn save(
    Extension(exchange): Extension<Arc<Exchange>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refusal> {
    // Before the body: a stranger sends nothing.
    let account = exchange.marked_account(&headers).await?;
    let id = number(&id)?;
    exchange.turn(&SAVE, &account.0.to_string()).await?;
    let state = exchange.state();
    let _transfer = state.transfers.soon(account).await?;
    let document = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| unread(&rejection))?;
    let new = in_turn(state, move || read::analysis(id, document.into())).await?;
    let total = state.storage_total_bytes;
    let saved = state.store.save(account, &new, total).await?;
    metrics::counter!("neurocare_saves_total", "outcome" => format!("{saved:?}").to_lowercase())
        .increment(1);
    match saved {
        SaveOutcome::New => Ok(stored(StatusCode::CREATED, &new)),
        SaveOutcome::Same => Ok(stored(StatusCode::OK, &new)),
        SaveOutcome::Other => Err(ApiError::Conflict.into()),
        SaveOutcome::Foreign => Err(ApiError::NotFound.into()),
        SaveOutcome::Deleted => Err(ApiError::Deleted.into()),
        SaveOutcome::Full => Err(ApiError::Full.into()),
        SaveOutcome::NoRoom => {
            tracing::warn!("NEUROCARE_STORAGE_TOTAL_MIB are in use: an analysis was not saved");
            Ok(no_room())
        }
    }
}

/// Tells the browser that it may let go of this very document.
fn stored(status: StatusCode, new: &NewAnalysis) -> Response {
    let digest = hex(&new.document_digest);
    (status, [(STORED_HEADER, digest)]).into_response()
}

/// Does work that takes a while, as reading a new document does, while little else of that kind is
/// done. The turn ends with the work, not with the wait for the database.
async fn in_turn<T: Send + 'static>(
    state: &AppState,
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let turn = Arc::clone(&state.reading).acquire_owned().await;
    let turn = turn.map_err(|_| ApiError::Server)?;
    let done = work_holding(turn, work).await;
    done.map_err(|_| ApiError::Server)?
}

/// A stored document under another label and day; `None` if it cannot be had so.
pub(crate) async fn under(
    turn: &Turn,
    document: Vec<u8>,
    caption: Caption,
) -> Result<Option<Vec<u8>>, ApiError> {
    turn.work(move || Ok(caption::under(&document, caption)))
        .await
}

/// An account's owner cannot do much about it.
fn no_room() -> Response {
    let words = "The service has no room left. Ask whoever runs it, or delete older analyses.";
    let error = ApiError::invalid("", words);
    (StatusCode::INSUFFICIENT_STORAGE, Json(error)).into_response()
}

async fn fetch(
    Extension(exchange): Extension<Arc<Exchange>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let account = exchange.account_id().await?;
    let id = number(&id)?;
    let state = exchange.state();
    let transfer = state.transfers.soon(account).await?;
    let document = state.store.document(account, id).await?;
    let outgoing = Outgoing {
        document: document.ok_or(ApiError::NotFound)?,
        _transfer: transfer,
    };
    let headers = [
        (CONTENT_TYPE, "application/octet-stream"),
        (CONTENT_DISPOSITION, "attachment"),
    ];
    Ok((headers, Body::from(Bytes::from_owner(outgoing))).into_response())
}

/// A document on its way to the browser, and its account's turn until all of it is sent.
struct Outgoing {
    document: Vec<u8>,
    _transfer: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Outgoing {
    fn as_ref(&self) -> &[u8] {
        &self.document
    }
}

/// A body that stalls or breaks off may come whole the next time; one that is too large never does.
fn unread(rejection: &BytesRejection) -> ApiError {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            ApiError::TooLarge
        }
        _ => ApiError::Unavailable,
    }
}

/// What is no number names nothing.
fn number(text: &str) -> Result<Uuid, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound)
}
