//! Saved analyses: put, got, deleted.

use uuid::Uuid;

use super::account::AccountId;
use super::{Store, StoreError};
use crate::clock::{Moment, now};

/// Most analyses of an account.
pub const MOST_ANALYSES: i64 = 10_000;

/// Most bytes of an account's documents and of what follow-up needs of them: 10,000 typical slices
/// are 160 MB.
pub const MOST_BYTES: i64 = 512 << 20;

/// An analysis to be saved: what the history shows, and the document itself.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAnalysis {
    /// Made by the browser.
    pub id: Uuid,
    /// Patient label.
    pub label: String,
    /// `YYYY-MM-DD`.
    pub examined_on: String,
    /// Keyed digest of the image.
    pub digest: Vec<u8>,
    /// `unet` or `unetpp`.
    pub network: &'static str,
    /// Version of the weights.
    pub weights_version: String,
    /// Slices segmented.
    pub slices: i32,
    /// Lesions found.
    pub lesions: i32,
    /// Longest diameter of any lesion on any slice, mm.
    pub longest_mm: Option<f64>,
    /// Volume of all lesions, mL.
    pub volume_ml: Option<f64>,
    /// Volume of those lesions of which it is known, where it is not of others, mL.
    pub least_volume_ml: Option<f64>,
    /// Highest confidence, 0…1.
    pub confidence: Option<f64>,
    /// The largest lesions, as JSON.
    pub followed: Vec<u8>,
    /// What else follow-up must know, as JSON.
    pub conditions: Vec<u8>,
    /// SHA-256 of the document as it was sent. It stays where label and day are corrected in the
    /// document: a browser that heard nothing sends the first one again, and that is stored.
    pub document_digest: [u8; 32],
    /// The document.
    pub document: Vec<u8>,
}

impl NewAnalysis {
    /// Bytes that it counts for. What is kept beside a document may be much larger than it: that
    /// one is compressed.
    fn size(&self) -> i32 {
        let bytes = self.document.len() + self.followed.len() + self.conditions.len();
        i32::try_from(bytes).unwrap_or(i32::MAX)
    }
}

/// What became of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaveOutcome {
    /// It is stored.
    New,
    /// It was stored before, byte for byte.
    Same,
    /// Something else is stored under its number.
    Other,
    /// Its number belongs to another account.
    Foreign,
    /// It was stored, and has been deleted.
    Deleted,
    /// The account is full.
    Full,
    /// All accounts together have as much as the operator allows.
    NoRoom,
}

/// What is known of an analysis that is to be saved, within a transaction; nothing if it is new.
macro_rules! known {
    ($tx:ident, $account:expr, $new:ident) => {{
        let stored: Option<(Uuid, Vec<u8>)> = sqlx::query_as(
            "SELECT a.account_id, d.digest FROM analyses a JOIN documents d ON d.analysis_id = a.id \
             WHERE a.id = ?",
        )
        .bind($new.id)
        .fetch_optional(&mut *$tx)
        .await?;
        let deleted: Option<Uuid> =
            sqlx::query_scalar("SELECT account_id FROM deleted_analyses WHERE id = ?")
                .bind($new.id)
                .fetch_optional(&mut *$tx)
                .await?;
        match (stored, deleted) {
            (Some((owner, _)), _) | (None, Some(owner)) if owner != $account => {
                Some(SaveOutcome::Foreign)
            }
            (Some((_, digest)), _) if digest == $new.document_digest => Some(SaveOutcome::Same),
            (Some(_), _) => Some(SaveOutcome::Other),
            (None, Some(_)) => Some(SaveOutcome::Deleted),
            (None, None) => None,
        }
    }};
}

impl Store {
    /// Saves an analysis, unless it is saved already. All documents together may have
    /// `total_bytes`, if that is given; saves then wait for each other.
    pub async fn save(
        &self,
        account: AccountId,
        new: &NewAnalysis,
        total_bytes: Option<i64>,
    ) -> Result<SaveOutcome, StoreError> {
        match self.try_save(account, new, total_bytes).await {
            // The same save was under way twice; now the first one can be seen.
            Err(StoreError::Taken) => self.try_save(account, new, total_bytes).await,
            outcome => outcome,
        }
    }

    async fn try_save(
        &self,
        account: AccountId,
        new: &NewAnalysis,
        total_bytes: Option<i64>,
    ) -> Result<SaveOutcome, StoreError> {
        let size = new.size();
        let mut is_filling = false;
        let outcome = transaction!(self, |tx| {
            let stored = hold_usages!(self, tx, account.0, total_bytes);
            if let Some(outcome) = known!(tx, account.0, new) {
                return Ok(outcome);
            }
            if let Some(total) = total_bytes {
                let after = stored + i64::from(size);
                if after > total {
                    return Ok(SaveOutcome::NoRoom);
                }
                is_filling = fills(after, total);
            }
            let counted = sqlx::query(
                "UPDATE usages SET analyses = analyses + 1, bytes = bytes + ? \
                 WHERE account_id = ? AND analyses < ? AND bytes <= ?",
            )
            .bind(i64::from(size))
            .bind(account.0)
            .bind(MOST_ANALYSES)
            .bind(MOST_BYTES - i64::from(size))
            .execute(&mut *tx)
            .await?;
            if counted.rows_affected() == 0 {
                let exists: Option<i32> =
                    sqlx::query_scalar("SELECT analyses FROM usages WHERE account_id = ?")
                        .bind(account.0)
                        .fetch_optional(&mut *tx)
                        .await?;
                return exists
                    .map(|_| SaveOutcome::Full)
                    .ok_or(StoreError::Orphaned);
            }
            sqlx::query(
                "INSERT INTO analyses (id, account_id, label, examined_on, digest, network, weights_version, \
                 slices, lesions, longest_mm, volume_ml, least_volume_ml, confidence, followed, conditions, \
                 saved_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(new.id)
            .bind(account.0)
            .bind(&new.label)
            .bind(&new.examined_on)
            .bind(new.digest.as_slice())
            .bind(new.network)
            .bind(&new.weights_version)
            .bind(new.slices)
            .bind(new.lesions)
            .bind(new.longest_mm)
            .bind(new.volume_ml)
            .bind(new.least_volume_ml)
            .bind(new.confidence)
            .bind(new.followed.as_slice())
            .bind(new.conditions.as_slice())
            .bind(now())
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "INSERT INTO documents (analysis_id, digest, size, content) VALUES (?, ?, ?, ?)",
            )
            .bind(new.id)
            .bind(new.document_digest.as_slice())
            .bind(size)
            .bind(new.document.as_slice())
            .execute(&mut *tx)
            .await?;
            SaveOutcome::New
        })?;
        if is_filling && outcome == SaveOutcome::New {
            tracing::warn!(
                "nine tenths of NEUROCARE_STORAGE_TOTAL_MIB are in use: soon nothing can be saved"
            );
        }
        Ok(outcome)
    }

    /// The bytes of all accounts: one short row an account, which all are locked, in the same order
    /// for everybody, before a save changes one of them. SQLite has one writer at a time as it is.
    pub(super) fn sum_of_usages(&self) -> &'static str {
        // The type of a sum is another one on each engine.
        match self {
            Self::Sqlite(..) => "SELECT CAST(COALESCE(SUM(bytes), 0) AS SIGNED) FROM usages",
            Self::MySql(_) => {
                "SELECT CAST(COALESCE(SUM(bytes), 0) AS SIGNED) FROM usages FOR UPDATE"
            }
        }
    }

    /// The document of an analysis.
    pub async fn document(
        &self,
        account: AccountId,
        id: Uuid,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_scalar(
                "SELECT d.content FROM analyses a JOIN documents d ON d.analysis_id = a.id \
                 WHERE a.id = ? AND a.account_id = ?",
            )
            .bind(id)
            .bind(account.0)
            .fetch_optional(pool)
        })
    }

    /// Deletes an analysis; `false` if the account has no such analysis.
    pub async fn delete_analysis(&self, account: AccountId, id: Uuid) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            // A correction of the label changes the size.
            hold_account!(tx, account.0);
            let size: Option<i32> = sqlx::query_scalar(
                "SELECT d.size FROM analyses a JOIN documents d ON d.analysis_id = a.id \
                 WHERE a.id = ? AND a.account_id = ?",
            )
            .bind(id)
            .bind(account.0)
            .fetch_optional(&mut *tx)
            .await?;
            let Some(size) = size else {
                return Ok(false);
            };
            sqlx::query(
                "UPDATE usages SET analyses = analyses - 1, bytes = bytes - ? WHERE account_id = ?",
            )
            .bind(i64::from(size))
            .bind(account.0)
            .execute(&mut *tx)
            .await?;
            let deleted = sqlx::query("DELETE FROM analyses WHERE id = ? AND account_id = ?")
                .bind(id)
                .bind(account.0)
                .execute(&mut *tx)
                .await?;
            if deleted.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query(
                "INSERT INTO deleted_analyses (id, account_id, deleted_at) VALUES (?, ?, ?)",
            )
            .bind(id)
            .bind(account.0)
            .bind(now())
            .execute(&mut *tx)
            .await?;
            true
        })
    }

    /// Numbers of deleted analyses that must not be used again, and when they were deleted: at most
    /// `most`, from the one that follows `after` on.
    pub async fn deleted(
        &self,
        account: AccountId,
        after: Uuid,
        most: u32,
    ) -> Result<Vec<(Uuid, Moment)>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT id, deleted_at FROM deleted_analyses WHERE account_id = ? AND id > ? \
                 ORDER BY id LIMIT ?",
            )
            .bind(account.0)
            .bind(after)
            .bind(most)
            .fetch_all(pool)
        })
    }
}

/// Whether `stored` reaches nine tenths of `total`.
fn fills(stored: i64, total: i64) -> bool {
    stored >= total - total / 10
}

#[cfg(test)]
mod tests {
    use super::fills;

    #[test]
    fn storage_fills_from_nine_tenths_on() {
        assert!(!fills(89, 100));
        assert!(fills(90, 100));
        assert!(fills(100, 100));
        assert!(!fills(i64::MAX / 2, i64::MAX));
    }
}
