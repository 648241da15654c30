//! What stands above a report on paper.

use leptos::html::P;
use leptos::prelude::*;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::saving::document::Caption;
use crate::ui::piece::{IntoPiece as _, Piece};

/// Whose report it is: as it was saved, or room to write it by hand; and the day on which it was
/// printed.
#[component]
pub fn ReportHead(
    /// Label and day.
    #[prop(into)]
    caption: Signal<Caption>,
) -> impl IntoView {
    let room = expect_context::<Room>();
    let or_room = |words: String| match words.as_str() {
        "" => "____________".to_owned(),
        _ => words,
    };
    let series = Memo::new(move |_| {
        let scan = |d: &Desk| d.open.scan.as_ref()?.series_words();
        let words = room.desk.with(scan);
        words.map_or_else(String::new, |words| format!(" · {words}"))
    });
    let words = move || {
        let Caption { label, day } = caption.get();
        let (label, day) = (or_room(label), or_room(day));
        let series = series.get();
        format!("Patient: {label} · examined: {day}{series} · read by: ____________")
    };
    view! { <PrintHead words=words.into_piece() /> }.into_piece()
}

/// What stands above anything on paper that is of a patient: what it is, whose, and the day on
/// which it was printed.
#[component]
pub fn PrintHead(
    /// Whose it is.
    words: Piece,
) -> impl IntoView {
    let printed = NodeRef::<P>::new();
    #[cfg(feature = "hydrate")]
    browser::date(printed);
    view! {
        <header class="print-only">
            <h2>"NeuroCare AI: preliminary screening, not a diagnosis"</h2>
            <p translate="no">{words}</p>
            <p class="small" node_ref=printed></p>
        </header>
    }
    .into_piece()
}

#[cfg(feature = "hydrate")]
mod browser {
    use gloo::events::EventListener;
    use leptos::html::P;
    use leptos::prelude::*;

    use crate::export::save::local_time;

    /// Writes the day just before the page is printed. A signal would draw it only after that.
    pub(super) fn date(printed: NodeRef<P>) {
        let Some(window) = web_sys::window() else {
            return;
        };
        let listener = EventListener::new(&window, "beforeprint", move |_| {
            if let (Some(line), Some(day)) = (printed.get_untracked(), local_time().get(..10)) {
                line.set_text_content(Some(&["Printed on ", day].concat()));
            }
        });
        // Until the page is left.
        StoredValue::new_local(listener);
    }
}
