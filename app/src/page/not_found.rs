//! The page for paths that lead nowhere.

use leptos::prelude::*;

use crate::ui::piece::IntoPiece as _;
use leptos_meta::Title;

/// Says so, and offers the ways on.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Page not found · NeuroCare AI" />
        <section class="prose narrow">
            <p class="eyebrow">"404"</p>
            <h1>"There is no page at this address"</h1>
            <p>"The link may be old, or the address mistyped."</p>
            <p class="actions">
                <a class="button primary" href="/read">"Open the reading room"</a>
                <a class="button" href="/">"Go to the start page"</a>
            </p>
        </section>
    }
    .into_piece()
}
