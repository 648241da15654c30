//! Figures for Prometheus, on a listener of their own that is off unless asked for
//! (OWASP ASVS 5.0, 13.4.5): `GET /metrics`.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::store::Store;

/// Upper ends of the classes of durations, in seconds.
const DURATIONS: [f64; 10] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0];

const REQUEST_DURATION: &str = "neurocare_request_duration_seconds";

/// Begins to count, and listens.
///
/// # Errors
/// The address is taken.
pub async fn listen(addr: SocketAddr) -> anyhow::Result<(TcpListener, PrometheusHandle)> {
    let figures = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(REQUEST_DURATION.to_owned()), &DURATIONS)?
        .install_recorder()?;
    let listener = TcpListener::bind(addr)
        .await
        .with_context(|| format!("cannot listen on {addr} for figures"))?;
    Ok((listener, figures))
}

/// The only route of that listener.
pub(crate) fn router(figures: PrometheusHandle, store: Store) -> Router {
    Router::new().route("/metrics", get(async move || render(&figures, &store)))
}

fn render(figures: &PrometheusHandle, store: &Store) -> impl IntoResponse + use<> {
    let (open, idle) = store.connections();
    metrics::gauge!("neurocare_database_connections", "state" => "open").set(open);
    metrics::gauge!("neurocare_database_connections", "state" => "idle").set(idle as f64);
    figures.run_upkeep();
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4")],
        figures.render(),
    )
}

/// Counts an answered request.
pub(crate) fn answered(status: u16, duration: Duration) {
    metrics::counter!("neurocare_requests_total", "status" => status.to_string()).increment(1);
    metrics::histogram!(REQUEST_DURATION).record(duration.as_secs_f64());
}
