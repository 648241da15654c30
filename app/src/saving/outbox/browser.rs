//! Keeping what waits, and sending it.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::prelude::*;

use super::{Item, Outbox, State, with_taken};
use crate::api::ApiError;
use crate::saving::delivery::{Delivery, pause_ms};
use crate::saving::store::Found;
use crate::saving::{exchange, store, turn};
use crate::session::marker;

impl Outbox {
    /// Loads what waits from earlier, and sends whenever somebody is signed in or the
    /// line is back.
    pub fn open(self) {
        self.look_again();
        let account = Memo::new(move |_| self.session.me().map(|me| marker(&me)));
        Effect::new(move |_| {
            // Its labels can be read by now.
            if account.get().is_some() {
                self.look_again();
            }
        });
        Effect::new(move |_| {
            if self.session.is_unanswered() {
                self.try_later();
            }
        });
        if let Some(window) = web_sys::window() {
            for event in ["online", "focus"] {
                EventListener::new(&window, event, move |_| self.look_again()).forget();
            }
        }
    }

    /// Sends what waits, also what another window has put there, and asks what has become of what
    /// one has taken.
    fn look_again(self) {
        leptos::task::spawn_local(async move {
            // Without a database nothing can be waiting in it.
            let me = self.session.me_untracked();
            let listed = self.items.get_untracked();
            if let Ok(found) = store::items(me.as_ref(), &listed).await {
                self.items.update(|items| *items = with_taken(found, items));
                self.send_now();
            }
        });
    }

    /// Keeps a document until the server has it, closed with the image key of its account.
    ///
    /// # Errors
    /// A sentence for the user if the browser keeps nothing.
    pub async fn keep(self, item: Item, image_key: &str, document: &[u8]) -> Result<(), String> {
        store::put(&item, image_key, document).await.map_err(|_| {
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

    /// Throws away all that waits for an account that is no more.
    pub fn discard_all_of(self, account: String) {
        leptos::task::spawn_local(async move {
            // Other windows may have put something there. Without a database nothing is in it.
            let items = store::items(None, &[]).await.unwrap_or_default();
            for item in items.into_iter().filter(|i| i.account == account) {
                self.discard(item.id);
            }
        });
    }

    /// Sends what was refused once more: the reason may be gone.
    pub fn try_again(self, item: Item) {
        leptos::task::spawn_local(async move {
            // What cannot be kept as waiting stays refused.
            if store::mark(&item.id, &State::Waiting).await.is_ok() {
                self.change(&item.id, State::Waiting);
                self.send_now();
            }
        });
    }

    /// Tries again without waiting.
    pub fn send_now(self) {
        self.failures.set_value(0);
        self.send();
    }

    /// Tries again after a pause, which grows with every failure.
    fn try_later(self) {
        let failures = self.failures.get_value();
        self.failures.set_value(failures.saturating_add(1));
        let pause = pause_ms(failures, js_sys::Math::random());
        let timer = Timeout::new(pause, move || self.send());
        self.timer.set_value(Some(timer));
    }

    fn send(self) {
        let Some(me) = self.session.me_untracked() else {
            // A page that started without a line does not know who is signed in.
            self.session.ask_if_unanswered();
            return;
        };
        if self.is_sending.get_untracked() {
            return;
        }
        self.timer.set_value(None);
        let account = marker(&me);
        let next = self.items.with_untracked(|items| {
            let mut waiting = items
                .iter()
                .filter(|i| !matches!(i.state, State::Refused(_)));
            waiting.find(|i| i.account == account).cloned()
        });
        let Some(item) = next else {
            return;
        };
        self.is_sending.set(true);
        leptos::task::spawn_local(async move {
            let own_turn = turn::take().await;
            let delivery = self.deliver(&item, &me.image_key).await;
            drop(own_turn);
            self.is_sending.set(false);
            self.delivered(&item, delivery);
        });
    }

    async fn deliver(self, item: &Item, image_key: &str) -> Delivery {
        let delivery = match store::document(&item.id, image_key).await {
            Ok(Found::Document(document)) => {
                // It may have been put there just after all was looked for, and count as taken.
                self.change(&item.id, State::Waiting);
                exchange::put(item, &document).await
            }
            Ok(Found::Damaged) => Delivery::Refused(ApiError::Damaged.to_string()),
            Ok(Found::Nothing) => return exchange::fate(&item.id).await,
            Err(_) => return Delivery::Later,
        };
        match &delivery {
            // If letting go fails, it is sent once more, which changes nothing.
            Delivery::Stored | Delivery::Deleted => store::remove(&item.id).await.ok(),
            Delivery::Refused(reason) => {
                let refused = State::Refused(reason.clone());
                store::mark(&item.id, &refused).await.ok()
            }
            _ => None,
        };
        delivery
    }

    fn delivered(self, item: &Item, delivery: Delivery) {
        match delivery {
            Delivery::Stored => {
                self.stored.set(Some(item.id.clone()));
                self.forget(&item.id);
                self.send_now();
            }
            Delivery::Deleted => {
                self.deleted.set(Some(item.id.clone()));
                self.forget(&item.id);
                self.send_now();
            }
            Delivery::SignIn => {
                self.session.ask_again();
                // If somebody is signed in all the same, nothing else would send it.
                self.try_later();
            }
            Delivery::Refused(reason) => {
                self.change(&item.id, State::Refused(reason));
                self.send();
            }
            Delivery::Later => {
                // It has to wait: browsers that are short of room, or not used for long, keep what
                // they were asked to.
                if let Some(window) = web_sys::window() {
                    window.navigator().storage().persist().ok();
                }
                // One that is too large for this line must not hold up the others.
                self.items.update(|items| {
                    if let Some(at) = items.iter().position(|i| i.id == item.id) {
                        items[at..].rotate_left(1);
                    }
                });
                self.try_later();
            }
        }
    }

    fn change(self, id: &str, state: State) {
        self.items.update(|items| {
            if let Some(item) = items.iter_mut().find(|i| i.id == id) {
                item.state = state;
            }
        });
    }

    fn forget(self, id: &str) {
        self.items.update(|items| items.retain(|i| i.id != id));
    }
}
