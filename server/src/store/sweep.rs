//! Removing what has expired. Every server does it, now and then; it does not matter who.

use time::Duration;

use super::{Store, StoreError, attempt, session};
use crate::clock::now;

/// How long events are kept.
pub const EVENTS_KEPT: Duration = Duration::days(365);

impl Store {
    /// Removes ended sessions, outdated links, forgotten attempts and old events.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        let at = now();
        transaction!(self, |tx| {
            sqlx::query("DELETE FROM sessions WHERE created_at < ? OR seen_at < ?")
                .bind(at.saturating_sub(session::ABSOLUTE))
                .bind(at.saturating_sub(session::IDLE))
                .execute(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM password_resets WHERE expires_at < ?")
                .bind(at)
                .execute(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM attempts WHERE last_at < ?")
                .bind(at.saturating_sub(attempt::MEMORY))
                .execute(&mut *tx)
                .await?;
            sqlx::query("DELETE FROM auth_events WHERE at < ?")
                .bind(at.saturating_sub(EVENTS_KEPT))
                .execute(&mut *tx)
                .await?;
        })
    }
}
