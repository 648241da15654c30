//! The list of lengths that the reader measured by hand; choosing one goes to its slice.

use leptos::prelude::*;

use crate::room::Room;
use crate::saving::document::drawn;
use crate::ui::piece::IntoPiece as _;

/// The lines of all slices, from feet to head; nothing without any.
#[component]
pub fn MeasuredPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let lines = Memo::new(move |_| {
        let spacing = room
            .desk
            .with(|d| d.open.scan.as_ref().and_then(|s| s.spacing));
        let mut lines = room.callipers.with(|lines| drawn(lines));
        lines.sort_by_key(|line| line.slice);
        let in_words = lines.iter().map(|line| (line.slice, line.words(spacing)));
        in_words.collect::<Vec<_>>()
    });
    let row = move |(slice, length): (usize, String)| {
        view! {
            <tr>
                <th scope="row">
                    <button type="button" class="link" on:click=move |_| room.show(slice)>{slice + 1}</button>
                </th>
                <td>{length}</td>
            </tr>
        }
    };
    view! {
        <Show when=move || !lines.with(Vec::is_empty)>
            <section class="card" aria-labelledby="measured-title">
                <h2 id="measured-title">"Measured by the reader"</h2>
                <table class="table">
                    <thead><tr><th scope="col">"Slice"</th><th scope="col">"Length"</th></tr></thead>
                    <tbody>{move || lines.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </section>
        </Show>
    }
    .into_late_piece()
}
