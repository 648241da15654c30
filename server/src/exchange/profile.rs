//! What an account says of its owner.

use app::api::ApiError;
use app::api::account::Profile;
use app::form::{Person, PersonForm};

use super::Exchange;
use super::account::email_key;
use crate::clock;
use crate::letter::Letter;
use crate::store::StoreError;
use crate::store::account::{Account, Details};
use crate::store::event::Event;

impl Exchange {
    pub(super) async fn profile(&self) -> Result<Profile, ApiError> {
        self.profile_of(&self.account().await?).await
    }

    async fn profile_of(&self, account: &Account) -> Result<Profile, ApiError> {
        let usage = self.state.store.usage(account.id()).await?;
        let next_email = self.state.store.waiting_address(account.id()).await?;
        Ok(Profile {
            next_email: next_email.unwrap_or_default(),
            age: age(account.birth_year),
            gender: account.gender.clone().unwrap_or_default(),
            mobile: account.mobile.clone().unwrap_or_default(),
            since: clock::day(account.created_at),
            analyses: u32::try_from(usage.analyses).unwrap_or(0),
            email: account.email.clone(),
            name: account.name.clone(),
        })
    }

    /// Everything that may fail comes before the change, so that an answer that says no is about a
    /// change that was not made.
    pub(super) async fn change_profile(&self, form: PersonForm) -> Result<Profile, ApiError> {
        let account = self.account().await?;
        let mut details = details(form.person()?);
        // The same age as before is no news about the year of birth.
        if let Some(year) = account.birth_year
            && age(Some(year)) == form.age
        {
            details.birth_year = Some(year);
        }
        // As typed: a letter may go elsewhere though the address is looked up alike.
        let is_other_email = details.email != account.email;
        let is_sensitive = is_other_email || account.mobile != details.mobile;
        if is_sensitive {
            self.prove(&account, "password", form.password).await?;
        }
        let mut next = None;
        if is_other_email && self.state.confirm_addresses {
            next = Some(self.next_address(account.id(), &details).await?);
            details.email.clone_from(&account.email);
            details.email_key.clone_from(&account.email_key);
        }
        let before = self.profile_of(&account).await?;
        let note = is_sensitive.then(|| self.note(Event::ProfileChanged));
        let next_email = match &next {
            Some((address, _)) => address.email.clone(),
            None if is_other_email => String::new(),
            None => before.next_email.clone(),
        };
        let (state, changed) = (self.state.clone(), details.clone());
        let change = async move {
            let waiting = next.as_ref().map(|(address, _)| address);
            state
                .store
                .change_account(&account, is_sensitive, &changed, waiting, note.as_ref())
                .await?;
            if let Some(note) = note {
                note.tell();
            }
            let post = &state.post;
            if let Some((address, letter)) = next {
                // Whoever reads the letters of an account can have it: its owner must hear of an
                // address that is not theirs.
                post.send_later(&account.email, Letter::AddressAsked);
                post.send_later(&address.email, letter);
            }
            if changed.email != account.email {
                post.send_later(&account.email, Letter::EmailChanged);
            }
            Ok(())
        };
        let outcome = self.to_its_end(change).await?;
        outcome.map_err(|error| match error {
            StoreError::Taken => {
                ApiError::invalid("email", "This address cannot be used. Use another one.")
            }
            // By the link to another address, or with another password.
            StoreError::Outdated => ApiError::invalid(
                "",
                "The account was changed meanwhile. Load this page again.",
            ),
            other => other.into(),
        })?;
        Ok(Profile {
            next_email,
            age: form.age,
            gender: details.gender.unwrap_or_default(),
            mobile: details.mobile.unwrap_or_default(),
            email: details.email,
            name: details.name,
            ..before
        })
    }
}

pub(super) fn details(person: Person) -> Details {
    Details {
        email_key: email_key(&person.email),
        email: person.email,
        name: person.name,
        birth_year: Some(birth_year(person.age)),
        gender: Some(person.gender).filter(|it| !it.is_empty()),
        mobile: Some(person.mobile).filter(|it| !it.is_empty()),
    }
}

/// People say their age once; the year of birth stays true.
fn birth_year(age: u16) -> i16 {
    let year = clock::now().year();
    i16::try_from(year - i32::from(age)).unwrap_or_default()
}

fn age(birth_year: Option<i16>) -> u16 {
    let year = clock::now().year();
    birth_year.map_or(0, |born| u16::try_from(year - i32::from(born)).unwrap_or(0))
}
