//! Whose the results are: on a machine that several people use, what was made in one account
//! must not be saved in another.

use super::Desk;

/// Who is signed in, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Account {
    /// Nobody has said it yet.
    #[default]
    Unknown,
    /// Nobody is.
    Nobody,
    /// The account with this image key.
    Of(String),
}

impl Desk {
    /// The account with this image key is signed in; nobody if it is `None`. What was made before
    /// that was known belongs to that account.
    pub fn signed_in(&mut self, key: Option<String>) {
        if self.account == Account::Unknown && self.open.owner.is_none() && self.has_result() {
            self.open.owner.clone_from(&key);
        }
        let account = key.map_or(Account::Nobody, Account::Of);
        if matches!(self.account, Account::Of(_)) && self.account != account {
            // What one calls a patient is for nobody else to read.
            self.open.caption = None;
        }
        self.account = account;
    }

    /// Whether the results may go into the account with this image key. What was made while nobody
    /// was signed in may go into any.
    pub fn may_go_to(&self, key: &str) -> bool {
        self.open.owner.as_deref().is_none_or(|owner| owner == key)
    }

    /// The results belong to whoever is signed in, unless they are somebody's already.
    pub(super) fn claim(&mut self) {
        if let (None, Account::Of(key)) = (&self.open.owner, &self.account) {
            self.open.owner = Some(key.clone());
        }
    }
}
