//! Second factors of accounts: the secret of an authenticator app, and recovery codes.

use time::Duration;

use super::account::{Account, AccountId};
use super::event::Note;
use super::{Store, StoreError};
use crate::clock::{Moment, now};
use crate::token::HashedToken;

/// How long a new secret waits for the first code made from it.
pub const ENROLMENT: Duration = Duration::hours(1);

/// Uses up, within a transaction, what proves the second factor of an account's number; whether it
/// was still good.
macro_rules! use_up {
    ($tx:ident, $account:expr, $proof:expr) => {{
        let used = match $proof {
            $crate::store::second_factor::Proof::Code { before, step } => sqlx::query(
                "UPDATE second_factors SET last_step = ? \
                 WHERE account_id = ? AND last_step = ? AND waiting_since IS NULL",
            )
            .bind(*step)
            .bind($account)
            .bind(*before)
            .execute(&mut *$tx)
            .await?
            .rows_affected(),
            $crate::store::second_factor::Proof::Recovery(code) => {
                sqlx::query("DELETE FROM recovery_codes WHERE account_id = ? AND code_hash = ?")
                    .bind($account)
                    .bind(code.as_bytes())
                    .execute(&mut *$tx)
                    .await?
                    .rows_affected()
            }
        };
        used == 1
    }};
}

/// Uses up, within a transaction, a [`SecondStep`] of an account's number; whether it was still
/// good.
macro_rules! take_step {
    ($tx:ident, $account:expr, $step:expr) => {{
        let is_good = use_up!($tx, $account, &$step.proof);
        let taken =
            sqlx::query("DELETE FROM pending_sign_ins WHERE token_hash = ? AND account_id = ?")
                .bind($step.pending.as_bytes())
                .bind($account)
                .execute(&mut *$tx)
                .await?;
        if let Some(note) = &$step.note {
            record!($tx, Some($account), note);
        }
        is_good && taken.rows_affected() == 1
    }};
}

/// Demands, within a transaction, that signing in to the account of a number asks for no second
/// factor; [`StoreError::Outdated`] if it does by now.
macro_rules! demand_no_factor {
    ($tx:ident, $account:expr) => {
        let on: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM second_factors WHERE account_id = ? AND waiting_since IS NULL",
        )
        .bind($account)
        .fetch_one(&mut *$tx)
        .await?;
        if on > 0 {
            return Err($crate::store::StoreError::Outdated);
        }
    };
}

/// Stores, within a transaction, these recovery codes of an account's number in the place of all
/// others.
macro_rules! store_codes {
    ($tx:ident, $account:expr, $codes:expr) => {
        sqlx::query("DELETE FROM recovery_codes WHERE account_id = ?")
            .bind($account)
            .execute(&mut *$tx)
            .await?;
        for code in $codes {
            sqlx::query("INSERT INTO recovery_codes (account_id, code_hash) VALUES (?, ?)")
                .bind($account)
                .bind(code.as_bytes())
                .execute(&mut *$tx)
                .await?;
        }
    };
}

/// Removes, within a transaction, the second factor of an account's number, with its recovery codes
/// and the sign-ins that wait for it; whether there was one.
macro_rules! remove_factor {
    ($tx:ident, $account:expr) => {{
        let removed = sqlx::query("DELETE FROM second_factors WHERE account_id = ?")
            .bind($account)
            .execute(&mut *$tx)
            .await?;
        for statement in [
            "DELETE FROM recovery_codes WHERE account_id = ?",
            "DELETE FROM pending_sign_ins WHERE account_id = ?",
        ] {
            sqlx::query(statement)
                .bind($account)
                .execute(&mut *$tx)
                .await?;
        }
        removed.rows_affected() == 1
    }};
}

/// The second factor of an account.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Key of the codes.
    pub(crate) secret: Vec<u8>,
    /// Step of the last code that was used.
    pub(crate) last_step: i64,
    waiting_since: Option<Moment>,
}

from_row!(SecondFactor {
    secret: Vec<u8>,
    last_step: i64,
    waiting_since: Option<Moment>
});

/// Nothing of it is ever printed.
impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor").finish_non_exhaustive()
    }
}

impl SecondFactor {
    /// Whether signing in asks for it; else it still waits for its first code.
    pub fn is_on(&self) -> bool {
        self.waiting_since.is_none()
    }
}

/// What proves a second factor, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The code of a step.
    Code {
        /// Step of the last code that was used before, as it was when the code was compared.
        before: i64,
        /// The code's.
        step: i64,
    },
    /// A recovery code.
    Recovery(HashedToken),
}

/// The second step of a sign-in.
#[derive(Debug)]
pub struct SecondStep {
    /// The sign-in that waits for it.
    pub pending: HashedToken,
    /// What was given.
    pub proof: Proof,
    /// For the audit, if it was a recovery code.
    pub note: Option<Note>,
}

impl Store {
    /// The second factor of an account, on or still waiting for its first code.
    pub async fn second_factor(
        &self,
        account: AccountId,
    ) -> Result<Option<SecondFactor>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT secret, last_step, waiting_since FROM second_factors \
                 WHERE account_id = ? AND (waiting_since IS NULL OR waiting_since > ?)",
            )
            .bind(account.0)
            .bind(now().saturating_sub(ENROLMENT))
            .fetch_optional(pool)
        })
    }

    /// How many recovery codes of an account are left.
    pub async fn recovery_codes(&self, account: AccountId) -> Result<i64, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE account_id = ?")
                .bind(account.0)
                .fetch_one(pool)
        })
    }

    /// Stores a new secret, which waits for its first code, in the place of one that waited before.
    /// [`StoreError::Taken`] if the account has a second factor that is on.
    pub async fn enrol(&self, account: &Account, secret: &[u8]) -> Result<(), StoreError> {
        let id = account.id();
        transaction!(self, |tx| {
            demand!(tx, id.0, "password_hash", account.password_hash.as_str());
            sqlx::query(
                "DELETE FROM second_factors WHERE account_id = ? AND waiting_since IS NOT NULL",
            )
            .bind(id.0)
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "INSERT INTO second_factors (account_id, secret, last_step, waiting_since) VALUES (?, ?, 0, ?)",
            )
            .bind(id.0)
            .bind(secret)
            .bind(now())
            .execute(&mut *tx)
            .await?;
        })
    }

    /// Switches on the second factor with this secret, whose first code is that of `step`, and
    /// stores its recovery codes; `false`, with nothing changed, if the account has another one by
    /// now, or it is on already. [`StoreError::Outdated`] if the account, as it was read, has
    /// another password by now.
    pub async fn switch_on(
        &self,
        account: &Account,
        secret: &[u8],
        step: i64,
        codes: &[HashedToken],
        note: &Note,
    ) -> Result<bool, StoreError> {
        let id = account.id();
        transaction!(self, |tx| {
            demand!(tx, id.0, "password_hash", account.password_hash.as_str());
            let switched = sqlx::query(
                "UPDATE second_factors SET waiting_since = NULL, last_step = ? \
                 WHERE account_id = ? AND secret = ? AND waiting_since IS NOT NULL",
            )
            .bind(step)
            .bind(id.0)
            .bind(secret)
            .execute(&mut *tx)
            .await?;
            if switched.rows_affected() == 0 {
                return Ok(false);
            }
            store_codes!(tx, id.0, codes);
            record!(tx, Some(id.0), note);
            true
        })
    }

    /// Switches the second factor off; [`StoreError::Outdated`] if the account has another password
    /// by now than the one that was proved. `false`, with nothing changed, if the proof was used
    /// before.
    pub async fn switch_off(
        &self,
        account: AccountId,
        proved: &str,
        proof: &Proof,
        note: &Note,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            demand!(tx, account.0, "password_hash", proved);
            if !use_up!(tx, account.0, proof) || !remove_factor!(tx, account.0) {
                return Ok(false);
            }
            record!(tx, Some(account.0), note);
            true
        })
    }

    /// Stores other recovery codes; errors and `false` as of [`Self::switch_off`].
    pub async fn renew_codes(
        &self,
        account: AccountId,
        proved: &str,
        proof: &Proof,
        codes: &[HashedToken],
        note: &Note,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            demand!(tx, account.0, "password_hash", proved);
            if !use_up!(tx, account.0, proof) {
                return Ok(false);
            }
            store_codes!(tx, account.0, codes);
            record!(tx, Some(account.0), note);
            true
        })
    }

    /// Switches the second factor off, as the operator wishes; `false` if there is none.
    pub async fn reset_second_factor(
        &self,
        account: AccountId,
        note: &Note,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            if !remove_factor!(tx, account.0) {
                return Ok(false);
            }
            record!(tx, Some(account.0), note);
            true
        })
    }
}
