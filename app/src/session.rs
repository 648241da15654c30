//! Who is signed in, as far as this page knows. The session itself is a cookie that no
//! script can read.

mod questions;

use leptos::prelude::*;

use self::questions::Questions;
use crate::api::ApiError;
use crate::api::account::{self, Deletion, Me};
use crate::saving::document::Caption;

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

/// Label and day of an analysis that were not changed because the session had ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// Whose it is ([`marker`]).
    pub account: String,
    /// Number of the analysis.
    pub id: String,
    /// What was typed.
    pub caption: Caption,
}

/// Who is signed in, for the whole page.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Who.
    pub who: RwSignal<Who>,
    questions: StoredValue<Questions>,
    /// Marker of whoever was signed in here last.
    last: StoredValue<Option<String>>,
    /// E-mail of whoever has just registered here, so that it needs not be typed again; empty if
    /// nobody has.
    pub newcomer: StoredValue<String>,
    /// Whether the session that was open here has ended, and not by signing out here.
    pub has_ended: RwSignal<bool>,
    /// What could not be changed because of that.
    pub unsent: StoredValue<Option<Unsent>>,
    /// What has become of the account that was deleted here; for the page that this leads to.
    pub deletion: StoredValue<Option<Deletion>>,
}

impl Session {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self {
            who: RwSignal::new(Who::Unknown),
            questions: StoredValue::new(Questions::default()),
            last: StoredValue::new(None),
            newcomer: StoredValue::default(),
            has_ended: RwSignal::new(false),
            unsent: StoredValue::default(),
            deletion: StoredValue::default(),
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
        hint::on_change(move |marker| self.changed_elsewhere(marker.as_deref()));
        if hint::get().is_some() {
            self.ask();
        } else {
            self.who.set(Who::Nobody);
        }
    }

    /// Asks the server, unless the answer is known.
    pub fn ask(self) {
        if self.me_untracked().is_none() && !self.questions.get_value().is_open() {
            self.who.set(Who::Unknown);
            self.ask_again();
        }
    }

    /// Asks the server: another window may have signed out, or somebody else in.
    pub fn ask_again(self) {
        let Some(number) = self.questions.try_update_value(Questions::ask).flatten() else {
            return;
        };
        leptos::task::spawn_local(async move {
            let answer = account::me().await;
            let counts = |questions: &mut Questions| questions.answered(number);
            if self.questions.try_update_value(counts) != Some(true) {
                return;
            }
            match answer {
                Ok(Some(me)) => self.signed_in(me),
                Ok(None) => self.ended(),
                Err(error) => self.who.set(Who::Failed(error)),
            }
        });
    }

    /// Somebody signed in.
    pub fn signed_in(self, me: Me) {
        self.questions.update_value(Questions::outdate);
        hint::set(Some(&me));
        self.last.set_value(Some(marker(&me)));
        self.newcomer.set_value(String::new());
        self.has_ended.set(false);
        self.who.set(Who::Somebody(me));
    }

    /// Nobody is signed in any more.
    pub fn signed_out(self) {
        self.questions.update_value(Questions::outdate);
        hint::set(None);
        self.who.set(Who::Nobody);
    }

    /// The session, if there was one, is over without anybody here having wished it.
    fn ended(self) {
        if self.me_untracked().is_some() {
            self.has_ended.set(true);
        }
        self.signed_out();
    }

    /// Marker of whoever is signed in; while the server does not answer, of whoever was when it
    /// last did (tracks the signal).
    pub fn likely_marker(self) -> Option<String> {
        let known = self.me().map(|me| marker(&me));
        known.or_else(|| self.is_unanswered().then(hint::get).flatten())
    }

    /// Another window has signed somebody in, or out (`None`). This one goes along, but never from
    /// one account to another: its results would be saved in an account that did not make them.
    fn changed_elsewhere(self, marker: Option<&str>) {
        self.questions.update_value(Questions::outdate);
        let last = self.last.get_value();
        if marker.is_some() && (last.is_none() || last.as_deref() == marker) {
            self.ask_again();
        } else {
            if self.me_untracked().is_some() {
                self.has_ended.set(true);
            }
            self.who.set(Who::Nobody);
        }
    }

    /// Whether somebody is known to be signed in, or nobody (tracks the signal).
    pub fn is_known(self) -> bool {
        self.who
            .with(|who| matches!(who, Who::Nobody | Who::Somebody(_)))
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

    /// Asks the server to end the session of this browser, or those of all browsers.
    ///
    /// # Errors
    /// Those of the server: then the session goes on, or had ended before.
    pub async fn sign_out(self, everywhere: bool) -> Result<(), ApiError> {
        let answer = account::sign_out(everywhere).await;
        match &answer {
            // It had ended already, which is what was wished.
            Ok(()) | Err(ApiError::SignedOut) => self.signed_out(),
            Err(_) => {}
        }
        answer
    }

    /// Takes note of an error that says that the session has ended.
    pub fn heard(self, error: &ApiError) {
        if *error == ApiError::SignedOut {
            self.ended();
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
    use gloo::events::EventListener;
    use wasm_bindgen::JsCast;
    use web_sys::StorageEvent;

    use super::{Me, marker};
    use crate::storage::storage;

    const KEY: &str = "signed-in";

    /// The marker of whoever has.
    pub(super) fn get() -> Option<String> {
        storage()?.get_item(KEY).ok()?
    }

    /// Private windows may refuse storage; then the pages ask where they must know.
    pub(super) fn set(somebody: Option<&Me>) {
        storage().map(|s| match somebody {
            Some(me) => s.set_item(KEY, &marker(me)),
            None => s.remove_item(KEY),
        });
    }

    /// Calls back with the account's marker when another window of this browser signs in or out.
    pub(super) fn on_change(call: impl Fn(Option<String>) + 'static) {
        let Some(window) = web_sys::window() else {
            return;
        };
        let is_ours = |event: &StorageEvent| event.key().is_none_or(|key| key == KEY);
        EventListener::new(&window, "storage", move |event| {
            if let Some(event) = event.dyn_ref().filter(|event| is_ours(event)) {
                call(event.new_value());
            }
        })
        .forget();
    }
}

#[cfg(not(feature = "hydrate"))]
mod hint {
    use super::Me;

    pub(super) fn get() -> Option<String> {
        None
    }

    pub(super) fn set(_somebody: Option<&Me>) {}

    pub(super) fn on_change(_call: impl Fn(Option<String>) + 'static) {}
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
