//! Whether the page has come to life.

use leptos::prelude::*;

/// Whether the page that the server has rendered can be used: what is pressed before that is lost.
pub fn is_alive() -> RwSignal<bool> {
    let is_alive = RwSignal::new(false);
    // The server runs no effects.
    Effect::new(move |_| is_alive.set(true));
    is_alive
}
