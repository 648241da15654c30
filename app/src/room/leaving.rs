//! Asks before results that are saved nowhere are lost: with the tab, or to another scan.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use leptos::prelude::*;
use model::calliper::Calliper;

use super::Room;
use crate::engine::state::Desk;
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

    /// Whether the scan may go, with its results and what was measured on it: nothing would be
    /// lost, or the user agrees.
    pub(super) fn may_discard(self) -> bool {
        let question = "What was found or measured on this scan is not saved. Discard it?";
        let lines = self.callipers.get_untracked();
        !self.desk.with_untracked(|d| d.has_unsaved(&lines)) || is_sure(question)
    }

    /// Whether others may take the place of the results; lines stay.
    pub(super) fn may_discard_results(self) -> bool {
        let question = "This scan’s results are not saved. Discard them?";
        !self.desk.with_untracked(Desk::has_unsaved_results) || is_sure(question)
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
