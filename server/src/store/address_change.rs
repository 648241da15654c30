//! New e-mail addresses of accounts, until their owner, signed in, follows the link in the letter
//! to them.

use time::Duration;

use super::account::AccountId;
use super::event::Note;
use super::{Store, StoreError};
use crate::clock::now;
use crate::token::HashedToken;

/// How long such a link is good for.
pub const LIFE: Duration = Duration::hours(24);

/// Gives an account an address, as typed and as it is looked up, within a transaction. A link for a
/// new password that went to the former address is good no more.
macro_rules! give_address {
    ($tx:ident, $account:expr, $email:expr, $email_key:expr, $at:expr) => {
        sqlx::query(
            "DELETE FROM password_resets WHERE account_id = ? \
             AND NOT EXISTS (SELECT 1 FROM accounts WHERE id = ? AND email_key = ?)",
        )
        .bind($account)
        .bind($account)
        .bind($email_key)
        .execute(&mut *$tx)
        .await?;
        sqlx::query("UPDATE accounts SET email = ?, email_key = ?, updated_at = ? WHERE id = ?")
            .bind($email)
            .bind($email_key)
            .bind($at)
            .bind($account)
            .execute(&mut *$tx)
            .await?;
    };
}

/// Withdraws the address that waits for an account, within a transaction: its link is good no more.
/// The value says how many there were.
macro_rules! withdraw_address {
    ($tx:ident, $account:expr) => {
        sqlx::query("DELETE FROM address_changes WHERE account_id = ?")
            .bind($account)
            .execute(&mut *$tx)
            .await?
            .rows_affected()
    };
}

/// Stores the address that waits for an account, within a transaction. It may be another account's:
/// that is found out, and told nobody, when the link is followed.
macro_rules! wait_for_address {
    ($tx:ident, $account:expr, $next:expr, $at:expr) => {
        sqlx::query(
            "INSERT INTO address_changes (token_hash, account_id, email, email_key, expires_at) \
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind($next.token.as_bytes())
        .bind($account)
        .bind(&$next.email)
        .bind(&$next.email_key)
        .bind($at.saturating_add($crate::store::address_change::LIFE))
        .execute(&mut *$tx)
        .await?;
    };
}

/// An address that an account is to have.
#[derive(Clone, PartialEq, Eq)]
pub struct NextAddress {
    /// As typed.
    pub email: String,
    /// The same as it is looked up.
    pub email_key: String,
    /// The link in the letter to it.
    pub token: HashedToken,
}

/// A change that was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Moved {
    /// The address before.
    pub from: String,
}

/// An address is personal data: nothing of it is ever printed.
impl std::fmt::Debug for NextAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NextAddress").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Moved").finish_non_exhaustive()
    }
}

impl Store {
    /// The address that waits, if one does.
    pub async fn waiting_address(&self, account: AccountId) -> Result<Option<String>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_scalar(
                "SELECT email FROM address_changes WHERE account_id = ? AND expires_at > ?",
            )
            .bind(account.0)
            .bind(now())
            .fetch_optional(pool)
        })
    }

    /// Withdraws the address that waits; `false`, with nothing changed, if none does.
    pub async fn withdraw_address(
        &self,
        account: AccountId,
        note: &Note,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if withdraw_address!(tx, account.0) == 0 {
                return Ok(false);
            }
            record!(tx, Some(account.0), note);
            true
        })
    }

    /// Uses a link of the account up; `None` if it is not good any more, or another account's.
    /// [`StoreError::Taken`], with nothing changed, if another account has the address.
    pub async fn apply_address_change(
        &self,
        account: AccountId,
        token: &HashedToken,
        note: &Note,
    ) -> Result<Option<Moved>, StoreError> {
        let (account, at) = (account.0, now());
        transaction!(self, |tx| {
            let change: Option<(String, String)> = sqlx::query_as(
                "SELECT email, email_key FROM address_changes \
                 WHERE token_hash = ? AND account_id = ? AND expires_at > ?",
            )
            .bind(token.as_bytes())
            .bind(account)
            .bind(at)
            .fetch_optional(&mut *tx)
            .await?;
            let Some((email, email_key)) = change else {
                return Ok(None);
            };
            let used = sqlx::query("DELETE FROM address_changes WHERE token_hash = ?")
                .bind(token.as_bytes())
                .execute(&mut *tx)
                .await?;
            if used.rows_affected() == 0 {
                return Ok(None);
            }
            let from: String = sqlx::query_scalar("SELECT email FROM accounts WHERE id = ?")
                .bind(account)
                .fetch_one(&mut *tx)
                .await?;
            give_address!(tx, account, &email, &email_key, at);
            record!(tx, Some(account), note);
            Some(Moved { from })
        })
    }
}
