//! The logo.

use leptos::prelude::*;

/// A lung outline with a marked spot; decorative beside the name.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="8" fill="#0b6e75" />
            <path
                d="M16 6v9m0 0c0 3-3.2 3-3.2 6.4V24c0 2-6.3 2.6-6.3-1.6C6.5 17 9.2 10 11.6 10c1.2 0 1.2 1.2 1.2 2.6v4.2"
                fill="none" stroke="#e6fbfb" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
            />
            <path
                d="M16 15c0 3 3.2 3 3.2 6.4V24c0 2 6.3 2.6 6.3-1.6 0-5.4-2.7-12.4-5.1-12.4-1.2 0-1.2 1.2-1.2 2.6v4.2"
                fill="none" stroke="#e6fbfb" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
            />
            <circle cx="22.2" cy="17.6" r="2.1" fill="#ff7033" />
        </svg>
    }
}
