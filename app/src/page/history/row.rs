//! A saved analysis as a line of the list.

use leptos::prelude::*;
use uuid::Uuid;

use super::table::LIST;
use crate::api::history::{self, Entry, Page};
use crate::clock::local;
use crate::room::Room;
use crate::saving::Outbox;
use crate::session::Session;
use crate::ui::focus;
use crate::ui::loaded::{Answer, Loaded};
use crate::ui::number::{confidence, measure, total_volume};
use crate::ui::piece::{IntoPiece as _, Piece};

/// The line.
#[component]
pub fn Row(
    /// The analysis.
    entry: Entry,
    /// What is listed.
    list: Loaded<Page>,
    /// What is ticked.
    chosen: RwSignal<Vec<Uuid>>,
    /// Whether it is an earlier one of the image above, and folded.
    #[prop(optional)]
    folded: Option<Signal<bool>>,
    /// What follows the label.
    #[prop(optional)]
    more: Option<Piece>,
) -> impl IntoView {
    let id = entry.id;
    let is_chosen = move || chosen.with(|c| c.contains(&id));
    // What is ticked stays in sight: it is compared.
    let is_hidden = move || folded.is_some_and(|it| it.get()) && !is_chosen();
    let is_full = move || chosen.with(|c| c.len() > 1);
    let toggle = move |_| {
        chosen.update(|c| match c.iter().position(|other| *other == id) {
            Some(at) => drop(c.remove(at)),
            None => c.push(id),
        });
    };
    let mut saved_at = local(&entry.saved_at);
    // The name of the reader's zone is that of all; that of another one is told.
    if !saved_at.ends_with("UTC") {
        saved_at = saved_at.chars().take(16).collect();
    }
    let mut words = format!("{}, {}", entry.label, entry.examined_on);
    // There are no columns for it on a small screen.
    let lesions = match entry.lesions {
        1 => "1 lesion".to_owned(),
        n => format!("{n} lesions"),
    };
    let longest = measure(entry.longest_mm, 1, "mm");
    let mut narrow = match entry.longest_mm {
        Some(_) => [&lesions, ", longest ", &longest].concat(),
        None => lesions,
    };
    if folded.is_some() {
        // What tells it from the others of its image.
        let saved = [", saved ", &saved_at].concat();
        words += &saved;
        narrow += &saved;
    }
    let by_reader = entry
        .is_calibrated
        .then(|| view! { <div class="small muted">"Sizes are by the reader’s calibration."</div> });
    view! {
        <tr class:earlier=folded.is_some() hidden=is_hidden>
            <td>
                <input type="checkbox" aria-label=format!("Compare {words}") prop:checked=is_chosen
                    disabled=move || is_full() && !is_chosen() on:change=toggle />
            </td>
            <th scope="row"><a href=format!("/history/{id}")>{entry.examined_on}</a></th>
            <td class="text">
                <a href=format!("/follow-up?of={id}") title="Follow-up of this label">{entry.label.clone()}</a>
                <span class="small muted when-narrow">{narrow}</span>
                {by_reader}
                {more}
            </td>
            <td>{entry.slices}</td>
            <td>{entry.lesions}</td>
            <td>{longest}</td>
            <td>{total_volume(entry.volume_ml, entry.least_volume_ml)}</td>
            <td>{entry.confidence.map_or_else(|| "–".to_owned(), confidence)}</td>
            <td>{saved_at}</td>
            <td><Delete id words list chosen /></td>
        </tr>
    }
    .into_late_piece()
}

/// A button that asks once more before it deletes.
#[component]
fn Delete(
    id: Uuid,
    words: String,
    list: Loaded<Page>,
    chosen: RwSignal<Vec<Uuid>>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let room = expect_context::<Room>();
    let is_asking = RwSignal::new(false);
    let said = expect_context::<Outbox>().said;
    let fault = RwSignal::new(None::<String>);
    let delete = move |_| {
        leptos::task::spawn_local(async move {
            match history::delete(id).await {
                Ok(()) => {
                    room.desk.update(|d| d.no_longer_saved(&id.to_string()));
                    chosen.try_update(|c| c.retain(|other| *other != id));
                    list.state.try_update(|state| {
                        if let Answer::There(page) = state {
                            page.entries.retain(|entry| entry.id != id);
                        }
                    });
                    said.set("The analysis is deleted.");
                    focus::soon(LIST.to_owned());
                    // With the last one the list is gone.
                    focus::if_lost(".history h1");
                }
                Err(error) => {
                    session.heard(&error);
                    fault.try_set(Some(error.to_string()));
                }
            }
        });
    };
    let (ask_id, keep_id) = (format!("ask-{id}"), format!("keep-{id}"));
    // The line itself may be scrolled out of sight.
    let question = format!("Delete {words} for good, with what was said of its lesions?");
    // Each of the two buttons takes the place of the other.
    let (ask, keep) = (ask_id.clone(), keep_id.clone());
    let turn = Callback::new(move |to_asking: bool| {
        is_asking.set(to_asking);
        // So that the next deletion is read out, too.
        said.set("");
        focus::soon(if to_asking { keep.clone() } else { ask.clone() });
    });
    view! {
        <Show
            when=move || is_asking.get()
            fallback=move || {
                let label = format!("Delete {words}");
                view! {
                    <button type="button" id=ask_id.clone() class="button quiet" aria-label=label
                        on:click=move |_| turn.run(true)>
                        "Delete"
                    </button>
                }
            }
        >
            <span class="confirm" role="alert">
                <span>{question.clone()}</span>
                <span class="error-text">{move || fault.get()}</span>
                <button type="button" class="button danger" on:click=delete>"Delete"</button>
                <button type="button" id=keep_id.clone() class="button" on:click=move |_| turn.run(false)>"Keep"</button>
            </span>
        </Show>
    }
    .into_late_piece()
}
