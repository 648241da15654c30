//! Signing in with the second factor, after the password (OWASP ASVS 5.0, 6.3.3).

use app::api::ApiError;
use app::api::account::Me;
use axum::http::header::SET_COOKIE;

use super::account::me;
use super::second_factor::read;
use super::{Exchange, cookie};
use crate::letter::{FactorNews, Letter};
use crate::store::StoreError;
use crate::store::account::Account;
use crate::store::event::Event;
use crate::store::second_factor::{Proof, SecondStep};
use crate::store::session::NewSession;

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
        let (token, value) = cookie::SESSION.issue().ok_or(ApiError::Server)?;
        let signed_in = self.note(Event::SignedIn);
        let is_recovery = matches!(proof, Proof::Recovery(_));
        let recovered = is_recovery.then(|| self.note(Event::RecoveryCodeUsed));
        let (state, browser, before) =
            (self.state.clone(), self.browser.clone(), self.token.clone());
        let change = async move {
            let new = NewSession {
                account: account.id(),
                proved: &account.password_hash,
                second: Some(SecondStep {
                    pending: &pending,
                    proof: &proof,
                    note: recovered.as_ref(),
                }),
                token: &token.hash(),
                browser: &browser,
                before: before.as_ref(),
                note: &signed_in,
            };
            let is_begun = state.store.add_session(&new).await?;
            if is_begun {
                signed_in.tell();
                if let Some(note) = &recovered {
                    note.tell();
                    let letter = Letter::SecondFactor(FactorNews::CodeUsed);
                    state.post.send_later(&account.email, letter);
                }
            }
            Ok(is_begun)
        };
        if !self.to_its_end(change).await?? {
            return Err(self.wrong_code(id).await);
        }
        self.set_header(SET_COOKIE, value);
        if let Some(gone) = cookie::PENDING.clear() {
            self.set_header(SET_COOKIE, gone);
        }
        Ok(shown)
    }
}
