//! Sessions: beginning one, after the password or after the second factor, listing and ending them.

use app::api::ApiError;
use app::api::account::SignIn;
use axum::http::header::SET_COOKIE;
use uuid::Uuid;

use super::{Exchange, cookie};
use crate::clock;
use crate::letter::{FactorNews, Letter};
use crate::store::StoreError;
use crate::store::account::Account;
use crate::store::event::Event;
use crate::store::second_factor::SecondStep;
use crate::store::session::NewSession;

impl Exchange {
    /// Begins a session of an account, as it was when its password was compared. There is a new
    /// token at every sign-in: one that was planted before is worth nothing (7.2.4). Answers as
    /// [`add_session`](crate::store::Store::add_session).
    pub(super) async fn begin_session(
        &self,
        account: Account,
        second: Option<SecondStep>,
    ) -> Result<Result<bool, StoreError>, ApiError> {
        let (token, value) = cookie::SESSION.issue().ok_or(ApiError::Server)?;
        let note = self.note(Event::SignedIn);
        let (state, browser, before) =
            (self.state.clone(), self.browser.clone(), self.token.clone());
        let change = async move {
            let new = NewSession {
                account: account.id(),
                proved: &account.password_hash,
                second: second.as_ref(),
                token: &token.hash(),
                browser: &browser,
                before: before.as_ref(),
                note: &note,
            };
            let is_begun = state.store.add_session(&new).await?;
            if is_begun {
                note.tell();
                if let Some(recovered) = second.and_then(|second| second.note) {
                    recovered.tell();
                    let letter = Letter::SecondFactor(FactorNews::CodeUsed);
                    state.post.send_later(&account.email, letter);
                }
            }
            Ok(is_begun)
        };
        let begun = self.to_its_end(change).await?;
        if let Ok(true) = begun {
            self.set_header(SET_COOKIE, value);
        }
        Ok(begun)
    }

    pub(super) async fn sign_out(&self, everywhere: bool) -> Result<(), ApiError> {
        if let Some(session) = self.session().await? {
            let (store, account) = (&self.state.store, session.account());
            let note = self.note(Event::SignedOut);
            let has_ended = if everywhere {
                store.end_sessions(account, &note).await?;
                true
            } else {
                store.end_session(account, session.id, &note).await?
            };
            if has_ended {
                note.tell();
            }
        }
        self.forget_browser();
        Ok(())
    }

    /// Removes the cookie. Everything private is `no-store`, and what waits in the browser's own
    /// storage to be saved is the page's to keep or to clear (14.3.1). `Clear-Site-Data` would take
    /// the cookies of every service under the hospital's domain along.
    pub(super) fn forget_browser(&self) {
        if let Some(value) = cookie::SESSION.clear() {
            self.set_header(SET_COOKIE, value);
        }
    }

    pub(super) async fn sign_ins(&self) -> Result<Vec<SignIn>, ApiError> {
        let session = self.signed_in().await?;
        let sessions = self.state.store.sessions(session.account()).await?;
        let shown = sessions.into_iter().map(|other| SignIn {
            is_current: other.id == session.id,
            id: other.id,
            since: clock::minute(other.created_at),
            seen: clock::minute(other.seen_at),
            browser: other.browser,
        });
        Ok(shown.collect())
    }

    pub(super) async fn end_sign_in(&self, id: Uuid) -> Result<(), ApiError> {
        let session = self.signed_in().await?;
        let note = self.note(Event::SignInEnded);
        let store = &self.state.store;
        if !store.end_session(session.account(), id, &note).await? {
            return Err(ApiError::NotFound);
        }
        note.tell();
        if id == session.id {
            self.forget_browser();
        }
        Ok(())
    }
}
