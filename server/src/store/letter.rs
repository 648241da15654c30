//! Letters that are under way, so that none is lost with the server that sends it.
//!
//! A row says who is written to and what about, not with which secret: of a link, the database
//! knows the hash only. A server that takes a letter over therefore gives the link another secret,
//! and the lost one is good no more.

use sqlx::AssertSqlSafe;
use time::Duration;
use uuid::Uuid;

use super::{Store, StoreError};
use crate::clock::now;
use crate::token::HashedToken;

/// How long a letter is kept at most, whatever becomes of it.
pub const KEPT: Duration = Duration::days(1);

/// Letters taken over at once.
const AT_ONCE: u32 = 100;

/// The right to send a letter, and how often that was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    id: Uuid,
    holder: Uuid,
    /// How often.
    pub tries: usize,
}

/// A letter whose holder is gone.
#[derive(Clone, PartialEq, Eq)]
pub struct Orphan {
    id: Uuid,
    holder: Uuid,
    tries: i32,
    token_hash: Option<Vec<u8>>,
    /// Who is written to.
    pub recipient: String,
    /// What about.
    pub kind: String,
}

from_row!(Orphan {
    id: Uuid,
    holder: Uuid,
    tries: i32,
    token_hash: Option<Vec<u8>>,
    recipient: String,
    kind: String
});

/// An address is personal data: nothing of it is ever printed.
impl std::fmt::Debug for Orphan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orphan")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Notes a letter, and holds it for `term`.
    pub async fn add_letter(
        &self,
        recipient: &str,
        kind: &str,
        link: Option<&HashedToken>,
        term: Duration,
    ) -> Result<Hold, StoreError> {
        let (id, holder, at) = (Uuid::now_v7(), Uuid::now_v7(), now());
        transaction!(self, |tx| {
            sqlx::query(
                "INSERT INTO letters (id, recipient, kind, token_hash, tries, holder, ends_at, created_at) \
                 VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
            )
            .bind(id)
            .bind(recipient)
            .bind(kind)
            .bind(link.map(HashedToken::as_bytes))
            .bind(holder)
            .bind(at.saturating_add(term))
            .bind(at)
            .execute(&mut *tx)
            .await?;
        })?;
        Ok(Hold {
            id,
            holder,
            tries: 0,
        })
    }

    /// Counts a try and holds the letter for `term` more; `false` if another server has taken it
    /// over.
    pub async fn hold_letter(&self, hold: &Hold, term: Duration) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let held = sqlx::query(
                "UPDATE letters SET tries = tries + 1, ends_at = ? WHERE id = ? AND holder = ?",
            )
            .bind(now().saturating_add(term))
            .bind(hold.id)
            .bind(hold.holder)
            .execute(&mut *tx)
            .await?;
            held.rows_affected() == 1
        })
    }

    /// Lets others send a letter at once.
    pub async fn leave_letter(&self, hold: &Hold) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            sqlx::query("UPDATE letters SET ends_at = ? WHERE id = ? AND holder = ?")
                .bind(now())
                .bind(hold.id)
                .bind(hold.holder)
                .execute(&mut *tx)
                .await?;
        })
    }

    /// Removes a letter that was sent or given up.
    pub async fn remove_letter(&self, hold: &Hold) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            sqlx::query("DELETE FROM letters WHERE id = ? AND holder = ?")
                .bind(hold.id)
                .bind(hold.holder)
                .execute(&mut *tx)
                .await?;
        })
    }

    /// Letters of these kinds whose holders are gone, a hundred at most: a hundred of others would
    /// hide them. What lay in a backup for longer than they are kept is not sent once more.
    pub async fn orphans(&self, kinds: &[&str]) -> Result<Vec<Orphan>, StoreError> {
        let at = now();
        let marks = vec!["?"; kinds.len()].join(", ");
        let statement = format!(
            "SELECT id, holder, tries, token_hash, recipient, kind FROM letters \
             WHERE ends_at <= ? AND created_at > ? AND kind IN ({marks}) ORDER BY ends_at LIMIT ?"
        );
        on_engine!(self, |pool| {
            let query = sqlx::query_as(AssertSqlSafe(statement))
                .bind(at)
                .bind(at.saturating_sub(KEPT));
            let query = kinds.iter().fold(query, |query, kind| query.bind(*kind));
            query.bind(AT_ONCE).fetch_all(pool)
        })
    }

    /// Takes a letter over for `term`; `None` if another server was quicker. Its link, if it has
    /// one, gets the secret of `token` in the place of the lost one, and ends when it would have;
    /// if it is not good any more, the letter says nothing that is true, is removed, and `None` is
    /// returned, too.
    pub async fn take_letter(
        &self,
        orphan: &Orphan,
        token: &HashedToken,
        term: Duration,
    ) -> Result<Option<Hold>, StoreError> {
        let (holder, at) = (Uuid::now_v7(), now());
        transaction!(self, |tx| {
            let taken = sqlx::query(
                "UPDATE letters SET holder = ?, ends_at = ? WHERE id = ? AND holder = ?",
            )
            .bind(holder)
            .bind(at.saturating_add(term))
            .bind(orphan.id)
            .bind(orphan.holder)
            .execute(&mut *tx)
            .await?;
            if taken.rows_affected() == 0 {
                return Ok(None);
            }
            let mut is_good = true;
            if let Some(lost) = &orphan.token_hash {
                let mut renewed = 0;
                // It is in one of them, or in none.
                for statement in [
                    "UPDATE password_resets SET token_hash = ? WHERE token_hash = ? AND expires_at > ?",
                    "UPDATE address_changes SET token_hash = ? WHERE token_hash = ? AND expires_at > ?",
                ] {
                    renewed += sqlx::query(statement)
                        .bind(token.as_bytes())
                        .bind(lost.as_slice())
                        .bind(at)
                        .execute(&mut *tx)
                        .await?
                        .rows_affected();
                }
                is_good = renewed == 1;
                sqlx::query("UPDATE letters SET token_hash = ? WHERE id = ?")
                    .bind(token.as_bytes())
                    .bind(orphan.id)
                    .execute(&mut *tx)
                    .await?;
            }
            if !is_good {
                sqlx::query("DELETE FROM letters WHERE id = ?")
                    .bind(orphan.id)
                    .execute(&mut *tx)
                    .await?;
            }
            is_good.then(|| Hold {
                id: orphan.id,
                holder,
                tries: usize::try_from(orphan.tries).unwrap_or(usize::MAX),
            })
        })
    }
}
