//! Throttling, kept in the database so that it holds over all servers and restarts
//! (OWASP ASVS 5.0, 6.1.1 and 6.3.1).
//!
//! Some attempts are free; after them, each must wait longer than the one before, up to a limit
//! (`attempt/policy.rs`). Nobody is locked out for good, and an attempt that comes too early does
//! not count. But all who are counted together share their turns, and who is quick can take every
//! one of them. What keeps strangers and owner apart is therefore by whom a policy counts
//! ([`PASSWORD`], [`ACCOUNT`], [`CODE`]).

mod policy;

use sha2::{Digest as _, Sha256};
use time::Duration;

use self::policy::Counted;
pub use self::policy::{
    ACCOUNT, ADDRESS, CODE, COURSE, EXPORT, FINDINGS, JUDGED, LETTER, LINK, MEMORY, PASSWORD,
    Policy, REGISTER, RESET, SAVE, THROTTLED,
};
use super::{Store, StoreError};
use crate::clock::{Moment, now};

impl Policy {
    fn subject(&self, who: &str) -> [u8; 32] {
        Sha256::digest(format!("{}\0{who}", self.name)).into()
    }
}

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Yes; it has been counted.
    Now,
    /// Not before this many seconds.
    In(u32),
}

impl Store {
    /// Counts an attempt, before it is made: many at once count as many.
    pub async fn attempt(&self, policy: &Policy, who: &str) -> Result<Turn, StoreError> {
        match self.count(policy, who).await {
            // Another server counted this subject's first attempt at the same moment.
            Err(StoreError::Taken) => self.count(policy, who).await,
            outcome => outcome,
        }
    }

    async fn count(&self, policy: &Policy, who: &str) -> Result<Turn, StoreError> {
        let (subject, at) = (policy.subject(who), now());
        transaction!(self, |tx| {
            // Changes nothing, and locks the row until the end of the transaction.
            let known = sqlx::query("UPDATE attempts SET made = made WHERE subject = ?")
                .bind(subject.as_slice())
                .execute(&mut *tx)
                .await?;
            let is_new = known.rows_affected() == 0;
            let before = if is_new {
                None
            } else {
                let (made, until, last): (i32, Moment, Moment) = sqlx::query_as(
                    "SELECT made, blocked_until, last_at FROM attempts WHERE subject = ?",
                )
                .bind(subject.as_slice())
                .fetch_one(&mut *tx)
                .await?;
                Some(Counted { made, until, last })
            };
            let counted = match policy.count(before, at) {
                Ok(counted) => counted,
                Err(wait) => return Ok(Turn::In(seconds(wait))),
            };
            let store = if is_new {
                "INSERT INTO attempts (made, blocked_until, last_at, subject) VALUES (?, ?, ?, ?)"
            } else {
                "UPDATE attempts SET made = ?, blocked_until = ?, last_at = ? WHERE subject = ?"
            };
            sqlx::query(store)
                .bind(counted.made)
                .bind(counted.until)
                .bind(counted.last)
                .bind(subject.as_slice())
                .execute(&mut *tx)
                .await?;
            Turn::Now
        })
    }

    /// Forgets the attempts of a subject: it has proved itself.
    pub async fn forget_attempts(&self, policy: &Policy, who: &str) -> Result<(), StoreError> {
        let subject = policy.subject(who);
        transaction!(self, |tx| {
            sqlx::query("DELETE FROM attempts WHERE subject = ?")
                .bind(subject.as_slice())
                .execute(&mut *tx)
                .await?;
        })
    }

    /// Takes back one counted attempt of a subject, because it has succeeded or nobody has looked
    /// at it. The subject's wait ends with it; its other attempts stay counted.
    pub async fn take_back_attempt(&self, policy: &Policy, who: &str) -> Result<(), StoreError> {
        let subject = policy.subject(who);
        let at = now();
        transaction!(self, |tx| {
            sqlx::query("UPDATE attempts SET made = made - 1, blocked_until = ? WHERE subject = ? AND made > 0")
                .bind(at)
                .bind(subject.as_slice())
                .execute(&mut *tx)
                .await?;
        })
    }
}

/// Rounded up.
fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.whole_seconds().saturating_add(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_of_different_policies_are_different() {
        assert_ne!(PASSWORD.subject("x"), ADDRESS.subject("x"));
    }
}
