//! One migration at a time on MySQL and MariaDB, whose changes of the schema cannot be undone.
//!
//! A row with an end: it needs no lock functions, which MariaDB, Galera and others each
//! treat in their own way, and it ends by itself when its holder is killed.

use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::{Executor as _, MySqlPool};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::StoreError;
use crate::clock;

/// A lease that was not renewed for this long may be taken over.
const TERM: time::Duration = time::Duration::minutes(2);

/// Between two signs of life.
const RENEWAL: Duration = Duration::from_secs(30);

/// How long others wait for it.
const WAIT: Duration = Duration::from_mins(10);

/// The holder was taken for dead, and may not go on.
#[derive(Debug, thiserror::Error)]
#[error("another migration has taken over: wait for it, then migrate again")]
pub(crate) struct Lost;

/// The right to change the schema.
#[derive(Debug)]
pub(crate) struct Lease<'a> {
    pool: &'a MySqlPool,
    holder: Uuid,
}

impl<'a> Lease<'a> {
    /// Waits for the right to change the schema. Before that, a new database is set to compare text
    /// exactly and to hold all of Unicode, as SQLite does, so that no statement of the schema needs
    /// to say so. So is one into which a backup was read: that brings tables along, and not how
    /// those that come after them compare.
    pub(crate) async fn take(pool: &'a MySqlPool) -> anyhow::Result<Self> {
        let lease = Self {
            pool,
            holder: Uuid::now_v7(),
        };
        let begin = Instant::now();
        while !lease.attempt().await.context("cannot lock the schema")? {
            if begin.elapsed() > WAIT {
                bail!("another migration holds the schema for more than {WAIT:?}");
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(lease)
    }

    /// Whether the right is this one's now. Two that prepare a new database at the same time can
    /// get in each other's way: MySQL then ends one of them as a deadlock, and it is no more than
    /// not its turn.
    async fn attempt(&self) -> Result<bool, StoreError> {
        let attempt = async {
            self.prepare().await?;
            self.claim().await
        };
        match attempt.await.map_err(StoreError::from) {
            Err(StoreError::Contended(_)) => Ok(false),
            outcome => outcome,
        }
    }

    async fn prepare(&self) -> sqlx::Result<()> {
        let exact = "SELECT COUNT(*) FROM information_schema.schemata \
                     WHERE schema_name = DATABASE() AND default_collation_name = 'utf8mb4_bin'";
        if self.count(exact).await? == 0 {
            // As text: MySQL does not prepare it.
            self.pool
                .execute("ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
                .await?;
        }
        let exists = "SELECT COUNT(*) FROM information_schema.tables \
                      WHERE table_schema = DATABASE() AND table_name = 'migration_lease'";
        if self.count(exists).await? == 0 {
            self.pool
                .execute(
                    "CREATE TABLE IF NOT EXISTS migration_lease \
                     (id TINYINT NOT NULL PRIMARY KEY, holder BINARY(16), ends_at DATETIME(6) NOT NULL)",
                )
                .await?;
        }
        let added = sqlx::query("INSERT INTO migration_lease (id, ends_at) VALUES (1, ?)")
            .bind(clock::now())
            .execute(self.pool)
            .await;
        match added {
            // It is there already.
            Err(sqlx::Error::Database(fault)) if fault.is_unique_violation() => Ok(()),
            other => other.map(drop),
        }
    }

    async fn count(&self, what: &'static str) -> sqlx::Result<i64> {
        sqlx::query_scalar(what).fetch_one(self.pool).await
    }

    async fn claim(&self) -> sqlx::Result<bool> {
        let now = clock::now();
        let claimed = sqlx::query(
            "UPDATE migration_lease SET holder = ?, ends_at = ? \
             WHERE id = 1 AND (holder IS NULL OR ends_at < ?)",
        )
        .bind(self.holder)
        .bind(now.saturating_add(TERM))
        .bind(now)
        .execute(self.pool)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// Holds the right for as long as this is polled, and until it is lost.
    pub(crate) async fn keep(&self) -> Lost {
        self.keep_every(RENEWAL).await
    }

    async fn keep_every(&self, pause: Duration) -> Lost {
        loop {
            sleep(pause).await;
            let renewed =
                sqlx::query("UPDATE migration_lease SET ends_at = ? WHERE id = 1 AND holder = ?")
                    .bind(clock::now().saturating_add(TERM))
                    .bind(self.holder)
                    .execute(self.pool)
                    .await;
            match renewed {
                Ok(renewed) if renewed.rows_affected() == 0 => return Lost,
                Ok(_) => (),
                Err(error) => {
                    tracing::warn!(%error, "the right to change the schema cannot be renewed");
                }
            }
        }
    }

    /// Lets the next one go on.
    pub(crate) async fn give_back(self) {
        let given =
            sqlx::query("UPDATE migration_lease SET holder = NULL WHERE id = 1 AND holder = ?")
                .bind(self.holder)
                .execute(self.pool)
                .await;
        if let Err(error) = given {
            tracing::warn!(%error, "the right to change the schema ends by itself in a few minutes");
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    /// Where there is a server to test on, as in `tests/http/service.rs`.
    #[tokio::test]
    async fn a_lease_is_held_until_another_one_takes_it_over() {
        let Ok(server) = std::env::var("NEUROCARE_TEST_MYSQL") else {
            return;
        };
        let name = format!("test_{}", Uuid::now_v7().simple());
        let url = format!("{}/{name}", server.trim_end_matches('/'));
        let root = MySqlPool::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        root.execute(create).await.unwrap();
        let pool = MySqlPool::connect(&url).await.unwrap();
        let lease = Lease::take(&pool).await.unwrap();
        let pause = Duration::from_millis(20);
        let kept = timeout(pause * 10, lease.keep_every(pause)).await;
        assert!(kept.is_err(), "nobody wants it");
        sqlx::query("UPDATE migration_lease SET ends_at = '2026-01-01 00:00:00'")
            .execute(&pool)
            .await
            .unwrap();
        let next = Lease::take(&pool).await.unwrap();
        let lost = timeout(Duration::from_secs(10), lease.keep_every(pause)).await;
        lost.unwrap();
        lease.give_back().await;
        let kept = timeout(pause * 10, next.keep_every(pause)).await;
        assert!(kept.is_err(), "it is the next one's");
    }
}
