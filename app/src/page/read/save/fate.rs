//! What becomes of an analysis after Save was pressed.

use leptos::prelude::*;

use crate::saving::Outbox;
use crate::saving::outbox::State;
use crate::ui::focus;
use crate::ui::piece::IntoPiece as _;

/// Where it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Kept here until the server takes it.
    Outbox,
    /// Kept here, because the server does not take it.
    Refused,
    /// Taken by another window: the server is asked.
    Asked,
    /// With the server.
    History,
    /// Nowhere: it was thrown away, as the desk hears from whoever does it.
    Nowhere,
}

/// Whether it has reached the server. Of what was thrown away there is nothing to say: it is saved
/// nowhere, and the form comes back.
#[component]
pub fn Fate(
    /// Number of the analysis.
    id: String,
    /// Whether it is to be saved once more.
    is_wanted_again: RwSignal<bool>,
) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let href = format!("/history/{id}");
    let place = Memo::new(move |before: Option<&Place>| {
        let is_stored = outbox.stored.with(|stored| stored.as_ref() == Some(&id));
        let state = outbox.items.with(|items| {
            let item = items.iter().find(|item| item.id == id);
            item.map(|item| item.state.clone())
        });
        match state {
            // The signal holds only the last one that was stored.
            _ if is_stored || before == Some(&Place::History) => Place::History,
            Some(State::Waiting) => Place::Outbox,
            Some(State::Refused(_)) => Place::Refused,
            Some(State::Taken) => Place::Asked,
            // The page was opened when it had left the outbox. On the desk is no number of what was
            // thrown away.
            None if before.is_none() => Place::History,
            None => Place::Nowhere,
        }
    });
    let words = move || {
        match place.get() {
        Place::Outbox => {
            view! { <p class="small">"Kept in this browser; it is sent as soon as the server answers."</p> }.into_late_piece()
        }
        Place::Refused => {
            view! { <p class="small">"Not saved: the message at the top of the page says why."</p> }.into_late_piece()
        }
        Place::Asked => {
            view! { <p class="small">"Another window has sent it or thrown it away; the server is asked which."</p> }.into_late_piece()
        }
        Place::History => {
            view! { <p class="small"><strong>"Saved. "</strong><a href=href.clone()>"Open it in the history"</a></p> }.into_late_piece()
        }
        Place::Nowhere => ().into_late_piece(),
    }
    };
    let once_more = move |_| {
        is_wanted_again.set(true);
        focus::soon("save-label".to_owned());
    };
    view! {
        <div role="status">{words}</div>
        <button type="button" class="button quiet" on:click=once_more>"Save once more"</button>
    }
    .into_late_piece()
}
