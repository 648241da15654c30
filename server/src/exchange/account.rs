//! Registering, signing in and out.

use std::time::Duration;

use app::api::ApiError;
use app::api::account::{Me, Registered, SignIn};
use app::form::{Credentials, PersonForm};
use axum::http::header::SET_COOKIE;
use model::hex::hex;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::profile::details;
use super::{Exchange, cookie};
use crate::clock;
use crate::config::Registration;
use crate::letter::Letter;
use crate::password::Verdict;
use crate::store::StoreError;
use crate::store::account::{Account, NewAccount};
use crate::store::attempt::{ADDRESS, JUDGED, LETTER, REGISTER};
use crate::store::event::Event;
use crate::store::session::NewSession;
use crate::token::PlainToken;

/// No registration is answered sooner after its password was hashed: making an account takes some
/// round trips to the database more than finding that there is one, and who measures it would know
/// which it was.
const REGISTERED_AFTER: Duration = Duration::from_millis(300);

/// What an address is looked up by.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

impl Exchange {
    pub(super) async fn register(&self, form: PersonForm) -> Result<Registered, ApiError> {
        if self.state.registration == Registration::Closed {
            return Err(ApiError::invalid(
                "",
                "Accounts are not made here. Ask whoever runs this service for one.",
            ));
        }
        let details = details(form.person()?);
        let address = self.counted_address();
        self.turn(&JUDGED, &address).await?;
        let (store, hasher) = (&self.state.store, &self.state.hasher);
        let words = vec![
            details.name.clone(),
            details.email.clone(),
            details.mobile.clone().unwrap_or_default(),
        ];
        hasher.judge(&form.password, words).await??;
        self.turn(&REGISTER, &address).await?;
        // Its owner gets a letter either way, and may never have asked for one.
        self.turn(&LETTER, &details.email_key).await?;
        let mut image_key = [0; 32];
        getrandom::fill(&mut image_key).map_err(|_| ApiError::Server)?;
        let link = self.state.confirm_addresses.then(PlainToken::generate);
        let link = link
            .map(|token| token.ok_or(ApiError::Server))
            .transpose()?;
        let new = NewAccount {
            password_hash: hasher.hash(form.password).await?,
            image_key,
            confirmed_by: link.as_ref().map(PlainToken::hash),
            details,
        };
        // From here on both ways do the same amount of work, and say the same. Hashing, which takes
        // longer on a busy machine, lies before: it would use the time up.
        let answer_at = Instant::now() + REGISTERED_AFTER;
        let note = self.note(Event::Registered);
        let letter = match store.add_account(&new, &note).await {
            Ok(_) => {
                note.tell();
                link.map_or(Letter::Welcome, |link| Letter::Confirm {
                    token: link.to_text(),
                })
            }
            Err(StoreError::Taken) => {
                self.record(None, Event::RegisteredAgain).await?;
                Letter::RegisteredAgain
            }
            Err(error) => return Err(error.into()),
        };
        self.state.post.send_later(&new.details.email, letter);
        sleep_until(answer_at).await;
        Ok(if self.state.confirm_addresses {
            Registered::Unconfirmed
        } else {
            Registered::Ready
        })
    }

    pub(super) async fn sign_in(&self, form: Credentials) -> Result<Me, ApiError> {
        let store = &self.state.store;
        let (key, address) = (email_key(&form.email), self.counted_address());
        self.guess_by(&ADDRESS, &address, &key).await?;
        if let Err(refusal) = self.guess(&key).await {
            // One impatient person would hold up everybody who shares the address.
            store.take_back_attempt(&ADDRESS, &address).await?;
            return Err(refusal);
        }
        let owner = self.owner(&key, &form.password).await;
        if let Err(ApiError::Unavailable) = owner {
            // Nobody has looked at it, or nobody hears what was seen.
            store.take_back_attempt(&ADDRESS, &address).await?;
            self.take_back_guess(&key).await?;
        }
        let account = owner?;
        self.forget_guesses(&key).await?;
        store.take_back_attempt(&ADDRESS, &address).await?;
        if let Some(me) = self.let_in(&account).await? {
            return Ok(me);
        }
        // The password was changed, or a second factor switched on, while it was being compared, or
        // another sign-in has stored the same password, hashed anew: looking once more tells.
        let account = self.owner(&key, &form.password).await?;
        let me = self.let_in(&account).await?;
        me.ok_or(ApiError::WrongCredentials)
    }

    /// Signs somebody in whose password was right, or asks for the second factor where the account
    /// has one. `None` if the account has another hash by now than the one that the password was
    /// compared with, or a second factor that it had not just before.
    async fn let_in(&self, account: &Account) -> Result<Option<Me>, ApiError> {
        let shown = me(account)?;
        let factor = self.state.store.second_factor(account.id()).await?;
        if factor.is_some_and(|factor| factor.is_on()) {
            return if self.begin_second_step(account).await? {
                Err(ApiError::CodeNeeded)
            } else {
                Ok(None)
            };
        }
        let is_begun = self.begin_session(account).await?;
        Ok(is_begun.then_some(shown))
    }

    /// The account that an address and a password belong to.
    async fn owner(&self, email_key: &str, password: &str) -> Result<Account, ApiError> {
        let (store, hasher) = (&self.state.store, &self.state.hasher);
        let account = store.account_by_email(email_key).await?;
        let hash = account
            .as_ref()
            .map(|account| account.password_hash.clone());
        let verdict = hasher.verify(password.to_owned(), hash).await?;
        let mut account = match (account, verdict) {
            // An unconfirmed account is answered like none: the address may be somebody else's.
            (Some(account), Verdict::Right | Verdict::RightButOld) if account.is_confirmed() => {
                account
            }
            (account, _) => {
                self.record(account.map(|account| account.id()), Event::SignInFailed)
                    .await?;
                return Err(ApiError::WrongCredentials);
            }
        };
        // Only whoever knows the password learns that there is such an account.
        if account.is_disabled() {
            self.record(Some(account.id()), Event::SignInFailed).await?;
            return Err(ApiError::invalid(
                "",
                "This account is disabled. Ask whoever runs this service.",
            ));
        }
        if verdict == Verdict::RightButOld {
            let renewed = hasher.hash(password.to_owned()).await?;
            let proved = &account.password_hash;
            if store.rehash(account.id(), proved, &renewed).await? {
                account.password_hash = renewed;
            }
        }
        Ok(account)
    }

    /// A new token at every sign-in: one that was planted before is worth nothing (7.2.4). `false`,
    /// and none, if the account has another hash by now than the one that the password was compared
    /// with.
    async fn begin_session(&self, account: &Account) -> Result<bool, ApiError> {
        let (token, value) = cookie::SESSION.issue().ok_or(ApiError::Server)?;
        let note = self.note(Event::SignedIn);
        let begun = self
            .state
            .store
            .add_session(&NewSession {
                account: account.id(),
                proved: &account.password_hash,
                second: None,
                token: &token.hash(),
                browser: &self.browser,
                before: self.token.as_ref(),
                note: &note,
            })
            .await;
        match begun {
            Err(StoreError::Outdated) => return Ok(false),
            begun => begun?,
        };
        note.tell();
        self.set_header(SET_COOKIE, value);
        Ok(true)
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

    pub(super) async fn me(&self) -> Result<Option<Me>, ApiError> {
        let Some(session) = self.session().await? else {
            return Ok(None);
        };
        let account = self.state.store.account(session.account()).await?;
        account.as_ref().map(me).transpose()
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

/// An account as the pages know it.
pub(super) fn me(account: &Account) -> Result<Me, ApiError> {
    let key = account.image_key.as_deref().ok_or(ApiError::Server)?;
    Ok(Me {
        name: account.name.clone(),
        image_key: hex(key),
    })
}
