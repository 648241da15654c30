//! Why the database did not do what was asked, as far as it matters to the asker.

/// A statement that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, is full or does not answer in time.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// Another transaction was in the way; trying again is right.
    #[error("another transaction was in the way")]
    Contended(#[source] sqlx::Error),
    /// A unique value is taken.
    #[error("a unique value is taken")]
    Taken,
    /// What it would belong to does not exist any more.
    #[error("what it belongs to does not exist")]
    Orphaned,
    /// What was read of it earlier, and what was to be done counted on, has been changed since.
    #[error("it was changed meanwhile")]
    Outdated,
    /// A fault of the statement or of what is stored.
    #[error("a statement is wrong: {0}")]
    Faulty(#[source] sqlx::Error),
}

/// There is no such table.
const MYSQL_MISSING_TABLE: u16 = 1146;

/// Deadlock, waited too long for a lock, and their relatives on clustered engines.
const MYSQL_CONTENDED: [u16; 7] = [1205, 1213, 3101, 3572, 8002, 8022, 9007];

/// Too many connections, shutting down, killed, broken or closed as idle, read-only, full,
/// statement took too long.
const MYSQL_UNAVAILABLE: [u16; 23] = [
    1021, 1040, 1044, 1045, 1047, 1053, 1114, 1129, 1158, 1159, 1160, 1161, 1203, 1226, 1290, 1317,
    1792, 1836, 1927, 1969, 3024, 3169, 4031,
];

/// Busy, locked.
const SQLITE_CONTENDED: [i32; 2] = [5, 6];

/// Read-only, interrupted, disk fault, full, cannot be opened.
const SQLITE_UNAVAILABLE: [i32; 5] = [8, 9, 10, 13, 14];

impl StoreError {
    /// Whether a table that was asked for does not exist.
    pub(super) fn is_missing_table(&self) -> bool {
        let Self::Faulty(sqlx::Error::Database(fault)) = self else {
            return false;
        };
        match fault.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
            Some(fault) => fault.number() == MYSQL_MISSING_TABLE,
            // SQLite has no code of its own for it.
            None => fault.message().starts_with("no such table"),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        match &error {
            Io(_) | Tls(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            sqlx::Error::Database(fault) if fault.is_unique_violation() => Self::Taken,
            sqlx::Error::Database(fault) if fault.is_foreign_key_violation() => Self::Orphaned,
            sqlx::Error::Database(fault) => match kind(fault.as_ref()) {
                Kind::Contended => Self::Contended(error),
                Kind::Unavailable => Self::Unavailable(error.to_string()),
                Kind::Faulty => Self::Faulty(error),
            },
            _ => Self::Faulty(error),
        }
    }
}

enum Kind {
    Contended,
    Unavailable,
    Faulty,
}

fn kind(fault: &dyn sqlx::error::DatabaseError) -> Kind {
    if let Some(fault) = fault.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        let number = fault.number();
        if MYSQL_CONTENDED.contains(&number) || fault.code() == Some("40001") {
            return Kind::Contended;
        }
        if MYSQL_UNAVAILABLE.contains(&number) {
            return Kind::Unavailable;
        }
    } else if let Some(code) = fault.code().and_then(|code| code.parse::<i32>().ok()) {
        // The lowest byte is the kind, the rest says more about it.
        let code = code & 0xff;
        if SQLITE_CONTENDED.contains(&code) {
            return Kind::Contended;
        }
        if SQLITE_UNAVAILABLE.contains(&code) {
            return Kind::Unavailable;
        }
    }
    Kind::Faulty
}
