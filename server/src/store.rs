//! The database behind accounts and history: one store, two engines.
//!
//! `DATABASE_URL` alone decides which: an embedded SQLite file, or a MySQL or MariaDB server.
//! The same statements run on both (`migrations/README.md` has the portable subset); only
//! opening, beginning a transaction and the migration's lock differ.
//!
//! | module | what |
//! |---|---|
//! | `engine` | opening either engine |
//! | [`schema`] | `migrations/`, embedded |
//! | `lease` | one migration at a time on MySQL and MariaDB |
//! | `error` | why a statement did not succeed, as far as it matters to the asker |
//! | `row` | rows as values |
//! | `run` | running statements: time limits, transactions, trying again |
//! | `proof` | what was read of an account and must still be so |
//! | [`account`], [`address_change`], [`session`], [`reset`] | who may sign in, who is signed in |
//! | [`second_factor`], [`pending_sign_in`] | codes of apps and recovery codes; who has yet to give one |
//! | `deletion` | deleting an account, as much as it may have stored |
//! | [`attempt`], [`event`] | throttling and the audit |
//! | [`letter`] | letters that are under way |
//! | [`analysis`], [`caption`], [`history`] | what was saved, its label and day, and finding it again |
//! | [`pairing`] | what readers say of lesions of two analyses |
//! | [`sweep`] | removing what has expired |
//! | `backup` | a copy of the embedded database |

mod engine;
mod error;
mod lease;
#[macro_use]
mod row;
#[macro_use]
mod run;
#[macro_use]
mod proof;
#[macro_use]
pub mod event;
#[macro_use]
pub mod second_factor;
#[macro_use]
pub mod session;
#[macro_use]
pub mod address_change;
#[macro_use]
pub mod reset;
pub mod account;
pub mod analysis;
pub mod attempt;
mod backup;
pub mod caption;
mod deletion;
pub mod history;
pub mod letter;
pub mod pairing;
pub mod pending_sign_in;
pub mod schema;
pub mod sweep;

use std::sync::Arc;

use sqlx::{MySqlPool, SqlitePool};
use tokio::sync::Semaphore;

pub use error::StoreError;

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub enum Store {
    /// The embedded file, and the turn to write to it: who waits for that holds none of the
    /// connections, which readers need.
    Sqlite(SqlitePool, Arc<Semaphore>),
    /// A MySQL or MariaDB server.
    MySql(MySqlPool),
}

impl Store {
    /// Ends all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool, _) => pool.close().await,
            Self::MySql(pool) => pool.close().await,
        }
    }

    /// Connections that are open, and those of them that wait for work.
    pub fn connections(&self) -> (u32, usize) {
        match self {
            Self::Sqlite(pool, _) => (pool.size(), pool.num_idle()),
            Self::MySql(pool) => (pool.size(), pool.num_idle()),
        }
    }
}
