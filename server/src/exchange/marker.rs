//! Whose an analysis is, as the page that sends it says.

use app::api::{ApiError, MARKER_HEADER};
use app::session::marker;
use axum::http::HeaderMap;

use super::Exchange;
use super::account::me;
use crate::store::account::AccountId;

impl Exchange {
    /// Whose session it is, if the page that asks knows it too. All tabs of a browser share the
    /// cookie: when somebody else signs in in one, another may still hold an analysis of the
    /// account before, which must not end up in theirs.
    pub(crate) async fn marked_account(&self, headers: &HeaderMap) -> Result<AccountId, ApiError> {
        let account = self.account().await?;
        let expected = marker(&me(&account)?);
        let is_known = headers
            .get(MARKER_HEADER)
            .is_some_and(|said| said.as_bytes() == expected.as_bytes());
        is_known.then(|| account.id()).ok_or(ApiError::SignedOut)
    }
}
