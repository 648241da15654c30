//! The list of saved analyses as a table.

use leptos::prelude::*;
use uuid::Uuid;

use crate::api::history::{self, Entry, Page};
use crate::room::Room;
use crate::session::Session;
use crate::ui::focus;
use crate::ui::loaded::{Answer, Loaded};
use crate::ui::number::{confidence, measure, volume};
use crate::ui::piece::IntoPiece as _;
use crate::ui::private::escaped;

/// Id of the list.
const LIST: &str = "saved-analyses";

/// The table, and what can be done with one or two of its lines.
#[component]
pub fn Table(
    /// What is listed.
    list: Loaded<Page>,
) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Uuid>::new());
    let rows = move || {
        let rows = list.with(|page| page.entries.clone()).unwrap_or_default();
        // What is not listed any more cannot be unticked.
        chosen.update(|chosen| chosen.retain(|id| rows.iter().any(|entry| entry.id == *id)));
        rows.into_iter()
            .map(|entry| view! { <Row entry list chosen /> })
            .collect_view()
    };
    view! {
        <Compare chosen list />
        <div id=LIST class="scroll-x" role="region" aria-label="Saved analyses" tabindex="0">
            <table class="table history-table">
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">"Compare"</span></th>
                        <th scope="col">"Examined on"</th>
                        <th scope="col">"Patient label"</th>
                        <th scope="col">"Slices"</th>
                        <th scope="col">"Lesions"</th>
                        <th scope="col">"Longest"</th>
                        <th scope="col">"Volume"</th>
                        <th scope="col">"Confidence"</th>
                        <th scope="col">"Saved (UTC)"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_late_piece()
}

/// A link to the comparison of the two that are ticked, the earlier examination first.
#[component]
fn Compare(chosen: RwSignal<Vec<Uuid>>, list: Loaded<Page>) -> impl IntoView {
    let day = move |id: &Uuid| {
        list.with(|page| {
            let entry = page.entries.iter().find(|entry| entry.id == *id);
            entry.map(|entry| entry.examined_on.clone())
        })
    };
    let in_order = move || {
        let mut ids = chosen.get();
        if let [a, b] = ids.as_mut_slice()
            && day(a) > day(b)
        {
            std::mem::swap(a, b);
        }
        ids
    };
    let link = move || match in_order().as_slice() {
        [a, b] => {
            let href = format!("/compare?a={a}&b={b}");
            view! { <a class="button primary" href=href>"Compare the two"</a> }.into_late_piece()
        }
        _ => {
            view! { <span class="small muted">"Tick two to compare them."</span> }.into_late_piece()
        }
    };
    view! { <p class="actions" aria-live="polite">{link}</p> }.into_late_piece()
}

#[component]
fn Row(entry: Entry, list: Loaded<Page>, chosen: RwSignal<Vec<Uuid>>) -> impl IntoView {
    let id = entry.id;
    let is_chosen = move || chosen.with(|c| c.contains(&id));
    let is_full = move || chosen.with(|c| c.len() > 1);
    let toggle = move |_| {
        chosen.update(|c| match c.iter().position(|other| *other == id) {
            Some(at) => drop(c.remove(at)),
            None => c.push(id),
        });
    };
    let words = format!("{}, {}", entry.label, entry.examined_on);
    view! {
        <tr>
            <td>
                <input type="checkbox" aria-label=format!("Compare {words}") prop:checked=is_chosen
                    disabled=move || is_full() && !is_chosen() on:change=toggle />
            </td>
            <th scope="row"><a href=format!("/history/{id}")>{entry.examined_on.clone()}</a></th>
            <td class="text">
                <a href=format!("/follow-up?label={}", escaped(&entry.label)) title="Follow-up of this label">{entry.label.clone()}</a>
            </td>
            <td>{entry.slices}</td>
            <td>{entry.lesions}</td>
            <td>{measure(entry.longest_mm, 1, "mm")}</td>
            <td>{volume(entry.volume_ml)}</td>
            <td>{entry.confidence.map_or_else(|| "–".to_owned(), confidence)}</td>
            <td>{entry.saved_at.clone()}</td>
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
                    focus::soon(LIST.to_owned());
                }
                Err(error) => {
                    session.heard(&error);
                    fault.try_set(Some(error.to_string()));
                }
            }
        });
    };
    let (ask_id, keep_id) = (format!("ask-{id}"), format!("keep-{id}"));
    // Each of the two buttons takes the place of the other.
    let (ask, keep) = (ask_id.clone(), keep_id.clone());
    let turn = Callback::new(move |to_asking: bool| {
        is_asking.set(to_asking);
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
                {move || fault.get().unwrap_or_else(|| "Delete for good?".to_owned())}
                <button type="button" class="button danger" on:click=delete>"Delete"</button>
                <button type="button" id=keep_id.clone() class="button" on:click=move |_| turn.run(false)>"Keep"</button>
            </span>
        </Show>
    }
    .into_late_piece()
}
