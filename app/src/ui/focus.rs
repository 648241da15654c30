//! Takes the reader, and the keyboard, to an element.

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
    use wasm_bindgen::JsCast;

    let element = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.get_element_by_id(id))
        .and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        element.focus().ok();
    }
}
