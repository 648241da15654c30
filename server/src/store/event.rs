//! What happened to accounts (OWASP ASVS 5.0, 16.3): for their owners and for audits.
//!
//! What changes something is recorded in the transaction of the change: neither is there without
//! the other, and no change that was made is answered as a failure because it could not be
//! recorded.

use super::account::AccountId;
use super::{Store, StoreError};
use crate::clock::Moment;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// An account was made.
    Registered,
    /// Somebody registered with an address that has an account.
    RegisteredAgain,
    /// Somebody signed in.
    SignedIn,
    /// A wrong password, or no such account.
    SignInFailed,
    /// Passwords were tried too often for another one to be looked at; once a minute.
    SignInThrottled,
    /// Somebody signed out, here or everywhere.
    SignedOut,
    /// A sign-in was ended from another.
    SignInEnded,
    /// Address or number was changed, or a letter sent to a new address.
    ProfileChanged,
    /// The link in the letter to a new address was followed.
    AddressChanged,
    /// A new address that waited for its link was withdrawn.
    AddressWithdrawn,
    /// The password was changed.
    PasswordChanged,
    /// A link for a new password was sent.
    ResetRequested,
    /// A new password was set with such a link.
    ResetApplied,
    /// The link of a letter was followed that is used, outdated or wrong.
    LinkRefused,
    /// What is stored about the account was downloaded.
    Exported,
    /// The account was deleted.
    Deleted,
    /// The password was right; the second factor was asked for.
    CodeAsked,
    /// A wrong code, or one that was used before.
    CodeFailed,
    /// Codes were tried too often for another one to be looked at; once a minute.
    CodeThrottled,
    /// The second factor was switched on.
    SecondFactorOn,
    /// It was switched off, by the owner or the operator.
    SecondFactorOff,
    /// Other recovery codes were made.
    RecoveryCodesMade,
    /// Somebody signed in with a recovery code.
    RecoveryCodeUsed,
    /// The operator keeps the account from being used.
    Disabled,
    /// The operator lets it be used again.
    Enabled,
}

impl Event {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::RegisteredAgain => "registered_again",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignInThrottled => "sign_in_throttled",
            Self::SignedOut => "signed_out",
            Self::SignInEnded => "sign_in_ended",
            Self::ProfileChanged => "profile_changed",
            Self::AddressChanged => "address_changed",
            Self::AddressWithdrawn => "address_withdrawn",
            Self::PasswordChanged => "password_changed",
            Self::ResetRequested => "reset_requested",
            Self::ResetApplied => "reset_applied",
            Self::LinkRefused => "link_refused",
            Self::Exported => "exported",
            Self::Deleted => "deleted",
            Self::CodeAsked => "code_asked",
            Self::CodeFailed => "code_failed",
            Self::CodeThrottled => "code_throttled",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::RecoveryCodesMade => "recovery_codes_made",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }
}

/// An event to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What happens.
    pub event: Event,
    /// The network that it comes from.
    pub network: String,
}

impl Note {
    /// Tells the log and the figures, once it is stored.
    pub(crate) fn tell(&self) {
        let event = self.event.name();
        tracing::info!(event, "account event");
        metrics::counter!("neurocare_account_events_total", "event" => event).increment(1);
    }
}

/// Records a [`Note`] of an account's number, if there is an account, within a transaction.
macro_rules! record {
    ($tx:ident, $account:expr, $note:expr) => {
        sqlx::query(
            "INSERT INTO auth_events (id, account_id, event, network, at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(uuid::Uuid::now_v7())
        .bind($account)
        .bind($note.event.name())
        .bind(&$note.network)
        .bind($crate::clock::now())
        .execute(&mut *$tx)
        .await?
    };
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// What happened, by name.
    pub event: String,
    /// The network that it came from.
    pub network: String,
    /// When.
    pub(crate) at: Moment,
}

from_row!(Recorded {
    event: String,
    network: String,
    at: Moment
});

impl Store {
    /// Records an event that changes nothing.
    pub async fn record(&self, account: Option<AccountId>, note: &Note) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            record!(tx, account.map(|account| account.0), note);
        })
    }

    /// The newest events of an account, at most 1000.
    pub async fn events(&self, account: AccountId) -> Result<Vec<Recorded>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT event, network, at FROM auth_events WHERE account_id = ? ORDER BY at DESC LIMIT 1000",
            )
            .bind(account.0)
            .fetch_all(pool)
        })
    }
}
