//! Running statements on whichever engine is open, under a time limit.
//!
//! Two macros instead of a trait: sqlx's types name the engine, and the bounds that make a
//! function generic over it are longer than the statements.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::StoreError;

/// Longest time for a statement or a transaction, waiting for a connection included.
pub(crate) const LIMIT: Duration = Duration::from_millis(2800);

/// Attempts at a transaction that others keep getting in the way of.
const ATTEMPTS: u32 = 6;

/// No attempt begins later than this after the first one: waiting for a lock takes its own time.
const LAST_ATTEMPT: Duration = Duration::from_millis(1500);

/// Runs an expression with `$pool`, the open engine's pool.
macro_rules! on_engine {
    ($store:expr, |$pool:ident| $work:expr) => {
        match $store {
            $crate::store::Store::Sqlite($pool, _) => $crate::store::run::within($work).await,
            $crate::store::Store::MySql($pool) => $crate::store::run::within($work).await,
        }
    };
}

/// Runs a block as one transaction with `$tx`, again from its beginning if another one was
/// in the way. `return` leaves the transaction and undoes it.
///
/// `BEGIN IMMEDIATE` takes SQLite's write lock first: a transaction that reads first fails with
/// `SQLITE_BUSY` when it writes after another one has written.
macro_rules! transaction {
    ($store:expr, |$tx:ident| $work:block) => {{
        let mut patience = $crate::store::run::Patience::new();
        loop {
            let outcome = match $store {
                $crate::store::Store::Sqlite(pool, writing) => {
                    $crate::store::run::whole(async {
                        // It is never closed.
                        let turn = writing.acquire().await;
                        let mut $tx = pool.begin_with("BEGIN IMMEDIATE").await?;
                        let value = $work;
                        $tx.commit().await?;
                        drop(turn);
                        Ok(value)
                    })
                    .await
                }
                $crate::store::Store::MySql(pool) => {
                    $crate::store::run::whole(async {
                        let mut $tx = pool.begin().await?;
                        let value = $work;
                        $tx.commit().await?;
                        Ok(value)
                    })
                    .await
                }
            };
            match outcome {
                Err($crate::store::StoreError::Contended(_)) if patience.lasts().await => (),
                outcome => break outcome,
            }
        }
    }};
}

/// Lets nobody else save, correct, delete or pair anything in an account until the transaction
/// ends: what looks before it writes needs that. Changes nothing. SQLite has one writer at a time
/// as it is.
macro_rules! hold_account {
    ($tx:ident, $account:expr) => {
        sqlx::query("UPDATE usages SET analyses = analyses WHERE account_id = ?")
            .bind($account)
            .execute(&mut *$tx)
            .await?;
    };
}

/// Bytes of all accounts together, where these have a limit: nobody saves anything then until the
/// transaction ends. Else 0, and the account alone is held. Rows of usages come first in a
/// transaction: what is looked up from there on stays so until its end.
macro_rules! hold_usages {
    ($store:expr, $tx:ident, $account:expr, $total_bytes:expr) => {
        if $total_bytes.is_some() {
            let bytes: i64 = sqlx::query_scalar($store.sum_of_usages())
                .fetch_one(&mut *$tx)
                .await?;
            bytes
        } else {
            hold_account!($tx, $account);
            0
        }
    };
}

/// Holds work to [`LIMIT`].
pub(crate) async fn within<T, E: Into<StoreError>>(
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, StoreError> {
    match timeout(LIMIT, work).await {
        Ok(outcome) => outcome.map_err(Into::into),
        Err(_) => Err(StoreError::Unavailable(format!(
            "no answer within {} ms",
            LIMIT.as_millis()
        ))),
    }
}

/// [`within`] for a block whose faults are converted already.
pub(crate) async fn whole<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    within(work).await
}

/// How often a transaction is tried, and how long it waits in between.
#[derive(Debug)]
pub(crate) struct Patience {
    attempt: u32,
    begin: Instant,
}

impl Patience {
    pub(crate) fn new() -> Self {
        Self {
            attempt: 1,
            begin: Instant::now(),
        }
    }

    /// Waits before the next attempt; `false` if there is none left.
    pub(crate) async fn lasts(&mut self) -> bool {
        if self.attempt >= ATTEMPTS || self.begin.elapsed() > LAST_ATTEMPT {
            return false;
        }
        metrics::counter!("neurocare_transactions_repeated_total").increment(1);
        // Two that got in each other's way must not meet again: half of the wait is chance.
        let wait = 10 << self.attempt;
        let chance = u64::from(getrandom::u32().unwrap_or(0)) % wait;
        sleep(Duration::from_millis(wait / 2 + chance / 2)).await;
        self.attempt += 1;
        true
    }
}
