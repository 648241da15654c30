//! Sign-ins whose password was right and that wait for the second factor. There is no session yet.

use time::Duration;
use uuid::Uuid;

use super::account::{Account, AccountId};
use super::event::Note;
use super::{Store, StoreError};
use crate::clock::now;
use crate::token::HashedToken;

/// How long a sign-in waits for the second factor.
pub const LIFE: Duration = Duration::minutes(10);

/// Codes that may be tried in one sign-in; after that it asks for the password again.
pub const TRIES: i32 = 5;

/// Most such sign-ins of an account; the oldest give way. Whoever knows the password can begin as
/// many as they like, since a right one is not counted.
pub const MOST: i64 = 20;

impl Store {
    /// Begins such a sign-in, in the place of the one that the browser had `before`, if any, or of
    /// the account's oldest beyond [`MOST`]. [`StoreError::Outdated`] if the account, as it was
    /// read, has another password by now.
    pub async fn add_pending_sign_in(
        &self,
        account: &Account,
        token: &HashedToken,
        before: Option<&HashedToken>,
        note: &Note,
    ) -> Result<(), StoreError> {
        let (id, ends) = (account.id(), now().saturating_add(LIFE));
        transaction!(self, |tx| {
            demand!(tx, id.0, "password_hash", account.password_hash.as_str());
            if let Some(before) = before {
                sqlx::query("DELETE FROM pending_sign_ins WHERE token_hash = ?")
                    .bind(before.as_bytes())
                    .execute(&mut *tx)
                    .await?;
            }
            // Found first: one engine can't delete from what it reads. All have the same life.
            let oldest: Option<(Vec<u8>,)> = sqlx::query_as(
                "SELECT token_hash FROM pending_sign_ins WHERE account_id = ? \
                 ORDER BY expires_at DESC LIMIT 1 OFFSET ?",
            )
            .bind(id.0)
            .bind(MOST - 1)
            .fetch_optional(&mut *tx)
            .await?;
            if let Some((oldest,)) = oldest {
                sqlx::query("DELETE FROM pending_sign_ins WHERE token_hash = ?")
                    .bind(oldest)
                    .execute(&mut *tx)
                    .await?;
            }
            sqlx::query(
                "INSERT INTO pending_sign_ins (token_hash, account_id, tries, expires_at) VALUES (?, ?, 0, ?)",
            )
            .bind(token.as_bytes())
            .bind(id.0)
            .bind(ends)
            .execute(&mut *tx)
            .await?;
            record!(tx, Some(id.0), note);
        })
    }

    /// Counts a try of such a sign-in, before it is made: many at once count as many. Whose it is,
    /// if it still waits and has tries left.
    pub async fn count_try(&self, token: &HashedToken) -> Result<Option<AccountId>, StoreError> {
        let at = now();
        transaction!(self, |tx| {
            let counted = sqlx::query(
                "UPDATE pending_sign_ins SET tries = tries + 1 \
                 WHERE token_hash = ? AND expires_at > ? AND tries < ?",
            )
            .bind(token.as_bytes())
            .bind(at)
            .bind(TRIES)
            .execute(&mut *tx)
            .await?;
            if counted.rows_affected() == 0 {
                return Ok(None);
            }
            let account: Uuid =
                sqlx::query_scalar("SELECT account_id FROM pending_sign_ins WHERE token_hash = ?")
                    .bind(token.as_bytes())
                    .fetch_one(&mut *tx)
                    .await?;
            Some(AccountId(account))
        })
    }

    /// Takes back a counted try that nobody has looked at.
    pub async fn take_back_try(&self, token: &HashedToken) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            sqlx::query(
                "UPDATE pending_sign_ins SET tries = tries - 1 WHERE token_hash = ? AND tries > 0",
            )
            .bind(token.as_bytes())
            .execute(&mut *tx)
            .await?;
        })
    }
}
