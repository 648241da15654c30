//! How far down the list was read when a link led away from it: the browser's way back leads there
//! again. What the browser itself does about it comes too early: the list is not there yet. Noted
//! is a height in pixels, in the entry of the page among those that the browser goes back to, which
//! ends with the tab.

use leptos::ev::MouseEvent;

#[cfg(feature = "hydrate")]
pub(super) use browser::take;

/// Notes how far the page is scrolled if a link was pressed that leads to another page in this tab.
pub(super) fn keep(event: &MouseEvent) {
    #[cfg(feature = "hydrate")]
    {
        // To another tab, another window, or a file.
        let is_elsewhere =
            event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if !is_elsewhere && browser::is_link(event.target()) {
            browser::keep();
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}

/// What was noted: on a server nothing.
#[cfg(not(feature = "hydrate"))]
pub(super) fn take() -> Option<f64> {
    None
}

/// Scrolls there, once what changes now is drawn.
pub(super) fn go_to(place: Option<f64>) {
    #[cfg(feature = "hydrate")]
    if let Some(place) = place {
        gloo::timers::callback::Timeout::new(0, move || browser::go_to(place)).forget();
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = place;
}

#[cfg(feature = "hydrate")]
mod browser {
    use wasm_bindgen::{JsCast as _, JsValue};
    use web_sys::{Element, EventTarget};

    /// Whether it leads to another page here.
    pub(super) fn is_link(pressed: Option<EventTarget>) -> bool {
        let element = pressed.and_then(|it| it.dyn_into::<Element>().ok());
        element.is_some_and(|it| matches!(it.closest("a:not([download], [target])"), Ok(Some(_))))
    }

    pub(super) fn keep() {
        if let Some(place) = web_sys::window().and_then(|window| window.scroll_y().ok()) {
            note(&JsValue::from_f64(place));
        }
    }

    /// What was noted, which is forgotten with it; `None` if this is not the way back.
    pub(crate) fn take() -> Option<f64> {
        let history = web_sys::window()?.history().ok()?;
        let place = history.state().ok()?.as_f64()?;
        note(&JsValue::NULL);
        Some(place)
    }

    pub(super) fn go_to(place: f64) {
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, place);
        }
    }

    fn note(what: &JsValue) {
        if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
            // Where the browser refuses it, the list begins at its top.
            history.replace_state(what, "").ok();
        }
    }
}
