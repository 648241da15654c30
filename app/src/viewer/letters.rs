//! Whether keys act that type a character (WCAG 2.2, 2.1.4): who speaks to the computer, or hits
//! keys by mistake, can switch them off. The document says so while it is open, the browser's
//! storage to the next visit.

use crate::storage::storage;

const ATTRIBUTE: &str = "data-no-letters";
const KEY: &str = "letters";

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

/// Whether they act, as the document says.
pub fn are_on() -> bool {
    root().is_none_or(|root| !root.has_attribute(ATTRIBUTE))
}

/// Whether they act, as the reader has last chosen in this browser.
pub fn recall() -> bool {
    let kept = || storage()?.get_item(KEY).ok()?;
    if kept().is_some() {
        put(false);
    }
    are_on()
}

/// Switches them on or off, also for later visits. Private windows may refuse storage.
pub fn switch(on: bool) {
    put(on);
    storage().map(|storage| {
        if on {
            storage.remove_item(KEY)
        } else {
            storage.set_item(KEY, "off")
        }
    });
}

fn put(on: bool) {
    root().map(|root| {
        if on {
            root.remove_attribute(ATTRIBUTE)
        } else {
            root.set_attribute(ATTRIBUTE, "")
        }
    });
}
