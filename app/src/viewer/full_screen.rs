//! The reading room's image and tools on the whole screen; the panels beside stay away meanwhile.

use web_sys::Document;

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

/// There, or back.
pub fn switch() {
    let Some(page) = document() else { return };
    if is_on() {
        return page.exit_fullscreen();
    }
    // With what is said to the reader, and not the image alone.
    if let Ok(Some(room)) = page.query_selector(".room") {
        room.request_fullscreen().ok();
    }
}
