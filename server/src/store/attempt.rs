//! Throttling, kept in the database so that it holds over all servers and restarts
//! (OWASP ASVS 5.0, 6.1.1 and 6.3.1).
//!
//! Some attempts are free; after them, each must wait longer than the one before, up to a limit.
//! Nobody is locked out for good, and an attempt that comes too early does not count. But all who
//! are counted together share their turns, and who is quick can take every one of them. What keeps
//! strangers and owner apart is therefore by whom a policy counts ([`PASSWORD`], [`ACCOUNT`]).

use sha2::{Digest as _, Sha256};
use time::Duration;

use super::{Store, StoreError};
use crate::clock::{Moment, now};

/// How many attempts of one kind are free, and how long the following ones wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Names what is counted.
    pub name: &'static str,
    /// Attempts without a wait.
    pub free: i32,
    /// The first wait; each further one is twice as long.
    pub first: Duration,
    /// The longest.
    pub longest: Duration,
    /// Without an attempt for this long, counting begins again.
    pub memory: Duration,
}

/// Sign-ins and other proofs of a password, by account and client: guessing from elsewhere does not
/// hold the owner up.
pub const PASSWORD: Policy = Policy {
    name: "password",
    free: 5,
    first: Duration::seconds(1),
    longest: Duration::seconds(60),
    memory: Duration::hours(1),
};

/// The same by account alone, for guesses from many places. One client gets a turn only once in
/// [`PASSWORD`]'s longest wait, of which the longest here is a small part: the rest is the owner's.
pub const ACCOUNT: Policy = Policy {
    name: "account",
    free: 100,
    first: Duration::seconds(1),
    longest: Duration::seconds(5),
    memory: Duration::hours(1),
};

/// Sign-ins by address: a clinic may share one.
pub const ADDRESS: Policy = Policy {
    name: "address",
    free: 30,
    first: Duration::seconds(1),
    longest: Duration::seconds(60),
    memory: Duration::hours(1),
};

/// Registrations by address.
pub const REGISTER: Policy = Policy {
    name: "register",
    free: 10,
    first: Duration::minutes(1),
    longest: Duration::minutes(15),
    memory: Duration::hours(1),
};

/// Letters about registering and about a new address that anybody can have sent to an e-mail
/// address, by that address, whether it has an account or not.
pub const LETTER: Policy = Policy {
    name: "letter",
    free: 3,
    first: Duration::minutes(5),
    longest: Duration::minutes(20),
    memory: Duration::hours(1),
};

/// Letters with a link for a new password, by e-mail address. They are counted apart: whoever goes
/// on registering with the address of somebody else would keep the owner from getting one. Whoever
/// goes on asking for links in the owner's place sends the owner one each time.
pub const LINK: Policy = Policy {
    name: "link",
    ..LETTER
};

/// Asking for and using such links, by address.
pub const RESET: Policy = Policy {
    name: "reset",
    free: 20,
    first: Duration::seconds(10),
    longest: Duration::minutes(5),
    memory: Duration::hours(1),
};

/// Downloads of what is stored, by account: each reads nearly all of it.
pub const EXPORT: Policy = Policy {
    name: "export",
    free: 5,
    first: Duration::minutes(1),
    longest: Duration::minutes(15),
    memory: Duration::hours(1),
};

/// Saves, by account: whoever deletes in between never meets the quota, and every deletion leaves a
/// number behind. A day's work is free, and a browser that has to wait tries again by itself.
pub const SAVE: Policy = Policy {
    name: "save",
    free: 500,
    first: Duration::seconds(1),
    longest: Duration::minutes(1),
    memory: Duration::hours(1),
};

/// The longest memory of any policy: older rows say nothing.
pub const MEMORY: Duration = Duration::hours(1);

impl Policy {
    /// The wait after the attempt number `made`.
    pub fn wait(&self, made: i32) -> Duration {
        let beyond = made.saturating_sub(self.free);
        if beyond < 0 {
            return Duration::ZERO;
        }
        // 2^16 times the shortest first wait is beyond every longest one.
        let factor = 1_i32 << beyond.min(16);
        self.first.saturating_mul(factor).min(self.longest)
    }

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
            // Locks the row until the end of the transaction.
            let counted = sqlx::query("UPDATE attempts SET made = made + 1 WHERE subject = ?")
                .bind(subject.as_slice())
                .execute(&mut *tx)
                .await?;
            if counted.rows_affected() == 0 {
                let until = at.saturating_add(policy.wait(1));
                sqlx::query("INSERT INTO attempts (subject, made, blocked_until, last_at) VALUES (?, 1, ?, ?)")
                    .bind(subject.as_slice())
                    .bind(until)
                    .bind(at)
                    .execute(&mut *tx)
                    .await?;
            } else {
                let (made, until, last): (i32, Moment, Moment) = sqlx::query_as(
                    "SELECT made, blocked_until, last_at FROM attempts WHERE subject = ?",
                )
                .bind(subject.as_slice())
                .fetch_one(&mut *tx)
                .await?;
                // Free attempts may come at once, and the clocks of two servers differ a little: there is
                // no wait where the attempt before began none.
                let wait = until - at;
                if wait.is_positive()
                    && wait <= policy.memory
                    && policy.wait(made - 1).is_positive()
                {
                    return Ok(Turn::In(seconds(wait)));
                }
                // What lies far ahead was written while a clock was wrong.
                let made = if (at - last).abs() > policy.memory {
                    1
                } else {
                    made
                };
                sqlx::query("UPDATE attempts SET made = ?, blocked_until = ?, last_at = ? WHERE subject = ?")
                    .bind(made)
                    .bind(at.saturating_add(policy.wait(made)))
                    .bind(at)
                    .bind(subject.as_slice())
                    .execute(&mut *tx)
                    .await?;
            }
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

    /// Takes back one counted attempt of a subject, because it has succeeded or nobody has looked at it. The
    /// subject's wait ends with it; its other attempts stay counted.
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
    fn asvs_6_1_1_waits_double_from_one_second_to_a_minute_and_never_more() {
        let waits: Vec<i64> = (1..=13)
            .map(|made| PASSWORD.wait(made).whole_seconds())
            .collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(PASSWORD.wait(i32::MAX), PASSWORD.longest);
    }

    #[test]
    fn one_client_leaves_most_turns_of_an_account_to_others() {
        let waits = [99, 100, 101, 102, 1000].map(|made| ACCOUNT.wait(made).whole_seconds());
        assert_eq!(waits, [0, 1, 2, 4, 5]);
        assert!(ACCOUNT.wait(i32::MAX) * 10 <= PASSWORD.wait(i32::MAX));
    }

    #[test]
    fn every_policy_is_forgotten_within_the_longest_memory() {
        for policy in [
            PASSWORD, ACCOUNT, ADDRESS, REGISTER, LETTER, LINK, RESET, EXPORT, SAVE,
        ] {
            assert!(
                policy.memory <= MEMORY && policy.longest < policy.memory,
                "{}",
                policy.name
            );
        }
    }

    #[test]
    fn subjects_of_different_policies_are_different() {
        assert_ne!(PASSWORD.subject("x"), ADDRESS.subject("x"));
    }
}
