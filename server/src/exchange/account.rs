//! Registering, and signing in with the password.

use std::time::Duration;

use app::api::ApiError;
use app::api::account::{Me, Registered};
use app::form::{Credentials, PersonForm};
use model::hex::hex;
use tokio::time::{Instant, sleep_until};

use super::Exchange;
use super::profile::details;
use crate::config::Registration;
use crate::letter::Letter;
use crate::password::Verdict;
use crate::store::StoreError;
use crate::store::account::{Account, NewAccount};
use crate::store::attempt::{ADDRESS, JUDGED, LETTER, REGISTER};
use crate::store::event::Event;
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
        if let Some(me) = self.let_in(account).await? {
            return Ok(me);
        }
        // The password was changed, or a second factor switched on, while it was being compared, or
        // another sign-in has stored the same password, hashed anew: looking once more tells.
        let account = self.owner(&key, &form.password).await?;
        let me = self.let_in(account).await?;
        me.ok_or(ApiError::WrongCredentials)
    }

    /// Signs somebody in whose password was right, or asks for the second factor where the account
    /// has one. `None` if the account has another hash by now than the one that the password was
    /// compared with, or a second factor that it had not just before.
    async fn let_in(&self, account: Account) -> Result<Option<Me>, ApiError> {
        let shown = me(&account)?;
        let factor = self.state.store.second_factor(account.id()).await?;
        if factor.is_some_and(|factor| factor.is_on()) {
            return if self.begin_second_step(&account).await? {
                Err(ApiError::CodeNeeded)
            } else {
                Ok(None)
            };
        }
        match self.begin_session(account, None).await? {
            Err(StoreError::Outdated) => Ok(None),
            begun => Ok(begun?.then_some(shown)),
        }
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

    pub(super) async fn me(&self) -> Result<Option<Me>, ApiError> {
        let Some(session) = self.session().await? else {
            return Ok(None);
        };
        let account = self.state.store.account(session.account()).await?;
        account.as_ref().map(me).transpose()
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
