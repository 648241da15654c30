//! Browsers that are signed in.

use time::Duration;
use uuid::Uuid;

use super::account::AccountId;
use super::event::Note;
use super::second_factor::SecondStep;
use super::{Store, StoreError};
use crate::clock::{Moment, now};
use crate::token::HashedToken;

/// A session ends when it has not been used for this long (OWASP ASVS 5.0, 7.3.1).
pub const IDLE: Duration = Duration::hours(12);

/// It ends this long after the sign-in, used or not (7.3.2).
pub const ABSOLUTE: Duration = Duration::days(30);

/// Being seen is noted this often at most, so that reading does not write.
const NOTED_EVERY: Duration = Duration::minutes(5);

/// Most sign-ins of an account; the oldest give way (7.1.2).
pub const MOST: i64 = 50;

/// Ends, within a transaction, what may let somebody in who should not be: every session of an
/// account's number but `$kept`, every sign-in that waits for a code, every link for a new password
/// and every change of the address that is under way. The second factor itself stays.
macro_rules! end_access {
    ($tx:ident, $account:expr, $kept:expr) => {
        sqlx::query("DELETE FROM sessions WHERE account_id = ? AND id <> ?")
            .bind($account)
            .bind($kept.unwrap_or(uuid::Uuid::nil()))
            .execute(&mut *$tx)
            .await?;
        for statement in [
            "DELETE FROM pending_sign_ins WHERE account_id = ?",
            "DELETE FROM password_resets WHERE account_id = ?",
            "DELETE FROM address_changes WHERE account_id = ?",
        ] {
            sqlx::query(statement)
                .bind($account)
                .execute(&mut *$tx)
                .await?;
        }
    };
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// To end it by; not the secret.
    pub id: Uuid,
    /// Whose.
    pub account_id: Uuid,
    /// The browser in words.
    pub browser: String,
    /// Signed in at.
    pub(crate) created_at: Moment,
    /// Last seen at.
    pub(crate) seen_at: Moment,
}

from_row!(Session {
    id: Uuid,
    account_id: Uuid,
    browser: String,
    created_at: Moment,
    seen_at: Moment
});

/// A session that is to begin.
pub struct NewSession<'a> {
    /// Whose.
    pub account: AccountId,
    /// The hash that the password was compared with.
    pub proved: &'a str,
    /// What proves the second factor, where the account has one.
    pub second: Option<&'a SecondStep>,
    /// The cookie's token.
    pub token: &'a HashedToken,
    /// The browser in words.
    pub browser: &'a str,
    /// The token of the session that the browser had before, if any.
    pub before: Option<&'a HashedToken>,
    /// For the audit.
    pub note: &'a Note,
}

/// The hash of the password is in it: nothing of it is ever printed.
impl std::fmt::Debug for NewSession<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession").finish_non_exhaustive()
    }
}

impl Session {
    /// Whose.
    pub fn account(&self) -> AccountId {
        AccountId(self.account_id)
    }
}

impl Store {
    /// Begins a session, in place of the one that the browser had before, if any;
    /// [`StoreError::Outdated`] if the account has another password by now than the one that was
    /// proved, or a second factor that is not. `false`, with nothing changed, if what proves the
    /// second factor was used before.
    pub async fn add_session(&self, new: &NewSession<'_>) -> Result<bool, StoreError> {
        let (id, at) = (Uuid::now_v7(), now());
        let account = new.account;
        transaction!(self, |tx| {
            demand!(tx, account.0, "password_hash", new.proved);
            if let Some(second) = new.second {
                if !take_step!(tx, account.0, second) {
                    return Ok(false);
                }
            } else {
                demand_no_factor!(tx, account.0);
            }
            if let Some(before) = new.before {
                sqlx::query("DELETE FROM sessions WHERE token_hash = ?")
                    .bind(before.as_bytes())
                    .execute(&mut *tx)
                    .await?;
            }
            // The oldest beyond the limit, found first: one engine can't delete from what it reads.
            let oldest: Option<(Uuid,)> = sqlx::query_as(
                "SELECT id FROM sessions WHERE account_id = ? ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET ?",
            )
            .bind(account.0)
            .bind(MOST - 1)
            .fetch_optional(&mut *tx)
            .await?;
            if let Some((oldest,)) = oldest {
                sqlx::query("DELETE FROM sessions WHERE id = ?")
                    .bind(oldest)
                    .execute(&mut *tx)
                    .await?;
            }
            sqlx::query(
                "INSERT INTO sessions (id, account_id, token_hash, browser, created_at, seen_at) \
                 VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(id)
            .bind(account.0)
            .bind(new.token.as_bytes())
            .bind(new.browser)
            .bind(at)
            .bind(at)
            .execute(&mut *tx)
            .await?;
            record!(tx, Some(account.0), new.note);
            true
        })
    }

    /// The session of a token, if it has not ended.
    pub async fn session(&self, token: &HashedToken) -> Result<Option<Session>, StoreError> {
        let at = now();
        let session: Option<Session> = on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT id, account_id, browser, created_at, seen_at FROM sessions \
                 WHERE token_hash = ? AND created_at > ? AND seen_at > ?",
            )
            .bind(token.as_bytes())
            .bind(at.saturating_sub(ABSOLUTE))
            .bind(at.saturating_sub(IDLE))
            .fetch_optional(pool)
        })?;
        if let Some(session) = &session
            && at - session.seen_at > NOTED_EVERY
            && let Err(error) = self.note_seen(session.id, at).await
        {
            // Reading goes on where nothing can be written; the next request tries again.
            tracing::warn!(%error, "it was not noted that a session is in use");
        }
        Ok(session)
    }

    async fn note_seen(&self, id: Uuid, at: Moment) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            sqlx::query("UPDATE sessions SET seen_at = ? WHERE id = ?")
                .bind(at)
                .bind(id)
                .execute(&mut *tx)
                .await?;
        })
    }

    /// The sessions of an account that have not ended, newest first.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<Session>, StoreError> {
        let at = now();
        on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT id, account_id, browser, created_at, seen_at FROM sessions \
                 WHERE account_id = ? AND created_at > ? AND seen_at > ? \
                 ORDER BY created_at DESC, id DESC LIMIT ?",
            )
            .bind(account.0)
            .bind(at.saturating_sub(ABSOLUTE))
            .bind(at.saturating_sub(IDLE))
            .bind(MOST)
            .fetch_all(pool)
        })
    }

    /// Ends a session of an account; `false` if it has no such session.
    pub async fn end_session(
        &self,
        account: AccountId,
        id: Uuid,
        note: &Note,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let ended = sqlx::query("DELETE FROM sessions WHERE id = ? AND account_id = ?")
                .bind(id)
                .bind(account.0)
                .execute(&mut *tx)
                .await?;
            if ended.rows_affected() == 0 {
                return Ok(false);
            }
            record!(tx, Some(account.0), note);
            true
        })
    }

    /// Ends every session of an account.
    pub async fn end_sessions(&self, account: AccountId, note: &Note) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            sqlx::query("DELETE FROM sessions WHERE account_id = ?")
                .bind(account.0)
                .execute(&mut *tx)
                .await?;
            record!(tx, Some(account.0), note);
        })
    }

    /// Ends every session, every sign-in that waits for a code, every link for a new password and
    /// every change of an address that is under way: those in a backup that was put back may have
    /// ended since.
    pub async fn sign_everybody_out(&self) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            for statement in [
                "DELETE FROM sessions",
                "DELETE FROM pending_sign_ins",
                "DELETE FROM password_resets",
                "DELETE FROM address_changes",
            ] {
                sqlx::query(statement).execute(&mut *tx).await?;
            }
        })
    }
}
