//! Label and day of a saved analysis, when its owner corrects them.

use app::saving::document::Caption;
use uuid::Uuid;

use super::account::AccountId;
use super::analysis::MOST_BYTES;
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
    /// has. With them goes a `document` that says the same as they do, in the place of the one that
    /// is stored: that differs from it in label and day at most, and in the last bit of a figure,
    /// whoever has corrected it since. Where it is larger and the account has no room for that, or
    /// all together, which may have `total_bytes`, the one that is stored stays.
    pub async fn change_caption(
        &self,
        account: AccountId,
        id: Uuid,
        before: Option<&Caption>,
        wanted: &Caption,
        document: Option<&[u8]>,
        total_bytes: Option<i64>,
    ) -> Result<CaptionOutcome, StoreError> {
        transaction!(self, |tx| {
            let used = hold_usages!(self, tx, account.0, total_bytes);
            let found: Option<(String, String, i32, i64)> = sqlx::query_as(
                "SELECT a.label, a.examined_on, d.size, CAST(LENGTH(d.content) AS SIGNED) \
                 FROM analyses a JOIN documents d ON d.analysis_id = a.id \
                 WHERE a.id = ? AND a.account_id = ?",
            )
            .bind(id)
            .bind(account.0)
            .fetch_optional(&mut *tx)
            .await?;
            let Some((label, day, size, bytes)) = found else {
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
            if let Some(document) = document {
                let grown = document.len() as i64 - bytes;
                // What does not grow has room.
                let is_over = total_bytes.is_some_and(|total| used + grown > total);
                let most_before = match grown {
                    ..=0 => i64::MAX,
                    _ if is_over => -1,
                    _ => MOST_BYTES - grown,
                };
                let counted = sqlx::query(
                    "UPDATE usages SET bytes = bytes + ? WHERE account_id = ? AND bytes <= ?",
                )
                .bind(grown)
                .bind(account.0)
                .bind(most_before)
                .execute(&mut *tx)
                .await?;
                if counted.rows_affected() > 0 {
                    sqlx::query("UPDATE documents SET content = ?, size = ? WHERE analysis_id = ?")
                        .bind(document)
                        .bind(i64::from(size) + grown)
                        .bind(id)
                        .execute(&mut *tx)
                        .await?;
                } else {
                    tracing::warn!("a document keeps its label: there is no room for another one");
                }
            }
            CaptionOutcome::Changed
        })
    }
}
