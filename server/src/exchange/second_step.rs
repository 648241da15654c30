//! Signing in with the second factor, after the password (OWASP ASVS 5.0, 6.3.3).

use app::api::ApiError;
use app::api::account::Me;
use axum::http::header::SET_COOKIE;

use super::account::me;
use super::second_factor::read;
use super::{Exchange, cookie};
use crate::store::StoreError;
use crate::store::account::Account;
use crate::store::event::Event;
use crate::store::second_factor::{Proof, SecondStep};

impl Exchange {
    /// Begins a sign-in that waits for the second factor in this browser. `false` if the account
    /// has another hash by now than the one that the password was compared with.
    pub(super) async fn begin_second_step(&self, account: &Account) -> Result<bool, ApiError> {
        let (token, value) = cookie::PENDING.issue().ok_or(ApiError::Server)?;
        let note = self.note(Event::CodeAsked);
        let begun = self
            .state
            .store
            .add_pending_sign_in(account, &token.hash(), self.pending.as_ref(), &note)
            .await;
        match begun {
            Err(StoreError::Outdated) => return Ok(false),
            begun => begun?,
        }
        note.tell();
        self.set_header(SET_COOKIE, value);
        Ok(true)
    }

    /// Signs in whoever has given the right password in this browser, and now gives the second
    /// factor. Whoever gave none, took too long or has tried too often must give it again.
    pub(super) async fn sign_in_code(&self, code: &str) -> Result<Me, ApiError> {
        let store = &self.state.store;
        let pending = self.pending.clone().ok_or(ApiError::SignedOut)?;
        // What cannot be a code is no try.
        let typed = read(code)?;
        let id = store
            .count_try(&pending)
            .await?
            .ok_or(ApiError::SignedOut)?;
        let proof = match self.proof(id, typed).await {
            Err(held_up @ ApiError::TooManyAttempts { .. }) => {
                // Nobody looks at it, so it does not count.
                store.take_back_try(&pending).await?;
                return Err(held_up);
            }
            proof => proof?,
        };
        let account = store.account(id).await?.ok_or(ApiError::SignedOut)?;
        let shown = me(&account)?;
        let is_recovery = matches!(proof, Proof::Recovery(_));
        let second = SecondStep {
            pending,
            proof,
            note: is_recovery.then(|| self.note(Event::RecoveryCodeUsed)),
        };
        if !self.begin_session(account, Some(second)).await?? {
            return Err(self.wrong_code(id).await);
        }
        if let Some(gone) = cookie::PENDING.clear() {
            self.set_header(SET_COOKIE, gone);
        }
        Ok(shown)
    }
}
