//! The list of lengths that the reader measured by hand; choosing one goes to its slice.

use leptos::prelude::*;
use model::calliper::Calliper;

use crate::room::Room;
use crate::saving::document::drawn;
use crate::ui::piece::IntoPiece as _;

/// The lines of all slices, the one drawn or moved last at the end; nothing without any.
#[component]
pub fn MeasuredPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let panel = move || {
        let lines = room.callipers.with(|lines| drawn(lines));
        let spacing = room
            .desk
            .with(|d| d.open.scan.as_ref().and_then(|s| s.spacing));
        let is_empty = lines.is_empty();
        let row = |line: Calliper| {
            let words = format!("Slice {} · {}", line.slice + 1, line.words(spacing));
            let go = move |_| room.turn_to(line.slice);
            view! { <li><button type="button" class="link" on:click=go>{words}</button></li> }
                .into_late_piece()
        };
        view! {
            <section class="card" aria-labelledby="measured-title" hidden=is_empty>
                <h2 id="measured-title">"Measured by the reader"</h2>
                <ul class="small">{lines.into_iter().map(row).collect_view()}</ul>
            </section>
        }
        .into_late_piece()
    };
    panel.into_late_piece()
}
