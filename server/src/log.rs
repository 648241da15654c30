//! Log lines on standard error. They carry method, path, status, time and request id,
//! never a query, a header, a body or an address.

use std::any::Any;
use std::time::Duration;

use anyhow::Context as _;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use tower_http::request_id::RequestId;
use tracing::Span;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::fmt;

use crate::config::{Config, LogFormat};

/// Starts logging for the whole program.
pub fn start(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("the log filter \"{}\" cannot be read", config.log))?;
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    }
    .map_err(anyhow::Error::from_boxed)
}

/// The span of one request.
pub(crate) fn request_span(request: &Request) -> Span {
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default();
    tracing::info_span!("request", request.id = id, method = %request.method(), path = request.uri().path())
}

/// One line an answer.
pub(crate) fn response(response: &Response, duration: Duration, _: &Span) {
    let status = response.status().as_u16();
    let duration_ms = duration.as_millis();
    crate::metric::answered(status, duration);
    tracing::info!(status, duration_ms, "answered");
}

/// The answer when a handler panicked: the detail goes to the log, none of it to the client.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer that catches panics hands them over"
)]
pub(crate) fn panicked(detail: Box<dyn Any + Send>) -> Response {
    let text = detail
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| detail.downcast_ref::<&str>().copied())
        .unwrap_or("(no message)");
    tracing::error!(panic = text, "a handler panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "The server made a mistake. Please try again.",
    )
        .into_response()
}
