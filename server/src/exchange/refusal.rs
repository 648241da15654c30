//! What clients are told of faults: a stable kind and general words. The detail goes to the log.

use app::api::ApiError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::password::PasswordError;
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contended(_) => {
                metrics::counter!("neurocare_database_refusals_total").increment(1);
                tracing::warn!(%error, "the database cannot serve");
                Self::Unavailable
            }
            // The account was deleted, or its password changed, while it was being used.
            StoreError::Orphaned | StoreError::Outdated => Self::SignedOut,
            StoreError::Taken | StoreError::Faulty(_) => {
                tracing::error!(%error, "a statement failed");
                Self::Server
            }
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        tracing::warn!(%error, "a password was not hashed");
        match error {
            PasswordError::Busy => Self::Unavailable,
            PasswordError::Failed(_) => Self::Server,
        }
    }
}

/// A refusal as the answer of a route; server functions answer in the same form.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) ApiError);

impl<E: Into<ApiError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}
