//! Light, dark, or what the system says.

use leptos::prelude::*;

/// The next theme when the button is pressed: system → light → dark → system.
fn after(theme: Option<&'static str>) -> Option<&'static str> {
    match theme {
        None => Some("light"),
        Some("light") => Some("dark"),
        Some(_) => None,
    }
}

/// A button that goes through the themes and remembers the choice.
#[component]
pub fn ThemeToggle() -> impl IntoView {
    let theme = RwSignal::new(None::<&'static str>);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| theme.set(browser::stored()));
    let press = move |_| {
        theme.update(|t| *t = after(*t));
        #[cfg(feature = "hydrate")]
        browser::store(theme.get_untracked());
    };
    let words = move || match theme.get() {
        None => "System",
        Some("light") => "Light",
        Some(_) => "Dark",
    };
    view! {
        <button
            type="button"
            class="button quiet theme"
            on:click=press
            aria-label=move || format!("Theme: {}. Press to change.", words())
        >
            <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
                <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />
                <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
            </svg>
            <span>{words}</span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::shell::THEME_KEY;
    use crate::storage::storage;

    pub(super) fn stored() -> Option<&'static str> {
        match storage()?.get_item(THEME_KEY).ok()??.as_str() {
            "light" => Some("light"),
            "dark" => Some("dark"),
            _ => None,
        }
    }

    /// Remembers the theme and puts it on the document.
    pub(super) fn store(theme: Option<&str>) {
        let Some(root) = web_sys::window()
            .and_then(|w| w.document())
            .and_then(|d| d.document_element())
        else {
            return;
        };
        // Private windows may refuse storage; the theme then lasts until the page is left.
        if let Some(theme) = theme {
            root.set_attribute("data-theme", theme).ok();
            storage().map(|s| s.set_item(THEME_KEY, theme));
        } else {
            root.remove_attribute("data-theme").ok();
            storage().map(|s| s.remove_item(THEME_KEY));
        }
    }
}
