//! The list of what the reader measured by hand; choosing a line or an ellipse goes to its slice.

use leptos::prelude::*;
use model::calliper::Calliper;

use super::calibration::Calibrated;
use crate::room::Room;
use crate::saving::document::drawn;
use crate::ui::piece::IntoPiece as _;
use crate::viewer::words;

/// Those of all slices, the one drawn or moved last at the end; nothing without any.
#[component]
pub fn MeasuredPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let panel = move || {
        let lines = room.callipers.with(|lines| drawn(lines));
        let is_empty = lines.is_empty();
        let row = |line: Calliper| {
            let slice = (line.slice + 1).to_string();
            let words = ["Slice ", &slice, " · ", &words::measured(room, &line)].concat();
            let go = move |_| room.turn_to(line.slice);
            view! { <li><button type="button" class="link" on:click=go>{words}</button></li> }
                .into_late_piece()
        };
        view! {
            <section class="card" aria-labelledby="measured-title" hidden=is_empty>
                <h2 id="measured-title">"Measured by the reader"</h2>
                <ul class="small">{lines.into_iter().map(row).collect_view()}</ul>
                <Calibrated />
            </section>
        }
        .into_late_piece()
    };
    panel.into_late_piece()
}
