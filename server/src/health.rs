//! What a load balancer asks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::router::AppState;
use crate::store::schema;

/// `GET /livez`: the process answers.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// `GET /readyz`: the database answers and has the schema that this release needs, and the server
/// is not about to stop.
pub(crate) async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Value>) {
    if state.stopping.is_cancelled() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "status": "stopping" })),
        );
    }
    let needed = schema::newest();
    match schema::version(&state.store).await {
        // A newer schema still serves this release: additions come first.
        Ok(version) if version >= needed => (
            StatusCode::OK,
            Json(json!({ "status": "ready", "schema": version })),
        ),
        Ok(version) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "status": "wrong schema", "schema": version, "needed": needed })),
        ),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Json(json!({ "status": "no database" })),
            )
        }
    }
}
