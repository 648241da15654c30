//! What the server says of itself with every page. It stands on the document, where the browser
//! finds it.

use leptos::prelude::*;

/// Names the page's module on answers of the server: a page that was kept may be of another
/// release.
pub const RELEASE_HEADER: &str = "x-release";

/// What the pages know of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// The release of the page's module; empty if the site has none.
    pub release: String,
    /// Whether only the operator makes accounts.
    pub is_closed: bool,
    /// Who runs the service; empty if they do not say so. Only on the server.
    pub operator: String,
    /// How to reach them, the same.
    pub contact: String,
}

impl Service {
    /// On the server its own words, in the browser those of the document.
    pub fn of_page() -> Self {
        #[cfg(feature = "hydrate")]
        return browser::of_document().unwrap_or_default();
        #[cfg(not(feature = "hydrate"))]
        use_context().unwrap_or_default()
    }
}

/// Shown by the style sheet once an answer has come from another release, or while the page cannot
/// come to life: a page that is not alive cannot show anything itself.
#[component]
pub fn Outdated() -> impl IntoView {
    view! {
        <div role="status">
            <p class="notice incomplete">
                "A part of this page could not be fetched, and nothing can be sent before. Check the connection, then reload the page."
            </p>
            <p class="notice outdated">
                "The site has a new release. Reload this page once your results are saved or exported."
            </p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
pub(crate) use browser::{compare, is_incomplete};

#[cfg(feature = "hydrate")]
mod browser {
    use web_sys::{Element, Response};

    use super::{RELEASE_HEADER, Service};

    fn root() -> Option<Element> {
        web_sys::window()?.document()?.document_element()
    }

    pub(super) fn of_document() -> Option<Service> {
        let root = root()?;
        Some(Service {
            release: root.get_attribute("data-release").unwrap_or_default(),
            is_closed: root.has_attribute("data-closed"),
            ..Service::default()
        })
    }

    /// Notes on the document whether a part of the page is missing.
    pub(crate) fn is_incomplete(is_missing: bool) {
        if let Some(root) = root() {
            root.toggle_attribute_with_force("data-incomplete", is_missing)
                .ok();
        }
    }

    /// Notes on the document that an answer is of another release.
    pub(crate) fn compare(response: &Response) {
        let theirs = response.headers().get(RELEASE_HEADER).ok().flatten();
        let ours = Service::of_page().release;
        if let (Some(root), Some(theirs)) = (root(), theirs)
            && !ours.is_empty()
            && ours != theirs
        {
            root.set_attribute("data-outdated", "").ok();
        }
    }
}
