//! Finds an element, and takes the reader, and the keyboard, to it.

#[cfg(feature = "hydrate")]
pub mod holding;
#[cfg(feature = "hydrate")]
pub mod menu;

#[cfg(feature = "hydrate")]
use web_sys::{Element, HtmlElement, HtmlFormElement};

/// To the one with this id, once what changes now is drawn: what was pressed may be gone then.
pub fn soon(id: String) {
    #[cfg(feature = "hydrate")]
    gloo::timers::callback::Timeout::new(0, move || now(&id)).forget();
    #[cfg(not(feature = "hydrate"))]
    drop(id);
}

/// To the one with this id, if it is there.
#[cfg(feature = "hydrate")]
pub(super) fn now(id: &str) {
    go_to(&format!("#{id}"));
}

/// To the first one that the selector matches, if what had the keyboard is gone once what changes
/// now is drawn.
pub fn if_lost(selector: &'static str) {
    #[cfg(feature = "hydrate")]
    gloo::timers::callback::Timeout::new(0, move || {
        if holding::is_lost() {
            go_to(selector);
        }
    })
    .forget();
    #[cfg(not(feature = "hydrate"))]
    let _ = selector;
}

/// Puts what the fields of the first form that the selector matches were given in the place of what
/// was typed, once what changes now is drawn.
#[cfg(feature = "hydrate")]
pub fn start_over(selector: &'static str) {
    use wasm_bindgen::JsCast;

    gloo::timers::callback::Timeout::new(0, move || {
        if let Some(form) = first(selector).and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) {
            form.reset();
        }
    })
    .forget();
}

/// Folds the first one that the selector matches.
#[cfg(feature = "hydrate")]
pub fn fold(selector: &str) {
    set_open(selector, false);
}

/// Unfolds or folds the first one that the selector matches.
#[cfg(feature = "hydrate")]
pub fn set_open(selector: &str, is_open: bool) {
    if let Some(element) = first(selector) {
        element.toggle_attribute_with_force("open", is_open).ok();
    }
}

#[cfg(feature = "hydrate")]
fn go_to(selector: &str) {
    if let Some(element) = first(selector) {
        element.focus().ok();
    }
}

/// The first one on the page that the selector matches.
#[cfg(feature = "hydrate")]
pub fn first(selector: &str) -> Option<HtmlElement> {
    first_in(
        &web_sys::window()?.document()?.document_element()?,
        selector,
    )
}

/// The first one inside another that the selector matches.
#[cfg(feature = "hydrate")]
pub fn first_in(within: &Element, selector: &str) -> Option<HtmlElement> {
    use wasm_bindgen::JsCast;

    within.query_selector(selector).ok()??.dyn_into().ok()
}
