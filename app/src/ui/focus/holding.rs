//! Where the keyboard stays when what it was at goes: at the nearest thing around that is still
//! there. The next step goes on from there, and not from the start of the page.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{
    Document, Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit,
};

/// What nothing but this module, or a link to the page's content, takes the keyboard to.
const SURROUNDING: &str = "body, [tabindex='-1']";

/// From now on, on every page.
pub fn start() {
    let Some(body) = document().and_then(|document| document.body()) else {
        return;
    };
    // What has the keyboard, and what is around it, outwards.
    let held = Rc::new(RefCell::new(Vec::<HtmlElement>::new()));
    let noted = Rc::clone(&held);
    EventListener::new(&body, "focusin", move |event| {
        let mut next = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlElement>().ok());
        let mut around = Vec::new();
        while let Some(element) = next {
            next = element.parent_element().and_then(|it| it.dyn_into().ok());
            around.push(element);
        }
        noted.replace(around);
    })
    .forget();
    let changed = Closure::<dyn FnMut()>::new(move || {
        // Copied first: taking the keyboard there changes what is held.
        let around = held.borrow().clone();
        if around.first().is_some_and(|it| is_gone(it)) && is_nowhere() {
            stay(&around);
        }
    });
    let changes = MutationObserverInit::new();
    changes.set_child_list(true);
    changes.set_subtree(true);
    changes.set_attribute_filter(&js_sys::Array::of1(&"disabled".into()));
    if let Ok(observer) = MutationObserver::new(changed.into_js_value().unchecked_ref()) {
        observer.observe_with_options(&body, &changes).ok();
    }
}

/// Whether no control has the keyboard.
pub(super) fn is_lost() -> bool {
    holder().is_none_or(|it| it.matches(SURROUNDING) == Ok(true))
}

fn is_nowhere() -> bool {
    holder().is_none_or(|it| it.tag_name() == "BODY" || is_gone(&it))
}

/// Taken from the page, or out of use.
fn is_gone(element: &Element) -> bool {
    !element.is_connected() || element.matches(":disabled") == Ok(true)
}

fn stay(around: &[HtmlElement]) {
    let Some(nearest) = around.iter().find(|it| !is_gone(it)) else {
        return;
    };
    if !nearest.has_attribute("tabindex") {
        nearest.set_attribute("tabindex", "-1").ok();
    }
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    nearest.focus_with_options(&options).ok();
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn holder() -> Option<Element> {
    document()?.active_element()
}
