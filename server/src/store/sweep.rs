//! Removing what has expired. Every server does it, now and then; it does not matter who.

use time::Duration;

use super::{Store, StoreError, attempt, letter, second_factor, session};
use crate::clock::{Moment, now};

/// How long events are kept.
pub const EVENTS_KEPT: Duration = Duration::days(365);

/// How long the numbers of deleted analyses are kept, so that no browser that was away saves one
/// anew; one that was away for longer may.
pub const DELETED_KEPT: Duration = Duration::days(365);

/// How long an account waits for its owner to confirm it: nobody may keep an address that is
/// not theirs.
pub const UNCONFIRMED_KEPT: Duration = Duration::days(7);

/// (query for keys older than a cutoff, delete of one such row, age of the cutoff).
const EXPIRED: [(&str, &str, Duration); 11] = [
    (
        "SELECT id FROM sessions WHERE seen_at < ? LIMIT ?",
        "DELETE FROM sessions WHERE id = ? AND seen_at < ?",
        session::IDLE,
    ),
    (
        "SELECT id FROM sessions WHERE created_at < ? LIMIT ?",
        "DELETE FROM sessions WHERE id = ? AND created_at < ?",
        session::ABSOLUTE,
    ),
    (
        "SELECT token_hash FROM password_resets WHERE expires_at < ? LIMIT ?",
        "DELETE FROM password_resets WHERE token_hash = ? AND expires_at < ?",
        Duration::ZERO,
    ),
    (
        "SELECT token_hash FROM address_changes WHERE expires_at < ? LIMIT ?",
        "DELETE FROM address_changes WHERE token_hash = ? AND expires_at < ?",
        Duration::ZERO,
    ),
    (
        "SELECT token_hash FROM pending_sign_ins WHERE expires_at < ? LIMIT ?",
        "DELETE FROM pending_sign_ins WHERE token_hash = ? AND expires_at < ?",
        Duration::ZERO,
    ),
    (
        "SELECT account_id FROM second_factors WHERE waiting_since < ? LIMIT ?",
        "DELETE FROM second_factors WHERE account_id = ? AND waiting_since < ?",
        second_factor::ENROLMENT,
    ),
    (
        "SELECT subject FROM attempts WHERE last_at < ? LIMIT ?",
        "DELETE FROM attempts WHERE subject = ? AND last_at < ?",
        attempt::MEMORY,
    ),
    (
        "SELECT id FROM letters WHERE created_at < ? LIMIT ?",
        "DELETE FROM letters WHERE id = ? AND created_at < ?",
        letter::KEPT,
    ),
    (
        "SELECT id FROM auth_events WHERE at < ? LIMIT ?",
        "DELETE FROM auth_events WHERE id = ? AND at < ?",
        EVENTS_KEPT,
    ),
    (
        "SELECT id FROM deleted_analyses WHERE deleted_at < ? LIMIT ?",
        "DELETE FROM deleted_analyses WHERE id = ? AND deleted_at < ?",
        DELETED_KEPT,
    ),
    (
        "SELECT id FROM accounts WHERE unconfirmed_since < ? LIMIT ?",
        "DELETE FROM accounts WHERE id = ? AND unconfirmed_since < ?",
        UNCONFIRMED_KEPT,
    ),
];

/// Rows removed in one transaction: others wait for no more than that.
const BATCH: u32 = 500;

impl Store {
    /// Removes ended sessions, outdated links, sign-ins that waited for a code and second factors
    /// that waited for their first one, forgotten attempts, old letters and events, the numbers of
    /// what was deleted long ago, and accounts that nobody confirmed.
    ///
    /// # Errors
    /// The first fault, after all kinds were tried: one that cannot be removed keeps no other.
    /// Further ones are logged here.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let at = now();
        let mut outcome = Ok(());
        for (select, delete, kept) in EXPIRED {
            match self.remove(select, delete, at.saturating_sub(kept)).await {
                Err(error) if outcome.is_ok() => outcome = Err(error),
                Err(error) => tracing::warn!(%error, "more was not removed"),
                Ok(()) => (),
            }
        }
        outcome
    }

    /// Removes the rows whose keys `select` finds, batch by batch. One statement for all of them
    /// could take longer than a statement may, and would then never succeed.
    async fn remove(
        &self,
        select: &'static str,
        delete: &'static str,
        before: Moment,
    ) -> Result<(), StoreError> {
        loop {
            let keys: Vec<(Vec<u8>,)> = on_engine!(self, |pool| {
                sqlx::query_as(select)
                    .bind(before)
                    .bind(BATCH)
                    .fetch_all(pool)
            })?;
            transaction!(self, |tx| {
                for (key,) in &keys {
                    sqlx::query(delete)
                        .bind(key.as_slice())
                        .bind(before)
                        .execute(&mut *tx)
                        .await?;
                }
            })?;
            if keys.len() < BATCH as usize {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::store::schema;

    #[tokio::test]
    async fn what_there_is_most_of_is_found_by_an_index() {
        let config = Config::from_flags(["server", "--database-url", "sqlite::memory:"]).unwrap();
        let store = Store::open(&config).await.unwrap();
        schema::migrate(&store).await.unwrap();
        let Store::Sqlite(pool, _) = &store else {
            panic!("the embedded database");
        };
        for (table, index) in [
            (" sessions WHERE seen_at", "ix_sessions_seen (seen_at<?)"),
            (
                " sessions WHERE created_at",
                "ix_sessions_created (created_at<?)",
            ),
            (
                " deleted_analyses ",
                "ix_deleted_analyses_at (deleted_at<?)",
            ),
            (
                " accounts ",
                "ix_accounts_unconfirmed (unconfirmed_since<?)",
            ),
            (" attempts ", "ix_attempts_last (last_at<?)"),
            (" auth_events ", "ix_auth_events_at (at<?)"),
        ] {
            let (select, ..) = EXPIRED
                .into_iter()
                .find(|(select, ..)| select.contains(table))
                .unwrap();
            let explained = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {select}"));
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(explained).fetch_all(pool).await.unwrap();
            assert!(plan[0].3.contains(index), "{select}\n{plan:?}");
        }
    }
}
