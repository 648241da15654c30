//! The embedded database: one SQLite file in the data folder, migrated at start.

use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{SqlSafeStr as _, SqlitePool};

use crate::config::Config;

/// Longest wait for a free connection, and for another writer.
const WAIT: Duration = Duration::from_secs(3);

/// SQLite has one writer at a time; a few readers beside it are plenty.
const CONNECTIONS: u32 = 4;

/// `migrations/`, in order: number, what it is about, statement.
const SCHEMA: &[(i64, &str, &str)] = &[(
    1,
    "accounts",
    include_str!("../../migrations/0001_accounts.sql"),
)];

/// Opens the database that the settings name, and makes the file if there is none.
///
/// # Errors
/// The data folder cannot be made, the URL is not an SQLite one, or the file is not a database.
pub async fn open(config: &Config) -> anyhow::Result<SqlitePool> {
    let options = if let Some(url) = &config.database_url {
        if !url.starts_with("sqlite:") {
            bail!(
                "DATABASE_URL must begin with \"sqlite:\"; other databases are not supported yet"
            );
        }
        SqliteConnectOptions::from_str(url).context("DATABASE_URL cannot be read")?
    } else {
        std::fs::create_dir_all(&config.data)
            .with_context(|| format!("cannot make the data folder {}", config.data.display()))?;
        SqliteConnectOptions::new().filename(config.data.join("neurocare.sqlite"))
    };
    let options = options
        .create_if_missing(true)
        // Readers go on while one writes.
        .journal_mode(SqliteJournalMode::Wal)
        // Safe against a crash of the process or the machine: the log is synced at checkpoints.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        .busy_timeout(WAIT);
    SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .connect_with(options)
        .await
        .context("cannot open the database")
}

/// Applies what is missing of the schema; returns its version.
///
/// # Errors
/// A statement fails, or the file was made by a newer release.
pub async fn migrate(pool: &SqlitePool) -> anyhow::Result<i64> {
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
    Migrator::with_migrations(migrations)
        .run(pool)
        .await
        .context("cannot bring the database schema up to date")?;
    Ok(newest())
}

/// The version of the schema that this release needs.
pub fn newest() -> i64 {
    SCHEMA
        .iter()
        .map(|&(version, ..)| version)
        .max()
        .unwrap_or(0)
}

/// The version of the schema in the file.
///
/// # Errors
/// The database cannot be reached, or was never migrated.
pub async fn version(pool: &SqlitePool) -> sqlx::Result<i64> {
    let newest: Option<i64> =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(pool)
            .await?;
    Ok(newest.unwrap_or(0))
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
