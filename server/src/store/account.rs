//! Accounts.

use uuid::Uuid;

use super::address_change::NextAddress;
use super::event::Note;
use super::reset::CONFIRM_LIFE;
use super::{Store, StoreError};
use crate::clock::{Moment, now};
use crate::token::HashedToken;

/// Whose something is. Every statement about what belongs to somebody has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AccountId(pub Uuid);

/// An account to be made.
pub struct NewAccount {
    /// What the owner says.
    pub details: Details,
    /// PHC string.
    pub password_hash: String,
    /// Key of image digests.
    pub image_key: [u8; 32],
    /// The link in the letter that it waits for; `None` if it can be used at once.
    pub confirmed_by: Option<HashedToken>,
}

/// What the owner says about themselves, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Details {
    /// E-mail address as typed.
    pub email: String,
    /// The same as it is looked up.
    pub email_key: String,
    /// Name.
    pub name: String,
    /// Year of birth; this and the following are none where the operator made the account.
    pub birth_year: Option<i16>,
    /// Gender.
    pub gender: Option<String>,
    /// Mobile number, E.164.
    pub mobile: Option<String>,
}

/// An account.
pub struct Account {
    id: Uuid,
    /// E-mail address as typed.
    pub email: String,
    /// The same as it is looked up.
    pub email_key: String,
    /// PHC string.
    pub password_hash: String,
    /// Name.
    pub name: String,
    /// Year of birth.
    pub birth_year: Option<i16>,
    /// Gender.
    pub gender: Option<String>,
    /// Mobile number, E.164.
    pub mobile: Option<String>,
    /// Key of image digests.
    pub image_key: Option<Vec<u8>>,
    /// Registered at.
    pub(crate) created_at: Moment,
    unconfirmed_since: Option<Moment>,
    disabled_since: Option<Moment>,
}

from_row!(Account {
    id: Uuid,
    email: String,
    email_key: String,
    password_hash: String,
    name: String,
    birth_year: Option<i16>,
    gender: Option<String>,
    mobile: Option<String>,
    image_key: Option<Vec<u8>>,
    created_at: Moment,
    unconfirmed_since: Option<Moment>,
    disabled_since: Option<Moment>
});

/// Accounts hold personal data: nothing of them is ever printed but their number.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Details").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccount").finish_non_exhaustive()
    }
}

impl Account {
    /// Its number.
    pub fn id(&self) -> AccountId {
        AccountId(self.id)
    }

    /// Whether its address is known to be its owner's, or need not be.
    pub fn is_confirmed(&self) -> bool {
        self.unconfirmed_since.is_none()
    }

    /// Whether the operator keeps it from being used.
    pub fn is_disabled(&self) -> bool {
        self.disabled_since.is_some()
    }
}

/// What is stored, and how much of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Analyses.
    pub analyses: i64,
    /// Bytes of their documents and of what follow-up needs of them.
    pub bytes: i64,
}

from_row!(Usage {
    analyses: i64,
    bytes: i64
});

impl Store {
    /// Makes an account, with the link that it waits for; [`StoreError::Taken`] if the address has
    /// one.
    pub async fn add_account(
        &self,
        new: &NewAccount,
        note: &Note,
    ) -> Result<AccountId, StoreError> {
        let (id, at) = (Uuid::now_v7(), now());
        transaction!(self, |tx| {
            sqlx::query(
                "INSERT INTO accounts (id, email, email_key, password_hash, name, birth_year, gender, \
                 mobile, image_key, created_at, updated_at, unconfirmed_since) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(id)
            .bind(&new.details.email)
            .bind(&new.details.email_key)
            .bind(&new.password_hash)
            .bind(&new.details.name)
            .bind(new.details.birth_year)
            .bind(&new.details.gender)
            .bind(&new.details.mobile)
            .bind(new.image_key.as_slice())
            .bind(at)
            .bind(at)
            .bind(new.confirmed_by.as_ref().map(|_| at))
            .execute(&mut *tx)
            .await?;
            sqlx::query("INSERT INTO usages (account_id, analyses, bytes) VALUES (?, 0, 0)")
                .bind(id)
                .execute(&mut *tx)
                .await?;
            if let Some(token) = &new.confirmed_by {
                add_link!(tx, id, token, at.saturating_add(CONFIRM_LIFE));
            }
            record!(tx, Some(id), note);
        })?;
        Ok(AccountId(id))
    }

    /// The account of an address.
    pub async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT id, email, email_key, password_hash, name, birth_year, gender, mobile, image_key, \
                 created_at, unconfirmed_since, disabled_since FROM accounts WHERE email_key = ?",
            )
            .bind(email_key)
            .fetch_optional(pool)
        })
    }

    /// An account.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        on_engine!(self, |pool| {
            sqlx::query_as(
                "SELECT id, email, email_key, password_hash, name, birth_year, gender, mobile, image_key, \
                 created_at, unconfirmed_since, disabled_since FROM accounts WHERE id = ?",
            )
            .bind(id.0)
            .fetch_optional(pool)
        })
    }

    /// Keeps an account from being used, and ends its sessions and every link in a letter; `false`
    /// if no account has the address.
    pub async fn disable_account(&self, email_key: &str, note: &Note) -> Result<bool, StoreError> {
        self.mark_disabled(email_key, Some(now()), note).await
    }

    /// Lets an account be used again; `false` if no account has the address.
    pub async fn enable_account(&self, email_key: &str, note: &Note) -> Result<bool, StoreError> {
        self.mark_disabled(email_key, None, note).await
    }

    async fn mark_disabled(
        &self,
        email_key: &str,
        since: Option<Moment>,
        note: &Note,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            // First, so that no session begins meanwhile.
            let marked = sqlx::query(
                "UPDATE accounts SET disabled_since = ?, updated_at = ? WHERE email_key = ?",
            )
            .bind(since)
            .bind(now())
            .bind(email_key)
            .execute(&mut *tx)
            .await?;
            if marked.rows_affected() == 0 {
                return Ok(false);
            }
            let id: Uuid = sqlx::query_scalar("SELECT id FROM accounts WHERE email_key = ?")
                .bind(email_key)
                .fetch_one(&mut *tx)
                .await?;
            if since.is_some() {
                end_access!(tx, id, None);
            }
            record!(tx, Some(id), note);
            true
        })
    }

    /// How much an account has stored.
    pub async fn usage(&self, id: AccountId) -> Result<Usage, StoreError> {
        let usage: Option<Usage> = on_engine!(self, |pool| {
            sqlx::query_as("SELECT analyses, bytes FROM usages WHERE account_id = ?")
                .bind(id.0)
                .fetch_optional(pool)
        })?;
        Ok(usage.unwrap_or_default())
    }

    /// Changes what the owner says; [`StoreError::Taken`] if another account has the address. With
    /// it goes the address that is to be the next one, if there is one. Another address, now or
    /// next, takes the place of one that waited before; else that waits on: forms hold the present
    /// address, whatever is changed in them. There is a note only where the change is one for the
    /// audit.
    ///
    /// `before` is the account as it was read for the change. [`StoreError::Outdated`] says that it
    /// has another password by now, where the change needed that, or another address, where that is
    /// to be changed. Address and number stay as they are by now where they are not to be changed.
    pub async fn change_account(
        &self,
        before: &Account,
        is_proved: bool,
        details: &Details,
        next: Option<&NextAddress>,
        note: Option<&Note>,
    ) -> Result<(), StoreError> {
        let (id, at) = (before.id(), now());
        let email_key = before.email_key.as_str();
        transaction!(self, |tx| {
            if is_proved {
                demand!(tx, id.0, "password_hash", before.password_hash.as_str());
            }
            if details.email != before.email {
                demand!(tx, id.0, "email_key", email_key);
                give_address!(tx, id.0, &details.email, &details.email_key, at);
            }
            sqlx::query("UPDATE accounts SET name = ?, birth_year = ?, gender = ? WHERE id = ?")
                .bind(&details.name)
                .bind(details.birth_year)
                .bind(&details.gender)
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
            if details.mobile != before.mobile {
                sqlx::query("UPDATE accounts SET mobile = ? WHERE id = ?")
                    .bind(&details.mobile)
                    .bind(id.0)
                    .execute(&mut *tx)
                    .await?;
            }
            if next.is_some() || details.email != before.email {
                withdraw_address!(tx, id.0);
            }
            if let Some(next) = next {
                wait_for_address!(tx, id.0, next, at);
            }
            if let Some(note) = note {
                record!(tx, Some(id.0), note);
            }
        })
    }

    /// Stores the same password, hashed anew; `false`, with nothing changed, if the account has
    /// another hash by now than `proved`.
    pub async fn rehash(
        &self,
        id: AccountId,
        proved: &str,
        password_hash: &str,
    ) -> Result<bool, StoreError> {
        transaction!(self, |tx| {
            let renewed = sqlx::query(
                "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?",
            )
            .bind(password_hash)
            .bind(id.0)
            .bind(proved)
            .execute(&mut *tx)
            .await?;
            renewed.rows_affected() == 1
        })
    }

    /// Stores another password in the place of the one whose hash is `proved`, and ends every
    /// session but `kept`, which has another token from then on, every link for a new one and for
    /// another address; [`StoreError::Outdated`] if the account has another password by now.
    pub async fn change_password(
        &self,
        id: AccountId,
        proved: &str,
        password_hash: &str,
        kept: Option<(Uuid, &HashedToken)>,
        note: &Note,
    ) -> Result<(), StoreError> {
        transaction!(self, |tx| {
            demand!(tx, id.0, "password_hash", proved);
            sqlx::query("UPDATE accounts SET password_hash = ?, updated_at = ? WHERE id = ?")
                .bind(password_hash)
                .bind(now())
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
            end_access!(tx, id.0, kept.map(|(session, _)| session));
            if let Some((session, token)) = kept {
                sqlx::query("UPDATE sessions SET token_hash = ? WHERE id = ? AND account_id = ?")
                    .bind(token.as_bytes())
                    .bind(session)
                    .bind(id.0)
                    .execute(&mut *tx)
                    .await?;
            }
            record!(tx, Some(id.0), note);
        })
    }
}
