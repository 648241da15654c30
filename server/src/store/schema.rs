//! `migrations/`, embedded and applied in order.

use anyhow::Context as _;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{ConnectOptions as _, MySqlPool, SqlSafeStr as _};

use super::lease::Lease;
use super::{Store, StoreError};

/// One file: number, what it is about, statement.
type File = (i64, &'static str, &'static str);

/// Names the files of `migrations/`.
macro_rules! files {
    ($($version:literal $number:literal $about:literal),* $(,)?) => {
        &[$((
            $version,
            $about,
            include_str!(concat!("../../../migrations/", $number, "_", $about, ".sql")),
        )),*]
    };
}

/// All of them.
const SCHEMA: &[File] = files![
    1 "0001" "accounts",
    2 "0002" "image_keys",
    3 "0003" "usages",
    4 "0004" "sessions",
    5 "0005" "sessions_account",
    6 "0006" "password_resets",
    7 "0007" "attempts",
    8 "0008" "auth_events",
    9 "0009" "auth_events_account",
    10 "0010" "analyses",
    11 "0011" "documents",
    12 "0012" "analyses_listed",
    13 "0013" "analyses_label",
    14 "0014" "analyses_digest",
    15 "0015" "deleted_analyses",
    16 "0016" "accounts_unconfirmed",
    17 "0017" "address_changes",
    18 "0018" "analyses_conditions",
    19 "0019" "auth_events_at",
    20 "0020" "deleted_analyses_account",
    21 "0021" "attempts_last",
    22 "0022" "sessions_seen",
    23 "0023" "accounts_disabled",
    24 "0024" "letters",
    25 "0025" "pairings",
    26 "0026" "pairings_second",
    27 "0027" "sessions_created",
    28 "0028" "deleted_analyses_at",
    29 "0029" "accounts_waiting",
    30 "0030" "second_factors",
    31 "0031" "recovery_codes",
    32 "0032" "pending_sign_ins",
    33 "0033" "pending_sign_ins_account",
    34 "0034" "analyses_least_volume",
];

/// The version of the schema that this release needs.
pub fn newest() -> i64 {
    SCHEMA
        .iter()
        .map(|&(version, ..)| version)
        .max()
        .unwrap_or(0)
}

/// Applies what is missing of the schema; returns its version. Several may do so at once.
///
/// # Errors
/// A statement fails, or the schema was made by a newer release.
pub async fn migrate(store: &Store) -> anyhow::Result<i64> {
    let applied = match store {
        // All or nothing: SQLite's changes of the schema can be undone.
        Store::Sqlite(pool, _) => {
            let mut transaction = pool
                .begin_with("BEGIN IMMEDIATE")
                .await
                .context("cannot lock the database")?;
            let applied = migrator().run_direct(None, &mut *transaction, false).await;
            if applied.is_ok() {
                transaction.commit().await?;
            }
            applied.map_err(anyhow::Error::from)
        }
        Store::MySql(pool) => {
            let lease = Lease::take(pool).await?;
            let applied = tokio::select! {
                applied = apply(pool) => applied.map_err(anyhow::Error::from),
                lost = lease.keep() => Err(lost.into()),
            };
            lease.give_back().await;
            applied
        }
    };
    applied.context("cannot bring the database schema up to date")?;
    Ok(newest())
}

/// Applies what is missing on a connection of its own, without the time limits of requests: an
/// index over a large table takes longer. It is opened after the lease is taken, because a
/// connection remembers how its database compared text when it was opened, and makes tables so.
async fn apply(pool: &MySqlPool) -> Result<(), MigrateError> {
    let mut connection = pool.connect_options().connect().await?;
    migrator().run_direct(None, &mut connection, false).await
}

/// The version of the schema in the database; 0 if it was never migrated.
///
/// # Errors
/// The database cannot be reached, or does not say.
pub async fn version(store: &Store) -> Result<i64, StoreError> {
    let newest: Result<Option<i64>, StoreError> = on_engine!(store, |pool| {
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(pool)
    });
    match newest {
        Ok(version) => Ok(version.unwrap_or(0)),
        Err(error) if error.is_missing_table() => Ok(0),
        Err(error) => Err(error),
    }
}

fn migrator() -> Migrator {
    let migrations = SCHEMA
        .iter()
        .map(|&(version, about, sql)| {
            Migration::new(
                version,
                about.into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    // sqlx's own lock waits for ever on MySQL and does nothing on MariaDB.
    migrator.set_locking(false);
    migrator
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "README.md")
            .collect();
        files.sort();
        let embedded: Vec<String> = SCHEMA
            .iter()
            .map(|(version, about, _)| format!("{version:04}_{about}.sql"))
            .collect();
        assert_eq!(files, embedded);
    }

    #[test]
    fn the_schema_keeps_to_the_portable_subset() {
        for (version, _, sql) in SCHEMA {
            let statement: String = sql
                .lines()
                .filter(|line| !line.trim().starts_with("--"))
                .collect();
            assert_eq!(
                statement.matches(';').count(),
                1,
                "migration {version}: one statement a file"
            );
            let upper = statement.to_uppercase();
            for word in [
                "AUTO_INCREMENT",
                "AUTOINCREMENT",
                "RETURNING",
                "TRIGGER",
                "CURRENT_TIMESTAMP",
                "ENGINE",
                "CHARSET",
                "COLLATE",
                "WITHOUT ROWID",
                "STRICT",
                "IF NOT EXISTS",
                "JSON",
                "TEXT PRIMARY",
            ] {
                assert!(!upper.contains(word), "migration {version} uses {word}");
            }
        }
    }
}
