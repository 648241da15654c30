//! Asks before results that are saved nowhere are lost: with the tab, or to another scan.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use leptos::prelude::*;
use model::calliper::Calliper;

use super::Room;
use crate::ui::sure::is_sure;

impl Room {
    /// Has the browser ask, in its own words, while there is something to lose. Only then:
    /// a page that listens for its end is not kept for the way back.
    pub fn guard_results(self) {
        let is_unsaved = Memo::new(move |_| {
            let has_unsaved = |lines: &Vec<Calliper>| self.desk.with(|d| d.has_unsaved(lines));
            self.callipers.with(has_unsaved)
        });
        let guard = StoredValue::new_local(None);
        Effect::new(move |_| guard.set_value(is_unsaved.get().then(listen).flatten()));
    }

    /// Whether the results on the desk may go: nothing would be lost with them, or the user agrees.
    pub(super) fn may_discard(self) -> bool {
        let question = "This scan’s results are not saved. Discard them?";
        let lines = self.callipers.get_untracked();
        !self.desk.with_untracked(|d| d.has_unsaved(&lines)) || is_sure(question)
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
