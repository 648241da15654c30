//! Proving and changing a password, with the old one or with a letter.

use app::api::ApiError;
use app::form::{NewPassword, PasswordChange, check_email};
use axum::http::header::SET_COOKIE;

use super::account::email_key;
use super::{Exchange, cookie};
use crate::clock;
use crate::letter::Letter;
use crate::password::Verdict;
use crate::router::AppState;
use crate::store::StoreError;
use crate::store::account::{Account, AccountId};
use crate::store::attempt::{LINK, RESET};
use crate::store::event::{Event, Note};
use crate::store::reset;
use crate::token::PlainToken;

impl Exchange {
    /// Asks for the present password once more; a wrong one is a fault of `field`.
    pub(super) async fn prove(
        &self,
        account: &Account,
        field: &str,
        password: String,
    ) -> Result<(), ApiError> {
        // A field that was left out is no guess.
        if password.is_empty() {
            let words = "Enter your current password.";
            return Err(ApiError::invalid(field, words));
        }
        let key = &account.email_key;
        self.guess(key).await?;
        let hash = Some(account.password_hash.clone());
        let verdict = self.state.hasher.verify(password, hash).await;
        if verdict.is_err() {
            self.take_back_guess(key).await?;
        }
        if verdict? == Verdict::Wrong {
            self.record(Some(account.id()), Event::SignInFailed).await?;
            return Err(ApiError::invalid(field, "This is not your password."));
        }
        self.forget_guesses(key).await
    }

    /// The session that asks goes on under a new token, as after a sign-in (7.2.4): whoever has
    /// copied the one before is signed out with all others.
    pub(super) async fn change_password(&self, form: PasswordChange) -> Result<(), ApiError> {
        let session = self.signed_in().await?;
        let account = self.account().await?;
        self.prove(&account, "current", form.current).await?;
        let hash = self.hash_new(&account, "new", form.new).await?;
        let (token, value) = cookie::SESSION.issue().ok_or(ApiError::Server)?;
        let note = self.note(Event::PasswordChanged);
        let (kept, token, state) = (session.id, token.hash(), self.state.clone());
        let change = async move {
            let (id, proved) = (account.id(), &account.password_hash);
            let kept = Some((kept, &token));
            state
                .store
                .change_password(id, proved, &hash, kept, &note)
                .await?;
            note.tell();
            state
                .post
                .send_later(&account.email, Letter::PasswordChanged);
            Ok(())
        };
        self.to_its_end(change).await??;
        self.set_header(SET_COOKIE, value);
        Ok(())
    }

    /// Judges a new password and hashes it; what is wrong with it is a fault of `field`.
    async fn hash_new(
        &self,
        account: &Account,
        field: &str,
        password: String,
    ) -> Result<String, ApiError> {
        let words = vec![
            account.name.clone(),
            account.email.clone(),
            account.mobile.clone().unwrap_or_default(),
        ];
        let hasher = &self.state.hasher;
        hasher
            .judge(&password, words)
            .await?
            .map_err(|error| match error {
                ApiError::Invalid { message, .. } => ApiError::invalid(field, message),
                other => other,
            })?;
        Ok(hasher.hash(password).await?)
    }

    /// The answer comes before it is known whether there is such an account (6.3.8).
    pub(super) async fn request_reset(&self, email: &str) -> Result<(), ApiError> {
        let email = check_email(email)?;
        let key = email_key(&email);
        self.turn(&RESET, &self.counted_address()).await?;
        self.turn(&LINK, &key).await?;
        let state = self.state.clone();
        let note = self.note(Event::ResetRequested);
        self.state.post.beside(async move {
            if let Err(error) = send_reset(&state, &key, &note).await {
                tracing::warn!(%error, "a link for a new password was not made");
            }
        });
        Ok(())
    }

    pub(super) async fn apply_reset(&self, form: NewPassword) -> Result<(), ApiError> {
        self.turn(&RESET, &self.counted_address()).await?;
        let Some(token) = PlainToken::parse(&form.token) else {
            return Err(self.refused_link(None).await);
        };
        let token = token.hash();
        let store = &self.state.store;
        let id = match store.reset_link(&token).await? {
            Some((id, ends)) if ends > clock::now() => id,
            outdated => return Err(self.refused_link(outdated.map(|(id, _)| id)).await),
        };
        let account = store.account(id).await?.ok_or(ApiError::LinkExpired)?;
        // A password that is refused does not use the link up.
        let hash = self.hash_new(&account, "password", form.password).await?;
        // Once the password is stored nothing may fail any more.
        self.forget_guesses(&account.email_key).await?;
        let note = self.note(Event::ResetApplied);
        let state = self.state.clone();
        let change = async move {
            let is_changed = state.store.apply_reset(id, &token, &hash, &note).await?;
            if is_changed {
                note.tell();
                let letter = Letter::PasswordChanged;
                state.post.send_later(&account.email, letter);
            }
            Ok(is_changed)
        };
        if !self.to_its_end(change).await?? {
            return Err(self.refused_link(Some(id)).await);
        }
        Ok(())
    }

    /// Records that the link of a letter was followed that is good no more, of the account if that
    /// is known: the refusal of it.
    pub(super) async fn refused_link(&self, account: Option<AccountId>) -> ApiError {
        match self.record(account, Event::LinkRefused).await {
            Ok(()) => ApiError::LinkExpired,
            Err(error) => error,
        }
    }
}

async fn send_reset(state: &AppState, email_key: &str, note: &Note) -> Result<(), StoreError> {
    let account = state.store.account_by_email(email_key).await?;
    let Some(account) = account.filter(|account| !account.is_disabled()) else {
        return Ok(());
    };
    let Some(token) = PlainToken::generate() else {
        return Ok(());
    };
    state
        .store
        .add_reset(&account, &token.hash(), reset::LIFE)
        .await?;
    state.store.record(Some(account.id()), note).await?;
    note.tell();
    let letter = Letter::Reset {
        token: token.to_text(),
    };
    state.post.send_later(&account.email, letter);
    Ok(())
}
