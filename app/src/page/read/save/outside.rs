//! The panel for whoever is not signed in, or no longer.

use leptos::prelude::*;

use crate::room::Room;
use crate::saving::Outbox;
use crate::saving::outbox::State;
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;

/// The way to sign in, and what becomes meanwhile of what was saved when the session had ended.
#[component]
pub fn Outside() -> impl IntoView {
    let room = expect_context::<Room>();
    let session = expect_context::<Session>();
    let outbox = expect_context::<Outbox>();
    let waits = Memo::new(move |_| {
        let lines = room.callipers.get();
        let id = room
            .desk
            .with(|desk| desk.saved_whole(&lines).map(str::to_owned));
        outbox.items.with(|items| {
            let mut waiting = items.iter().filter(|item| item.state == State::Waiting);
            waiting.any(|item| Some(&item.id) == id.as_ref())
        })
    });
    let words = move || match (waits.get(), session.has_ended.get()) {
        (true, _) => {
            ". You were signed out. This analysis waits in this browser, and is sent once you have signed in."
        }
        (false, true) => {
            ". You were signed out. The scan and its results stay here: save them once you have signed in."
        }
        (false, false) => {
            " to keep masks and measurements in your history. The scan stays open meanwhile, and its pixels stay on this device."
        }
    };
    view! {
        {move || if session.is_unanswered() { view! {
            <p class="small">
                "The server does not answer, so it is not known who is signed in. Results can be exported meanwhile."
            </p>
            <button type="button" class="button" on:click=move |_| session.ask()>"Try again"</button>
        }.into_late_piece() } else { view! {
            <p class="small"><a href="/sign-in#next=/read">"Sign in"</a>{words}</p>
        }.into_late_piece() }}
    }
    .into_late_piece()
}
