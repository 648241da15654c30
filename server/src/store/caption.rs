//! Label and day of a saved analysis, when its owner corrects them.

use app::saving::document::Caption;
use uuid::Uuid;

use super::account::AccountId;
use super::{Store, StoreError};

/// What became of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptionOutcome {
    /// The analysis has label and day that were wanted.
    Changed,
    /// The account has no such analysis.
    Missing,
    /// It has others by now than those that were to be corrected.
    Other,
}

impl Store {
    /// Gives an analysis the label and the day that are `wanted`, if it has those `before` or these
    /// already: the answer to the same correction may have been lost. Without `before`, whatever it
    /// has.
    pub async fn change_caption(
        &self,
        account: AccountId,
        id: Uuid,
        before: Option<&Caption>,
        wanted: &Caption,
    ) -> Result<CaptionOutcome, StoreError> {
        transaction!(self, |tx| {
            hold_account!(tx, account.0);
            let found: Option<(String, String)> = sqlx::query_as(
                "SELECT label, examined_on FROM analyses WHERE id = ? AND account_id = ?",
            )
            .bind(id)
            .bind(account.0)
            .fetch_optional(&mut *tx)
            .await?;
            let Some((label, day)) = found else {
                return Ok(CaptionOutcome::Missing);
            };
            let now = Caption { label, day };
            if before.is_some_and(|before| *before != now && *wanted != now) {
                return Ok(CaptionOutcome::Other);
            }
            sqlx::query("UPDATE analyses SET label = ?, examined_on = ? WHERE id = ?")
                .bind(&wanted.label)
                .bind(&wanted.day)
                .bind(id)
                .execute(&mut *tx)
                .await?;
            CaptionOutcome::Changed
        })
    }
}
