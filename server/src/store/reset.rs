//! Links for a new password.

use time::Duration;
use uuid::Uuid;

use super::account::{Account, AccountId};
use super::event::Note;
use super::{Store, StoreError};
use crate::clock::{Moment, now};
use crate::token::HashedToken;

/// How long a link for a new password is good for.
pub const LIFE: Duration = Duration::minutes(30);

/// How long the link that confirms a new account is good for. After that, asking for a new
/// password gives another one.
pub const CONFIRM_LIFE: Duration = Duration::hours(24);

/// Stores a link of an account's number that is good until `$ends`, within a transaction.
macro_rules! add_link {
    ($tx:ident, $account:expr, $token:expr, $ends:expr) => {
        sqlx::query(
            "INSERT INTO password_resets (token_hash, account_id, expires_at) VALUES (?, ?, ?)",
        )
        .bind($token.as_bytes())
        .bind($account)
        .bind($ends)
        .execute(&mut *$tx)
        .await?;
    };
}

impl Store {
    /// Stores a link that is good for `life`, in place of any sent before. [`StoreError::Outdated`]
    /// if the account, as it was read for that, has another address by now, or is disabled: the
    /// letter would reach somebody else.
    pub async fn add_reset(
        &self,
        account: &Account,
        token: &HashedToken,
        life: Duration,
    ) -> Result<(), StoreError> {
        let ends = now().saturating_add(life);
        let (account, email_key) = (account.id(), account.email_key.as_str());
        transaction!(self, |tx| {
            demand!(tx, account.0, "email_key", email_key);
            sqlx::query("DELETE FROM password_resets WHERE account_id = ?")
                .bind(account.0)
                .execute(&mut *tx)
                .await?;
            add_link!(tx, account.0, token, ends);
        })
    }

    /// Whose link it is, and when it ends or has ended.
    pub(crate) async fn reset_link(
        &self,
        token: &HashedToken,
    ) -> Result<Option<(AccountId, Moment)>, StoreError> {
        let link: Option<(Uuid, Moment)> = on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT account_id, expires_at FROM password_resets WHERE token_hash = ?",
            )
            .bind(token.as_bytes())
            .fetch_optional(pool)
        })?;
        Ok(link.map(|(account, ends)| (AccountId(account), ends)))
    }

    /// Uses a link up: stores the new password, ends every session and any
    /// change of the address that was under way. `false`, with nothing changed, if it is not
    /// good any more, somebody else was quicker, or the account is disabled.
    pub async fn apply_reset(
        &self,
        account: AccountId,
        token: &HashedToken,
        password_hash: &str,
        note: &Note,
    ) -> Result<bool, StoreError> {
        let at = now();
        transaction!(self, |tx| {
            let used = sqlx::query(
                "DELETE FROM password_resets WHERE token_hash = ? AND account_id = ? AND expires_at > ?",
            )
            .bind(token.as_bytes())
            .bind(account.0)
            .bind(at)
            .execute(&mut *tx)
            .await?;
            if used.rows_affected() == 0 {
                return Ok(false);
            }
            // Whoever has the link reads the letters to this address.
            let changed = sqlx::query(
                "UPDATE accounts SET password_hash = ?, updated_at = ?, unconfirmed_since = NULL \
                 WHERE id = ? AND disabled_since IS NULL",
            )
            .bind(password_hash)
            .bind(at)
            .bind(account.0)
            .execute(&mut *tx)
            .await?;
            if changed.rows_affected() == 0 {
                return Ok(false);
            }
            end_access!(tx, account.0, None);
            record!(tx, Some(account.0), note);
            true
        })
    }
}
