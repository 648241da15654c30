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
    go_to(&format!("#{id}"));
}

/// To the first one that the selector matches, if what had the keyboard is gone once what changes
/// now is drawn.
#[cfg(feature = "hydrate")]
pub fn if_lost(selector: &'static str) {
    gloo::timers::callback::Timeout::new(0, move || {
        let document = web_sys::window().and_then(|window| window.document());
        let holder = document.and_then(|document| document.active_element());
        if holder.is_none_or(|holder| holder.tag_name() == "BODY") {
            go_to(selector);
        }
    })
    .forget();
}

#[cfg(feature = "hydrate")]
fn go_to(selector: &str) {
    use wasm_bindgen::JsCast;

    let element = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.query_selector(selector).ok().flatten())
        .and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        element.focus().ok();
    }
}
