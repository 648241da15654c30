//! The HTML document around the pages, and the theme.

#[cfg(feature = "ssr")]
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::service::Service;

/// Key of the chosen theme in the browser's local storage: `light` or `dark`; absent =
/// the system's choice.
pub const THEME_KEY: &str = "theme";

/// Sets the chosen theme before anything is painted.
#[cfg(feature = "ssr")]
fn theme_script() -> String {
    format!(
        "try{{const t=localStorage.getItem('{THEME_KEY}');\
        if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}}catch{{}}"
    )
}

/// The document, rendered on the server.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    use crate::App;
    use leptos::nonce::use_nonce;
    use leptos_meta::MetaTags;

    let service = Service::of_page();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-release=service.release data-closed=service.is_closed>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f6f8fa" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#0e1418" media="(prefers-color-scheme: dark)" />
                <script nonce=use_nonce()>{theme_script()}</script>
                <link rel="stylesheet" href="/pkg/neurocare.css" />
                <link rel="icon" href="/icon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/icon-192.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <HydrationScripts options=options />
                <link rel="modulepreload" href="/pkg/neurocare-parts.js" />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
