//! Menus fold when the reader turns to something else, or presses Escape.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, Node};

use super::{first, first_in, fold};

/// There is never more than one: opening another turns to that.
const OPEN: &str = "details.menu[open]";

/// From now on, on every page.
pub fn start() {
    let Some(body) = web_sys::window().and_then(|it| it.document()?.body()) else {
        return;
    };
    for turning in ["pointerdown", "focusin", "keydown"] {
        EventListener::new(&body, turning, |event| {
            let Some(menu) = first(OPEN) else {
                return;
            };
            let target = event.target().and_then(|it| it.dyn_into::<Node>().ok());
            let is_inside = menu.contains(target.as_ref());
            let is_over = match event.dyn_ref::<KeyboardEvent>() {
                Some(pressed) => pressed.key() == "Escape",
                None => !is_inside,
            };
            if !is_over {
                return;
            }
            fold(OPEN);
            if is_inside && let Some(summary) = first_in(&menu, "summary") {
                summary.focus().ok();
            }
        })
        .forget();
    }
}
