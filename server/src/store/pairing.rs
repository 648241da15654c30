//! What readers say of two lesions of two analyses: that they are one, or are not.

use app::course::Paired;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::account::AccountId;
use super::{Store, StoreError};
use crate::clock::now;

/// Most of them in an account.
pub const MOST_PAIRINGS: i64 = 10_000;

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairOutcome {
    /// It holds from now on.
    Said,
    /// The account has not both analyses.
    Missing,
    /// The account is full.
    Full,
}

/// A row; numbers of lesions are as the documents have them.
#[derive(Debug)]
struct Row {
    first_id: Uuid,
    first_lesion: i32,
    second_id: Uuid,
    second_lesion: i32,
    is_one: bool,
}

from_row!(Row {
    first_id: Uuid,
    first_lesion: i32,
    second_id: Uuid,
    second_lesion: i32,
    is_one: bool
});

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT p.first_id, p.first_lesion, p.second_id, p.second_lesion, p.is_one FROM analyses a \
             JOIN pairings p ON p.first_id = a.id WHERE a.account_id = ? ",
            $rest,
            " ORDER BY p.said_at, p.first_id, p.second_id, p.first_lesion, p.second_lesion LIMIT ?"
        )
    };
}

const OF_ACCOUNT: &str = select!("");
const OF_LABEL: &str = select!("AND a.label = ?");

impl Store {
    /// Says that two lesions are one or are not, in the place of what was said before. A lesion is
    /// one with one lesion of the other analysis at most: what is said last counts.
    pub async fn say(
        &self,
        account: AccountId,
        analyses: [Uuid; 2],
        lesions: [i32; 2],
        is_one: bool,
    ) -> Result<PairOutcome, StoreError> {
        let ([first, second], [first_lesion, second_lesion]) = in_order(analyses, lesions);
        transaction!(self, |tx| {
            hold_account!(tx, account.0);
            let owned: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM analyses WHERE account_id = ? AND id IN (?, ?)",
            )
            .bind(account.0)
            .bind(first)
            .bind(second)
            .fetch_one(&mut *tx)
            .await?;
            if owned != 2 {
                return Ok(PairOutcome::Missing);
            }
            sqlx::query(
                "DELETE FROM pairings WHERE first_id = ? AND second_id = ? AND first_lesion = ? \
                 AND second_lesion = ?",
            )
            .bind(first)
            .bind(second)
            .bind(first_lesion)
            .bind(second_lesion)
            .execute(&mut *tx)
            .await?;
            if is_one {
                sqlx::query(
                    "DELETE FROM pairings WHERE first_id = ? AND second_id = ? AND is_one = ? \
                     AND (first_lesion = ? OR second_lesion = ?)",
                )
                .bind(first)
                .bind(second)
                .bind(true)
                .bind(first_lesion)
                .bind(second_lesion)
                .execute(&mut *tx)
                .await?;
            }
            let said: i64 = sqlx::query_scalar(
                "SELECT COUNT(*) FROM analyses a JOIN pairings p ON p.first_id = a.id \
                 WHERE a.account_id = ?",
            )
            .bind(account.0)
            .fetch_one(&mut *tx)
            .await?;
            if said >= MOST_PAIRINGS {
                return Ok(PairOutcome::Full);
            }
            sqlx::query(
                "INSERT INTO pairings (first_id, first_lesion, second_id, second_lesion, is_one, said_at) \
                 VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(first)
            .bind(first_lesion)
            .bind(second)
            .bind(second_lesion)
            .bind(is_one)
            .bind(now())
            .execute(&mut *tx)
            .await?;
            PairOutcome::Said
        })
    }

    /// Takes back what was said, all or nothing; what is not there any more is no fault.
    pub async fn take_back(&self, account: AccountId, said: &[Paired]) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            for said in said {
                let ([first, second], [m, n]) = (said.analyses, said.lesions);
                sqlx::query(
                    "DELETE FROM pairings WHERE first_id = ? AND second_id = ? AND first_lesion = ? \
                     AND second_lesion = ? AND first_id IN (SELECT id FROM analyses WHERE account_id = ?)",
                )
                .bind(first)
                .bind(second)
                .bind(m as i64)
                .bind(n as i64)
                .bind(account.0)
                .execute(&mut *tx)
                .await?;
            }
        })
    }

    /// All of an account, in the order in which it was said.
    pub async fn pairings(&self, account: AccountId) -> Result<Vec<Paired>, StoreError> {
        let rows: Vec<Row> = on_engine!(self, |pool| {
            sqlx::query_as(OF_ACCOUNT)
                .bind(account.0)
                .bind(MOST_PAIRINGS)
                .fetch_all(pool)
        })?;
        Ok(paired(rows))
    }

    /// Those of the analyses of a label, in that order.
    pub async fn pairings_of_label(
        &self,
        account: AccountId,
        label: &str,
    ) -> Result<Vec<Paired>, StoreError> {
        let rows: Vec<Row> = on_engine!(self, |pool| {
            sqlx::query_as(OF_LABEL)
                .bind(account.0)
                .bind(label)
                .bind(MOST_PAIRINGS)
                .fetch_all(pool)
        })?;
        Ok(paired(rows))
    }

    /// Those of any two of these analyses, in that order.
    pub async fn pairings_among(
        &self,
        account: AccountId,
        analyses: &[Uuid],
    ) -> Result<Vec<Paired>, StoreError> {
        let marks = vec!["?"; analyses.len()].join(", ");
        let statement = format!(
            select!("AND p.first_id IN ({0}) AND p.second_id IN ({0})"),
            marks
        );
        let rows: Vec<Row> = on_engine!(self, |pool| {
            let query = sqlx::query_as(AssertSqlSafe(statement)).bind(account.0);
            let twice = analyses.iter().chain(analyses);
            let query = twice.fold(query, |query, id| query.bind(*id));
            query.bind(MOST_PAIRINGS).fetch_all(pool)
        })?;
        Ok(paired(rows))
    }
}

/// The lower number first: what is said of two does not depend on which is named first.
fn in_order([a, b]: [Uuid; 2], [m, n]: [i32; 2]) -> ([Uuid; 2], [i32; 2]) {
    if a <= b {
        ([a, b], [m, n])
    } else {
        ([b, a], [n, m])
    }
}

fn paired(rows: Vec<Row>) -> Vec<Paired> {
    let number = |lesion: i32| usize::try_from(lesion).unwrap_or(0);
    let rows = rows.into_iter().map(|row| Paired {
        analyses: [row.first_id, row.second_id],
        lesions: [number(row.first_lesion), number(row.second_lesion)],
        is_one: row.is_one,
        is_carried: false,
    });
    rows.collect()
}
