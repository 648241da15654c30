//! Opening either engine.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use sqlx::mysql::{MySqlConnectOptions, MySqlDatabaseError, MySqlPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor as _, MySqlPool};
use tokio::sync::Semaphore;

use super::Store;
use super::error::StoreError;
use crate::config::Config;
use crate::folder;

/// Longest wait for a free connection, and for another writer.
const WAIT: Duration = Duration::from_secs(2);

/// Retries while another process is creating the file, and the pause between them: SQLite's busy
/// timeout does not cover choosing the journal mode.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// SQLite has one writer at a time; a few readers beside it are plenty.
const SQLITE_CONNECTIONS: u32 = 4;

/// Short transactions need no more than to read what is committed, and this spares the gap
/// locks on which inserts meet.
const MYSQL_ISOLATION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

/// Time limits of the server's own. The comments are for one of the two only: MySQL limits
/// reads, in ms; MariaDB everything, in s.
const MYSQL_LIMITS: &str = "SET SESSION innodb_lock_wait_timeout = 2 \
    /*!80000 , SESSION max_execution_time = 2500 */ \
    /*M!100108 , SESSION max_statement_time = 2.5 */";

/// Whether the server takes changes. A primary that was replaced by another one goes on as a
/// read-only replica. Releases write the answer as a number or as a word.
const MYSQL_WRITABLE: &str = "SELECT CAST(@@global.read_only AS CHAR) IN ('0', 'OFF') \
    AND CAST(@@global.innodb_read_only AS CHAR) IN ('0', 'OFF')";

/// There is no such variable, or this login may not see it.
const MYSQL_TELLS_NOTHING: [u16; 2] = [1193, 1227];

/// Idle connections are closed before a server or a proxy on the way does it.
const IDLE: Duration = Duration::from_mins(1);

/// A younger connection to a read-only server is used all the same: there may be no other server,
/// and reading goes on.
const READ_ONLY_KEPT: Duration = Duration::from_secs(5);

impl Store {
    /// Opens the database that the settings name. An SQLite file is made if there is none;
    /// a server may be down, and is then connected to as soon as it is back.
    ///
    /// # Errors
    /// The data folder cannot be made, the URL cannot be read, or the file is not a database.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let Some(url) = &config.database_url else {
            folder::make_private(&config.data)?;
            let file = config.data.join("neurocare.sqlite");
            keep_private(&file)?;
            return open_sqlite(SqliteConnectOptions::new().filename(file)).await;
        };
        if url.starts_with("sqlite:") {
            let options =
                SqliteConnectOptions::from_str(url).context("DATABASE_URL cannot be read")?;
            if !url.contains(":memory:") && !url.contains("mode=memory") {
                keep_private(options.get_filename())?;
            }
            return open_sqlite(options).await;
        }
        if url.starts_with("mysql:") || url.starts_with("mariadb:") {
            let options =
                MySqlConnectOptions::from_str(url).context("DATABASE_URL cannot be read")?;
            return Ok(Self::MySql(open_mysql(
                options,
                config.database_connections,
            )));
        }
        bail!("DATABASE_URL must begin with \"sqlite:\", \"mysql:\" or \"mariadb:\"");
    }
}

/// Makes the file if there is none, for this user alone, and closes one that exists to others:
/// SQLite would let the whole machine read a new one. It gives the files that it makes beside it
/// the same rights.
fn keep_private(file: &Path) -> anyhow::Result<()> {
    folder::make_private_file(file)
        .with_context(|| format!("cannot make the database {}", file.display()))?;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = file.as_os_str().to_owned();
        file.push(suffix);
        if let Err(error) = folder::close_to_others(Path::new(&file)) {
            tracing::warn!(%error, file = %file.display(), "others on this machine may read the database");
        }
    }
    Ok(())
}

async fn open_sqlite(options: SqliteConnectOptions) -> anyhow::Result<Store> {
    let options = options
        .create_if_missing(true)
        // Readers go on while one writes.
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives the loss of power too, not only of the process.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Deleted rows are overwritten in what is written anyway. To overwrite freed pages as well
        // would take longer than a transaction may, for an account that is full.
        .pragma("secure_delete", "FAST")
        .busy_timeout(WAIT);
    let mut tries = 0;
    loop {
        let opened = SqlitePoolOptions::new()
            .max_connections(SQLITE_CONNECTIONS)
            .acquire_timeout(WAIT)
            .connect_with(options.clone())
            .await
            .map_err(StoreError::from);
        tries += 1;
        match opened {
            Err(StoreError::Contended(_)) if tries < TRIES => tokio::time::sleep(PAUSE).await,
            opened => {
                let pool = opened.context("cannot open the database")?;
                return Ok(Store::Sqlite(pool, Arc::new(Semaphore::new(1))));
            }
        }
    }
}

/// Whether a server that is asked for [`MYSQL_WRITABLE`] has answered that it does not say.
fn tells_nothing(error: &sqlx::Error) -> bool {
    let fault = error.as_database_error();
    let fault = fault.and_then(|it| it.try_downcast_ref::<MySqlDatabaseError>());
    fault.is_some_and(|fault| MYSQL_TELLS_NOTHING.contains(&fault.number()))
}

fn open_mysql(options: MySqlConnectOptions, connections: u32) -> MySqlPool {
    MySqlPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT)
        // A server may be restarted and a proxy may forget: connections do not grow old.
        .max_lifetime(Duration::from_mins(30))
        .idle_timeout(IDLE)
        .after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute(MYSQL_ISOLATION).await?;
                connection.execute(MYSQL_LIMITS).await?;
                Ok(())
            })
        })
        // Replaces sqlx's ping: this query also shows that the connection is alive.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                match sqlx::query_scalar::<_, i64>(MYSQL_WRITABLE)
                    .fetch_one(connection)
                    .await
                {
                    Ok(0) if meta.age > READ_ONLY_KEPT => {
                        tracing::info!("the database server is read-only: connecting anew");
                        Ok(false)
                    }
                    Ok(_) => Ok(true),
                    // A relative of MySQL that does not tell has answered, and is used.
                    Err(error) if tells_nothing(&error) => Ok(true),
                    // Also what a server says last on a connection that it closes (4031).
                    Err(error) => Err(error),
                }
            })
        })
        .connect_lazy_with(options)
}
