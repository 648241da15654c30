//! What waits to be sent, as signals. It is kept in the browser's database before the first
//! try, so that neither a broken line nor a closed tab loses an analysis; it has
//! its id by then, so that sending it twice saves it once.

#[cfg(feature = "hydrate")]
mod browser;

use leptos::prelude::*;
use uuid::Uuid;

use crate::clock::DAY_MS;
use crate::session::Session;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It will be sent.
    Waiting,
    /// The server will never take it, for this reason.
    Refused(String),
    /// Another window has sent it or thrown it away: the server is asked which.
    Taken,
}

impl State {
    /// Its name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Refused(_) => "refused",
            Self::Taken => "taken",
        }
    }

    /// Why it was refused.
    pub fn reason(&self) -> &str {
        match self {
            Self::Waiting | Self::Taken => "",
            Self::Refused(reason) => reason,
        }
    }

    /// From what the database holds. What it does not know is sent again, and so is, once, what was
    /// refused when this browser had another release: the server, too, may be a newer one by now.
    pub fn from_parts(name: &str, reason: String, is_of_this_release: bool) -> Self {
        match name {
            "refused" if is_of_this_release => Self::Refused(reason),
            _ => Self::Waiting,
        }
    }
}

/// An analysis that waits to be sent; its document stays in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number.
    pub id: String,
    /// Whose it is ([`crate::session::marker`]).
    pub account: String,
    /// Patient label.
    pub label: String,
    /// Day of the examination.
    pub day: String,
    /// Where it stands.
    pub state: State,
}

impl Item {
    /// Takes label and day from what is listed of the same item; whether they are read there. What
    /// is kept under a number stays as it is, and all of it is opened to read them.
    pub fn recall(&mut self, listed: &[Self]) -> bool {
        let is_same = |it: &&Self| it.id == self.id && it.account == self.account;
        let read = listed
            .iter()
            .find(is_same)
            .filter(|it| !it.label.is_empty());
        if let Some(Self { label, day, .. }) = read.cloned() {
            (self.label, self.day) = (label, day);
        }
        read.is_some()
    }

    /// Whether it has waited for thirty days at `now_ms` (since 1970), after which anybody at this
    /// browser may throw it away: its account may be gone. Its number begins with the time at which
    /// it was made (UUID version 7, RFC 9562).
    pub fn has_waited_long(&self, now_ms: f64) -> bool {
        const LONG_MS: f64 = 30.0 * DAY_MS;
        let id = Uuid::parse_str(&self.id);
        id.is_ok_and(|id| (id.as_u128() >> 80) as f64 + LONG_MS <= now_ms)
    }
}

/// What the browser keeps, as it was `found`, and behind it what was there `before` and another
/// window has taken: by itself that does not say whether it is saved.
pub fn with_taken(mut found: Vec<Item>, before: &[Item]) -> Vec<Item> {
    let is_taken = |item: &&Item| found.iter().all(|it| it.id != item.id);
    let taken: Vec<Item> = before.iter().filter(is_taken).cloned().collect();
    found.extend(taken.into_iter().map(|item| Item {
        state: State::Taken,
        ..item
    }));
    found
}

/// The items and what goes on with them.
#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    /// Everything that waits, oldest first.
    pub items: RwSignal<Vec<Item>>,
    /// One of them is on its way now.
    pub is_sending: RwSignal<bool>,
    /// Number of the analysis that the server took last.
    pub stored: RwSignal<Option<String>>,
    /// Number of the analysis that was deleted, or thrown away, elsewhere while it was listed here.
    pub deleted: RwSignal<Option<String>>,
    /// What is read out of a deletion, after which another page is open.
    pub said: RwSignal<&'static str>,
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "for the browser")
    )]
    session: Session,
    #[cfg(feature = "hydrate")]
    failures: StoredValue<u32>,
    #[cfg(feature = "hydrate")]
    timer: StoredValue<Option<gloo::timers::callback::Timeout>, LocalStorage>,
}

impl Outbox {
    /// Nothing waits.
    pub fn new(session: Session) -> Self {
        Self {
            items: RwSignal::new(Vec::new()),
            is_sending: RwSignal::new(false),
            stored: RwSignal::new(None),
            deleted: RwSignal::new(None),
            said: RwSignal::new(""),
            session,
            #[cfg(feature = "hydrate")]
            failures: StoredValue::new(0),
            #[cfg(feature = "hydrate")]
            timer: StoredValue::new_local(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_the_database() {
        for state in [State::Waiting, State::Refused("No room.".to_owned())] {
            let back = State::from_parts(state.name(), state.reason().to_owned(), true);
            assert_eq!(back, state);
        }
        assert_eq!(State::from_parts("?", String::new(), true), State::Waiting);
    }

    #[test]
    fn what_was_refused_before_a_new_release_is_sent_again() {
        let refused = State::Refused("No room.".to_owned());
        for (is_of_this_release, state) in [(true, refused.clone()), (false, State::Waiting)] {
            let back = State::from_parts(refused.name(), "No room.".to_owned(), is_of_this_release);
            assert_eq!(back, state);
        }
    }

    fn item(id: &str, state: State) -> Item {
        Item {
            id: id.to_owned(),
            account: String::new(),
            label: String::new(),
            day: String::new(),
            state,
        }
    }

    #[test]
    fn what_another_window_has_taken_stays_listed_until_it_is_known_why() {
        let before = [
            item("a", State::Waiting),
            item("b", State::Refused("No room.".to_owned())),
            item("c", State::Taken),
        ];
        let found = vec![item("d", State::Waiting), item("a", State::Waiting)];
        let all = [
            item("d", State::Waiting),
            item("a", State::Waiting),
            item("b", State::Taken),
            item("c", State::Taken),
        ];
        assert_eq!(with_taken(found, &before), all);
        assert_eq!(with_taken(Vec::new(), &[]), []);
    }

    #[test]
    fn what_was_read_of_an_item_is_not_read_again_for_its_own_account() {
        let of = |account: &str, label: &str| Item {
            account: account.to_owned(),
            label: label.to_owned(),
            day: "2026-12-01".to_owned(),
            ..item("a", State::Taken)
        };
        let found = Item {
            account: "me".to_owned(),
            ..item("a", State::Waiting)
        };
        for listed in [
            vec![],
            vec![of("me", "")],
            vec![of("you", "Patient 12")],
            vec![item("b", State::Waiting)],
        ] {
            let mut it = found.clone();
            assert!(!it.recall(&listed), "{listed:?}");
            assert_eq!(it, found);
        }
        let mut it = found;
        assert!(it.recall(&[of("me", "Patient 12")]));
        let known = of("me", "Patient 12");
        assert_eq!((it.label, it.day), (known.label, known.day));
        assert_eq!(it.state, State::Waiting, "which may have changed");
    }

    #[test]
    fn thirty_days_are_long() {
        // The example of RFC 9562, A.6: 2022-02-22 19:22:22 UTC.
        let item = item("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", State::Waiting);
        let day = |days: f64| 1_645_557_742_000.0 + days * DAY_MS;
        assert!(!item.has_waited_long(day(29.9)) && item.has_waited_long(day(30.0)));
    }
}
