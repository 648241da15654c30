//! Pages that are text alone.
//!
//! The server writes them, and the browser's module does not carry their words, which were a
//! thirtieth of it: a page of text that is reached from another page is taken out of the document
//! at its address, which the service worker keeps for visits without a line.

use leptos::prelude::*;

use crate::ui::piece::{IntoPiece as _, Piece};

/// The text at `address`.
#[cfg(not(feature = "hydrate"))]
pub fn written<T: IntoView>(address: &'static str, text: fn() -> T) -> Piece {
    view! { <div class="written" data-of=address>{text()}</div> }.into_piece()
}

/// The text at `address`; `_text` is left to the server.
#[cfg(feature = "hydrate")]
pub fn written<T>(address: &'static str, _text: fn() -> T) -> Piece {
    let node = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        // On a page of the server the text is there. From one page of text to another the element
        // stays, with the text of the one before.
        if let Some(place) = node.get().filter(|place| !browser::is_of(place, address)) {
            leptos::task::spawn_local(browser::fill(place, address));
        }
    });
    view! { <div class="written" node_ref=node></div> }.into_piece()
}

#[cfg(feature = "hydrate")]
mod browser {
    use wasm_bindgen::JsValue;
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{DomParser, HtmlDivElement, RequestInit, SupportedType};

    use crate::api::client::fetch;
    use crate::ui::focus::first;

    /// Whose text is there, or on its way.
    const OF: &str = "data-of";

    /// Whether the text of `address` is there, or on its way.
    pub(super) fn is_of(place: &HtmlDivElement, address: &str) -> bool {
        place.get_attribute(OF).is_some_and(|of| of == address)
    }

    /// Puts the text of `address` there, and goes to the heading that the address bar names.
    pub(super) async fn fill(place: HtmlDivElement, address: &str) {
        place.set_attribute(OF, address).ok();
        let text = text_at(address).await.ok().flatten();
        // Another page of text has been opened meanwhile.
        if !is_of(&place, address) {
            return;
        }
        place.set_inner_html(text.as_deref().unwrap_or(
            "<p role=\"alert\">This page could not be loaded. Check the connection, then reload it.</p>",
        ));
        let hash = web_sys::window().and_then(|window| window.location().hash().ok());
        if let Some(heading) = hash
            .filter(|hash| hash.len() > 1)
            .and_then(|hash| first(&hash))
        {
            heading.scroll_into_view();
        }
    }

    async fn text_at(address: &str) -> Result<Option<String>, JsValue> {
        let response = fetch(address, &RequestInit::new()).await?;
        let page = JsFuture::from(response.text()?).await?;
        let page = page.as_string().unwrap_or_default();
        let document = DomParser::new()?.parse_from_string(&page, SupportedType::TextHtml)?;
        let text = document.query_selector(".written")?;
        Ok(text.map(|text| text.inner_html()))
    }
}
