//! Which strokes of the keyboard are the viewer's: those on the image and on the tools around it,
//! and while the pointer is over the image those anywhere on the page, as far as what has the
//! keyboard has no use of its own for them. Elsewhere a letter does nothing; together with Ctrl or
//! ⌘ it does wherever nothing is typed, as in every other program.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusOptions, HtmlCanvasElement, KeyboardEvent};

/// The image and its tools.
const OWN: &str = ".viewer, .toolbar, .slice-slider, .beside";
/// One image with its tools: there may be two beside each other.
const PART: &str = ".room, .side-by-side";
/// What takes every key.
const TYPED: &str = "select, textarea, input:not([type=radio], [type=checkbox], [type=range])";
/// What arrows choose, set or scroll.
const MOVED: &str = "input:not([type=checkbox]), .sheet *, .scroll-x";
/// What Enter presses.
const PRESSED: &str = "button, a, summary";
/// What is chosen or set with the pointer: keys press the input itself.
const CHOSEN: &str = ":is(.toolbar, .layers) .choice :not(input), .layers [type=range]";

fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn is(element: &Element, selector: &str) -> bool {
    element.matches(selector) == Ok(true)
}

/// Whether a stroke is meant for the viewer.
pub(super) fn is_meant(event: &KeyboardEvent, canvas: &HtmlCanvasElement) -> bool {
    let Some(holder) = target(event) else {
        return false;
    };
    // A menu was closed, say.
    if event.default_prevented() {
        return false;
    }
    if event.ctrl_key() || event.meta_key() {
        return !is(&holder, TYPED);
    }
    let key = event.key();
    let key = key.as_str();
    let is_move = matches!(key, "PageUp" | "PageDown" | "Home" | "End") || key.starts_with("Arrow");
    let has_use = is(&holder, TYPED)
        || is_move && is(&holder, MOVED)
        || key == "Enter" && is(&holder, PRESSED);
    let is_meant = match holder.closest(OWN) {
        Ok(Some(_)) => is_of(&holder, canvas),
        _ => is(canvas, ":hover"),
    };
    !has_use && is_meant
}

/// Whether something stands with this image.
fn is_of(it: &Element, canvas: &HtmlCanvasElement) -> bool {
    it.closest(PART).ok().flatten() == canvas.closest(PART).ok().flatten()
}

/// Gives the image the keyboard when something was chosen with the pointer: the next arrow is to
/// turn a slice, and not to choose the tool beside.
pub(super) fn take_back(event: &Event, canvas: &HtmlCanvasElement) {
    if target(event).is_some_and(|it| is(&it, CHOSEN) && is_of(&it, canvas)) {
        let canvas = canvas.clone();
        // Not before the input of what was pressed has taken it.
        Timeout::new(0, move || {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            canvas.focus_with_options(&options).ok();
        })
        .forget();
    }
}
