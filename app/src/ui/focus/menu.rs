//! Menus fold when the reader turns to something else, or presses Escape; the list of keys at
//! Escape alone.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, Node};

use super::{first, first_in, fold};

/// There is never more than one: opening another turns to that.
const OPEN: &str = "details.menu[open]";

/// It may lie over the image.
const KEYS: &str = "details.keys[open]";

/// From now on, on every page.
pub fn start() {
    let Some(body) = web_sys::window().and_then(|it| it.document()?.body()) else {
        return;
    };
    for turning in ["pointerdown", "focusin", "keydown"] {
        let active = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&body, turning, active, |event| {
            let pressed = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
            let is_escape = pressed.as_deref() == Some("Escape");
            let Some(menu) = first(OPEN) else {
                if is_escape && first(KEYS).is_some() {
                    fold(KEYS);
                    // Else the image under it heard it, too.
                    event.prevent_default();
                }
                return;
            };
            let target = event.target().and_then(|it| it.dyn_into::<Node>().ok());
            let is_inside = menu.contains(target.as_ref());
            let is_over = if pressed.is_some() {
                is_escape
            } else {
                !is_inside
            };
            if !is_over {
                return;
            }
            fold(OPEN);
            if is_escape {
                event.prevent_default();
            }
            if is_inside && let Some(summary) = first_in(&menu, "summary") {
                summary.focus().ok();
            }
        })
        .forget();
    }
}
