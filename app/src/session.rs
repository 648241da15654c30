//! Who is signed in, as far as this page knows. The session itself is a cookie that no
//! script can read.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::account::{self, Me};

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Not asked yet, or the answer is on its way.
    Unknown,
    /// Nobody.
    Nobody,
    /// The owner of this account.
    Somebody(Me),
    /// The server could not say.
    Failed(ApiError),
}

/// Who is signed in, for the whole page.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Who.
    pub who: RwSignal<Who>,
    is_asking: StoredValue<bool>,
}

impl Session {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self {
            who: RwSignal::new(Who::Unknown),
            is_asking: StoredValue::new(false),
        }
    }

    /// The account, if somebody is signed in (tracks the signal).
    pub fn me(self) -> Option<Me> {
        self.who.with(Who::me)
    }

    /// The account, without tracking.
    pub fn me_untracked(self) -> Option<Me> {
        self.who.with_untracked(Who::me)
    }

    /// Asks the server if somebody has signed in with this browser. Who never did makes
    /// no request at all: the reading room needs no server.
    pub fn recall(self) {
        if hint::is_set() {
            self.ask();
        } else {
            self.who.set(Who::Nobody);
        }
    }

    /// Asks the server, unless the answer is known.
    pub fn ask(self) {
        if self.me_untracked().is_none() && !self.is_asking.get_value() {
            self.who.set(Who::Unknown);
            self.ask_again();
        }
    }

    /// Asks the server: another window may have signed out, or somebody else in.
    pub fn ask_again(self) {
        if self.is_asking.get_value() {
            return;
        }
        self.is_asking.set_value(true);
        leptos::task::spawn_local(async move {
            let answer = account::me().await;
            self.is_asking.set_value(false);
            match answer {
                Ok(Some(me)) => self.signed_in(me),
                Ok(None) => self.signed_out(),
                Err(error) => self.who.set(Who::Failed(error)),
            }
        });
    }

    /// Somebody signed in.
    pub fn signed_in(self, me: Me) {
        hint::set(true);
        self.who.set(Who::Somebody(me));
    }

    /// Nobody is signed in any more.
    pub fn signed_out(self) {
        hint::set(false);
        self.who.set(Who::Nobody);
    }

    /// Whether the server could not say who is signed in (tracks the signal).
    pub fn is_unanswered(self) -> bool {
        self.who.with(Who::is_failed)
    }

    /// Asks once more if the server could not say.
    pub fn ask_if_unanswered(self) {
        if self.who.with_untracked(Who::is_failed) {
            self.ask();
        }
    }

    /// Takes note of an error that says that the session has ended.
    pub fn heard(self, error: &ApiError) {
        if *error == ApiError::SignedOut {
            self.signed_out();
        }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Who {
    fn me(&self) -> Option<Me> {
        match self {
            Self::Somebody(me) => Some(me.clone()),
            _ => None,
        }
    }

    fn is_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// Tells an account from others in this browser's own storage: a quarter of its image key,
/// so that what is left of the key stays a secret.
pub fn marker(me: &Me) -> String {
    me.image_key.chars().take(16).collect()
}

/// A note in the browser that somebody has signed in here.
#[cfg(feature = "hydrate")]
mod hint {
    use crate::storage::storage;

    const KEY: &str = "signed-in";

    pub(super) fn is_set() -> bool {
        storage().is_some_and(|s| matches!(s.get_item(KEY), Ok(Some(_))))
    }

    /// Private windows may refuse storage; then the pages ask where they must know.
    pub(super) fn set(is_signed_in: bool) {
        storage().map(|s| {
            if is_signed_in {
                s.set_item(KEY, "1")
            } else {
                s.remove_item(KEY)
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod hint {
    pub(super) fn is_set() -> bool {
        false
    }

    pub(super) fn set(_is_signed_in: bool) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_tells_accounts_apart_and_keeps_most_of_the_key() {
        let me = |key: &str| Me {
            name: "Ada".to_owned(),
            image_key: key.to_owned(),
        };
        let (a, b) = (me(&"0a".repeat(32)), me(&"0b".repeat(32)));
        assert_ne!(marker(&a), marker(&b));
        assert_eq!(marker(&a).len(), 16);
    }
}
