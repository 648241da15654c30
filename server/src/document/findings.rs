//! The figures of a saved analysis as files, made of its document under the label and the day that
//! the history has now.

use std::sync::Arc;

use app::api::ApiError;
use app::export::name;
use axum::Extension;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use model::report::{Report, to_csv, to_json};
use model::saved::content;

use super::{number, read};
use crate::attachment::attachment;
use crate::exchange::{Exchange, Refusal};
use crate::origin::is_from_elsewhere;
use crate::store::attempt::FINDINGS;

/// What a file is.
struct Format {
    name: &'static str,
    mime: HeaderValue,
    write: fn(&Report<'_>) -> String,
}

const CSV: Format = Format {
    name: "findings.csv",
    mime: HeaderValue::from_static("text/csv; charset=utf-8"),
    // Spreadsheets take a table without the mark for one in the system's own encoding, and the
    // label may be in any script.
    write: |report| ["\u{feff}", &to_csv(report)].concat(),
};

const JSON: Format = Format {
    name: "findings.json",
    mime: HeaderValue::from_static("application/json"),
    write: to_json,
};

/// Answers with the table.
pub(super) async fn csv(
    Extension(exchange): Extension<Arc<Exchange>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    file(CSV, &exchange, &id, &headers).await
}

/// Answers with the JSON.
pub(super) async fn json(
    Extension(exchange): Extension<Arc<Exchange>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    file(JSON, &exchange, &id, &headers).await
}

async fn file(
    format: Format,
    exchange: &Exchange,
    id: &str,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    if is_from_elsewhere(headers) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let account = exchange.account_id().await?;
    let id = number(id)?;
    exchange.turn(&FINDINGS, &account.0.to_string()).await?;
    let state = exchange.state();
    // Before the document is in memory. Nobody who asks for many keeps others from saving, or from
    // theirs.
    let turn = state.courses.turn(account).await?;
    let facts = state.store.facts(account, id).await?;
    let document = state.store.document(account, id).await?;
    let (facts, document) = facts.zip(document).ok_or(ApiError::NotFound)?;
    let name = name::of(Some(&facts.label), format.name, &facts.examined_on);
    let text = turn
        .work(move || {
            let bytes = read::inflated(&document);
            let content = bytes.as_deref().map_err(|error| *error);
            let content = content.and_then(content::parse).map_err(|error| {
                tracing::error!(%error, "a stored document cannot be read");
                ApiError::Server
            })?;
            let report = Report::of_saved(&content.saved, &facts.label, &facts.examined_on);
            Ok((format.write)(&report))
        })
        .await?;
    let headers = [
        (CONTENT_TYPE, format.mime),
        (CONTENT_DISPOSITION, attachment(&name)),
    ];
    Ok((headers, text).into_response())
}
