//! How often a password may be guessed, by a client and altogether, and a code of an app.

use app::api::ApiError;

use super::Exchange;
use crate::store::account::AccountId;
use crate::store::attempt::{ACCOUNT, CODE, PASSWORD, Policy, THROTTLED, Turn};
use crate::store::event::Event;

impl Exchange {
    /// Counts a guess at the password of an address, or refuses it. It is counted by address and
    /// client, so that nobody elsewhere uses up the owner's turns, and by address alone, which
    /// holds up many clients that guess together.
    pub(super) async fn guess(&self, email_key: &str) -> Result<(), ApiError> {
        let from_here = self.guess_from_here(email_key);
        self.guess_by(&PASSWORD, &from_here, email_key).await?;
        let turn = self.guess_by(&ACCOUNT, email_key, email_key).await;
        if turn.is_err() {
            // Nobody looks at it, so it does not count.
            self.state
                .store
                .take_back_attempt(&PASSWORD, &from_here)
                .await?;
        }
        turn
    }

    /// Counts a guess by one policy. One that is refused is an event, too: for the account, if
    /// there is one, whoever shares what it was counted by.
    pub(super) async fn guess_by(
        &self,
        policy: &Policy,
        who: &str,
        email_key: &str,
    ) -> Result<(), ApiError> {
        let turn = self.turn(policy, who).await;
        if self.is_event(policy, who, &turn).await? {
            let account = self.state.store.account_by_email(email_key).await?;
            let account = account.map(|account| account.id());
            self.record(account, Event::SignInThrottled).await?;
        }
        turn
    }

    /// Counts a try of a code of an account's app, or refuses it, which is an event, too: whoever
    /// tries knows the password.
    pub(super) async fn try_code(&self, account: AccountId) -> Result<(), ApiError> {
        let who = account.0.to_string();
        let turn = self.turn(&CODE, &who).await;
        if self.is_event(&CODE, &who, &turn).await? {
            self.record(Some(account), Event::CodeThrottled).await?;
        }
        turn
    }

    /// Whether an attempt that had this turn was refused, and is to be recorded.
    async fn is_event(
        &self,
        policy: &Policy,
        who: &str,
        turn: &Result<(), ApiError>,
    ) -> Result<bool, ApiError> {
        if !matches!(turn, Err(ApiError::TooManyAttempts { .. })) {
            return Ok(false);
        }
        let held_up_by = [policy.name, "\0", who].concat();
        let recorded = self.state.store.attempt(&THROTTLED, &held_up_by).await?;
        Ok(recorded == Turn::Now)
    }

    /// Takes back a guess that was counted and that nobody looks at.
    pub(super) async fn take_back_guess(&self, email_key: &str) -> Result<(), ApiError> {
        let (store, from_here) = (&self.state.store, self.guess_from_here(email_key));
        store.take_back_attempt(&PASSWORD, &from_here).await?;
        Ok(store.take_back_attempt(&ACCOUNT, email_key).await?)
    }

    /// Forgets the guesses from here and altogether: the owner has proved to be here.
    pub(super) async fn forget_guesses(&self, email_key: &str) -> Result<(), ApiError> {
        let store = &self.state.store;
        let from_here = self.guess_from_here(email_key);
        store.forget_attempts(&PASSWORD, &from_here).await?;
        Ok(store.forget_attempts(&ACCOUNT, email_key).await?)
    }

    /// The client first: what somebody typed as an e-mail address may hold the separator.
    fn guess_from_here(&self, email_key: &str) -> String {
        format!("{}\0{email_key}", self.counted_address())
    }
}
