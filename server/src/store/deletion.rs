//! Deleting an account with everything that belongs to it.
//!
//! Half a gigabyte may lie in it, and on a slow disk one transaction for all of that takes longer
//! than a transaction may: it would never succeed. The analyses therefore go first, batch by batch.
//! What went is gone even where a later batch fails, and whoever tries again goes on from there;
//! the account itself goes last, with whatever was saved meanwhile.

use uuid::Uuid;

use super::account::AccountId;
use super::event::Note;
use super::{Store, StoreError};

/// Most analyses deleted in one transaction.
const BATCH: u32 = 500;

/// No further analysis is added to a batch that has as many bytes.
const BATCH_BYTES: i64 = 8 << 20;

impl Store {
    /// Deletes an account with everything that belongs to it; [`StoreError::Outdated`] if it has
    /// another password by now than the one whose hash is `proved`.
    pub async fn delete_account(
        &self,
        id: AccountId,
        proved: &str,
        note: &Note,
    ) -> Result<(), StoreError> {
        while self.delete_batch(id, proved).await? {}
        transaction!(self, |tx| {
            demand!(tx, id.0, "password_hash", proved);
            sqlx::query("DELETE FROM accounts WHERE id = ?")
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
            record!(tx, Some(id.0), note);
        })
    }

    /// Deletes some analyses of an account; `false` if it has none.
    async fn delete_batch(&self, id: AccountId, proved: &str) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            demand!(tx, id.0, "password_hash", proved);
            hold_account!(tx, id.0);
            let stored: Vec<(Uuid, i32)> = sqlx::query_as(
                "SELECT a.id, d.size FROM analyses a JOIN documents d ON d.analysis_id = a.id \
                 WHERE a.account_id = ? LIMIT ?",
            )
            .bind(id.0)
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
            if stored.is_empty() {
                return Ok(false);
            }
            let (batch, bytes) = batch(&stored);
            sqlx::query(
                "UPDATE usages SET analyses = analyses - ?, bytes = bytes - ? WHERE account_id = ?",
            )
            .bind(batch.len() as i64)
            .bind(bytes)
            .bind(id.0)
            .execute(&mut *tx)
            .await?;
            for (analysis, _) in batch {
                sqlx::query("DELETE FROM analyses WHERE id = ?")
                    .bind(*analysis)
                    .execute(&mut *tx)
                    .await?;
            }
            true
        })
    }
}

/// The first of what is stored (numbers and sizes), until it is enough for one transaction; and its
/// bytes.
fn batch(stored: &[(Uuid, i32)]) -> (&[(Uuid, i32)], i64) {
    let mut bytes = 0;
    let end = stored.iter().position(|(_, size)| {
        let is_enough = bytes >= BATCH_BYTES;
        if !is_enough {
            bytes += i64::from(*size);
        }
        is_enough
    });
    let count = end.unwrap_or(stored.len());
    (stored.get(..count).unwrap_or(stored), bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_ends_where_it_has_enough_bytes_and_is_never_empty() {
        let sizes = |sizes: &[i32]| -> Vec<(Uuid, i32)> {
            sizes.iter().map(|size| (Uuid::nil(), *size)).collect()
        };
        for (stored, count, bytes) in [
            (sizes(&[]), 0, 0),
            (sizes(&[1, 2, 3]), 3, 6),
            (sizes(&[i32::MAX, 1]), 1, i64::from(i32::MAX)),
            (sizes(&[4 << 20; 5]), 2, 8 << 20),
            (sizes(&[(8 << 20) - 1, 5, 7]), 2, (8 << 20) + 4),
        ] {
            let (batch, sum) = batch(&stored);
            assert_eq!((batch.len(), sum), (count, bytes), "{stored:?}");
        }
    }
}
