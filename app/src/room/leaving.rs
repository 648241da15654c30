//! Asks before the tab is closed on results that are saved nowhere.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use leptos::prelude::*;

use super::Room;
use crate::engine::state::Desk;

impl Room {
    /// Has the browser ask, in its own words, while there is something to lose. Only then:
    /// a page that listens for its end is not kept for the way back.
    pub fn guard_results(self) {
        let is_unsaved = Memo::new(move |_| self.desk.with(Desk::has_unsaved));
        let guard = StoredValue::new_local(None);
        Effect::new(move |_| guard.set_value(is_unsaved.get().then(listen).flatten()));
    }
}

fn listen() -> Option<EventListener> {
    let active = EventListenerOptions::enable_prevent_default();
    let window = web_sys::window()?;
    let listener = EventListener::new_with_options(&window, "beforeunload", active, |event| {
        event.prevent_default();
        // What older browsers go by.
        Reflect::set(event, &"returnValue".into(), &true.into()).ok();
    });
    Some(listener)
}
