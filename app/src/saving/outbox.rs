//! What waits to be sent, as signals. It is kept in the browser's database before the first
//! try, so that neither a broken line nor a closed tab loses an analysis; its id is made
//! here, so that sending it twice saves it once.

use leptos::prelude::*;

use crate::session::Session;

/// Where an item stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It will be sent.
    Waiting,
    /// The server will never take it, for this reason.
    Refused(String),
}

impl State {
    /// Its name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Refused(_) => "refused",
        }
    }

    /// Why it was refused.
    pub fn reason(&self) -> &str {
        match self {
            Self::Waiting => "",
            Self::Refused(reason) => reason,
        }
    }

    /// From what the database holds; what it does not know is sent again.
    pub fn from_parts(name: &str, reason: String) -> Self {
        match name {
            "refused" => Self::Refused(reason),
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

/// The items and what goes on with them.
#[derive(Debug, Clone, Copy)]
pub struct Outbox {
    /// Everything that waits, oldest first.
    pub items: RwSignal<Vec<Item>>,
    /// One of them is on its way now.
    pub is_sending: RwSignal<bool>,
    /// Number of the analysis that the server took last.
    pub stored: RwSignal<Option<String>>,
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
            session,
            #[cfg(feature = "hydrate")]
            failures: StoredValue::new(0),
            #[cfg(feature = "hydrate")]
            timer: StoredValue::new_local(None),
        }
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo::events::EventListener;
    use gloo::timers::callback::Timeout;
    use js_sys::Uint8Array;
    use leptos::prelude::*;

    use super::{Item, Outbox, State};
    use crate::saving::delivery::{Delivery, pause_ms};
    use crate::saving::{exchange, store};
    use crate::session::marker;

    impl Outbox {
        /// Loads what waits from earlier, and sends whenever somebody is signed in or the
        /// line is back.
        pub fn open(self) {
            leptos::task::spawn_local(async move {
                // Without a database nothing can be waiting in it.
                if let Ok(items) = store::items().await {
                    self.items.set(items);
                    self.send();
                }
            });
            Effect::new(move |_| {
                if self.session.me().is_some() {
                    self.send_now();
                }
            });
            if let Some(window) = web_sys::window() {
                EventListener::new(&window, "online", move |_| self.send_now()).forget();
            }
        }

        /// Keeps a document until the server has it.
        ///
        /// # Errors
        /// A sentence for the user if the browser keeps nothing.
        pub async fn keep(self, item: Item, document: &[u8]) -> Result<(), String> {
            store::put(&item, &Uint8Array::from(document))
                .await
                .map_err(|_| {
                    "The browser has no room to keep the analysis until it is sent, or keeps nothing in \
                     private windows. Free some space or use a normal window, then save again."
                        .to_owned()
                })?;
            self.items.update(|items| items.push(item));
            self.send_now();
            Ok(())
        }

        /// Throws an item away.
        pub fn discard(self, id: String) {
            leptos::task::spawn_local(async move {
                if store::remove(&id).await.is_ok() {
                    self.forget(&id);
                }
            });
        }

        /// Tries again without waiting.
        pub fn send_now(self) {
            self.failures.set_value(0);
            self.send();
        }

        fn send(self) {
            let Some(me) = self.session.me_untracked() else {
                return;
            };
            if self.is_sending.get_untracked() {
                return;
            }
            self.timer.set_value(None);
            let account = marker(&me);
            let next = self.items.with_untracked(|items| {
                let mut waiting = items.iter().filter(|i| i.state == State::Waiting);
                waiting.find(|i| i.account == account).cloned()
            });
            let Some(item) = next else {
                return;
            };
            self.is_sending.set(true);
            leptos::task::spawn_local(async move {
                let delivery = self.deliver(&item).await;
                self.is_sending.set(false);
                self.delivered(&item, delivery);
            });
        }

        async fn deliver(self, item: &Item) -> Delivery {
            match store::document(&item.id).await {
                Ok(Some(document)) => {
                    let delivery = exchange::put(&item.id, &document).await;
                    match &delivery {
                        // If letting go fails, it is sent once more, which changes nothing.
                        Delivery::Stored | Delivery::Deleted => store::remove(&item.id).await.ok(),
                        Delivery::Refused(reason) => {
                            let refused = Item {
                                state: State::Refused(reason.clone()),
                                ..item.clone()
                            };
                            store::put(&refused, &document).await.ok()
                        }
                        _ => None,
                    };
                    delivery
                }
                Ok(None) => Delivery::Stored,
                Err(_) => Delivery::Later,
            }
        }

        fn delivered(self, item: &Item, delivery: Delivery) {
            match delivery {
                Delivery::Stored => {
                    self.forget(&item.id);
                    self.stored.set(Some(item.id.clone()));
                    self.send_now();
                }
                Delivery::Deleted => {
                    self.forget(&item.id);
                    self.send_now();
                }
                Delivery::SignIn => self.session.signed_out(),
                Delivery::Refused(reason) => {
                    self.items.update(|items| {
                        let refused = items.iter_mut().find(|i| i.id == item.id);
                        if let Some(refused) = refused {
                            refused.state = State::Refused(reason);
                        }
                    });
                    self.send();
                }
                Delivery::Later => {
                    let failures = self.failures.get_value();
                    self.failures.set_value(failures.saturating_add(1));
                    let pause = pause_ms(failures, js_sys::Math::random());
                    let timer = Timeout::new(pause, move || self.send());
                    self.timer.set_value(Some(timer));
                }
            }
        }

        fn forget(self, id: &str) {
            self.items.update(|items| items.retain(|i| i.id != id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_the_database() {
        for state in [State::Waiting, State::Refused("No room.".to_owned())] {
            let back = State::from_parts(state.name(), state.reason().to_owned());
            assert_eq!(back, state);
        }
        assert_eq!(State::from_parts("?", String::new()), State::Waiting);
    }
}
