//! An image that was analysed before: says so, and brings the saved analysis back.

use leptos::prelude::*;

use crate::api::history::Entry;
use crate::room::Room;
use crate::room::returning::Restoring;
use crate::ui::number::measure;
use crate::ui::piece::IntoPiece as _;

/// The notice above the reading room.
#[component]
pub fn Returning() -> impl IntoView {
    let room = expect_context::<Room>();
    let restoring = Restoring::new(room);
    let notice = move || {
        let entry = restoring.known.with(|known| known.first().cloned())?;
        let others = restoring.known.with(Vec::len) - 1;
        Some(view! { <Known entry others restoring /> })
    };
    view! { <div role="status">{notice}</div> }.into_piece()
}

#[component]
fn Known(entry: Entry, others: usize, restoring: Restoring) -> impl IntoView {
    let lesions = match entry.lesions {
        0 => "no lesion".to_owned(),
        1 => format!("1 lesion, {}", measure(entry.longest_mm, 1, "mm")),
        n => format!(
            "{n} lesions, longest {}",
            measure(entry.longest_mm, 1, "mm")
        ),
    };
    let day = entry.saved_at.get(..10).unwrap_or_default().to_owned();
    let words = format!(
        "You analysed this image on {day}: “{}”, {lesions}.",
        entry.label
    );
    let more = match others {
        0 => String::new(),
        1 => "There is one more analysis of it in the history.".to_owned(),
        n => format!("There are {n} more analyses of it in the history."),
    };
    let (id, href) = (entry.id, format!("/history/{}", entry.id));
    view! {
        <div class="notice returning">
            <div>
                <p>{words}" "{more}</p>
                <div class="actions">
                    <button type="button" class="button primary" disabled=move || restoring.is_busy.get()
                        on:click=move |_| restoring.restore(id)>
                        "Restore"
                    </button>
                    <a class="button" href=href>"Open in the history"</a>
                </div>
                {move || restoring.fault.get().map(|fault| view! { <p class="error-text" role="alert">{fault}</p> })}
            </div>
            <button type="button" class="button quiet" aria-label="Close message" on:click=move |_| restoring.close()>"✕"</button>
        </div>
    }
    .into_late_piece()
}
