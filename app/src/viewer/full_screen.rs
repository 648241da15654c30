//! The reading room's image and tools on the whole screen; the panels beside stay away meanwhile.

use js_sys::{Function, Promise, Reflect};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether this browser can: those of iPhones cannot.
pub fn is_possible() -> bool {
    document().is_some_and(|page| page.fullscreen_enabled())
}

/// Whether it is so now.
pub fn is_on() -> bool {
    document().is_some_and(|page| page.fullscreen_element().is_some())
}

/// There, or back; `None` where that is not possible.
pub fn switch() -> Option<()> {
    let page = document().filter(Document::fullscreen_enabled)?;
    if is_on() {
        page.exit_fullscreen();
        return Some(());
    }
    // With what is said to the reader, and not the image alone.
    let room = page.query_selector(".room").ok()??;
    let entered = request(&room)?;
    // What has the keyboard is to be seen.
    let holder = page.active_element();
    let is_hidden = holder.is_some_and(|it| matches!(it.closest(".room > .side"), Ok(Some(_))));
    let image = room.query_selector(".viewer canvas").ok()?;
    let image = image.filter(|_| is_hidden);
    spawn_local(async move {
        // A browser may refuse: then nothing has changed.
        let has_entered = JsFuture::from(entered).await.is_ok();
        if let Some(image) = image.filter(|_| has_entered) {
            image.unchecked_ref::<HtmlElement>().focus().ok();
        }
    });
    Some(())
}

/// Asks for it; what the browser answers, which `web-sys` lets go unheard.
fn request(room: &Element) -> Option<Promise> {
    let request = Reflect::get(room, &"requestFullscreen".into()).ok()?;
    let answer = request.dyn_into::<Function>().ok()?.call0(room).ok()?;
    answer.dyn_into().ok()
}
