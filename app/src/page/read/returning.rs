//! An image that was analysed before: says so, and brings the saved analysis back.

use leptos::prelude::*;

use crate::api::history::Entry;
use crate::clock::local;
use crate::room::Room;
use crate::room::returning::Restoring;
use crate::ui::labels::quoted;
use crate::ui::number::measure;
use crate::ui::piece::{IntoPiece as _, Piece};
use crate::ui::shielded::shielded;

/// The notice above the reading room.
#[component]
pub fn Returning() -> impl IntoView {
    let room = expect_context::<Room>();
    let restoring = Restoring::new(room);
    let notice = move || {
        let entries = restoring.known.get();
        (!entries.is_empty()).then(|| view! { <Known entries restoring /> })
    };
    view! { <div role="status">{notice}</div> }.into_piece()
}

/// The newest analysis, and those before it on demand.
#[component]
fn Known(entries: Vec<Entry>, restoring: Restoring) -> impl IntoView {
    let others_are_called = other_labels(&entries);
    let mut offers = entries.into_iter().map(|entry| offer(entry, &restoring));
    let newest = offers.next();
    let others: Vec<_> = offers.collect();
    let more = match others.len() {
        1 => "One more analysis of it".to_owned(),
        n => format!("{n} more analyses of it"),
    } + &others_are_called;
    view! {
        <div class="notice returning">
            <div>
                {newest}
                {(!others.is_empty()).then(|| view! { <details><summary>{shielded(&more)}</summary>{others}</details> })}
                {move || restoring.fault.get().map(|fault| view! { <p class="error-text" role="alert">{fault}</p> })}
            </div>
            <button type="button" class="button quiet" aria-label="Close message" on:click=move |_| restoring.close()>"✕"</button>
        </div>
    }
    .into_late_piece()
}

/// As whom else but the first the image was saved, for the line that counts the others.
fn other_labels(entries: &[Entry]) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for entry in entries {
        if !labels.contains(&entry.label.as_str()) {
            labels.push(&entry.label);
        }
    }
    let others: Vec<String> = labels.iter().skip(1).map(|it| quoted(it)).collect();
    let also = if others.is_empty() { "" } else { ", also as " };
    [also, &others.join(", ")].concat()
}

fn offer(entry: Entry, restoring: &Restoring) -> Piece {
    let restoring = *restoring;
    let by = if entry.is_calibrated {
        " by your calibration"
    } else {
        ""
    };
    let longest = measure(entry.longest_mm, 1, "mm") + by;
    let lesions = match entry.lesions {
        0 => "no lesion".to_owned(),
        1 => format!("1 lesion, {longest}"),
        n => format!("{n} lesions, longest {longest}"),
    };
    let words = format!(
        "You analysed this image before (saved {}): {}, {lesions}.",
        local(&entry.saved_at),
        quoted(&entry.label)
    );
    let href = format!("/history/{}", entry.id);
    view! {
        <p>{shielded(&words)}</p>
        <div class="actions">
            <button type="button" class="button primary" disabled=move || restoring.is_busy.get()
                on:click=move |_| restoring.restore(&entry)>
                "Restore"
            </button>
            <a class="button" href=href>"Open in the history"</a>
        </div>
    }
    .into_late_piece()
}
