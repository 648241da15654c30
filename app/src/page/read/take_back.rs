//! Taking back what was drawn, judged or measured, and having it again; and the second axis of what
//! was measured.

use leptos::prelude::*;
use model::calliper::Calliper;

use crate::room::{Room, Tool};
use crate::ui::piece::IntoPiece as _;

/// At the end of the layers, where buttons that come with a tool push nothing away under the
/// pointer. They undo what the keys beside their words do: while something is measured that, else
/// what was done to the marks. So a line is removed only where Undo brings it back.
#[component]
pub fn TakeBack() -> impl IntoView {
    let room = expect_context::<Room>();
    let last = Memo::new(move |_| {
        let slice = room.slice.get();
        let is_here = |line: &&Calliper| line.slice == slice;
        room.callipers
            .with(|lines| lines.iter().rfind(is_here).map(Calliper::kind))
    });
    let can_cross = Memo::new(move |_| room.can_cross());
    let is_crossing = Memo::new(move |_| room.tool.get() == Tool::ShortAxis);
    let is_measuring = Memo::new(move |_| room.tool.get().measures());
    let can_undo = Memo::new(move |_| room.can_undo());
    let can_redo = Memo::new(move |_| room.can_redo());
    // Findings are judged whatever the tool is.
    let is_changing = Memo::new(move |_| {
        !matches!(room.tool.get(), Tool::Pan | Tool::Window) || can_undo.get() || can_redo.get()
    });
    let of_what = move || if is_measuring.get() { " measuring" } else { "" };
    view! {
        <Show when=move || is_changing.get()>
            <button type="button" class="button" aria-disabled=move || (!can_undo.get()).to_string()
                on:click=move |_| room.undo()>
                "Undo"{of_what}" (Ctrl + Z)"
            </button>
            <button type="button" class="button" aria-disabled=move || (!can_redo.get()).to_string()
                on:click=move |_| room.redo()>
                "Redo"{of_what}" (Ctrl + Y)"
            </button>
        </Show>
        <Show when=move || is_measuring.get()>
            <button type="button" class="button"
                title="A second line across the last one, at a right angle: put both of its ends"
                aria-disabled=move || (!can_cross.get()).to_string()
                aria-pressed=move || is_crossing.get().to_string()
                on:click=move |_| room.switch_short_axis()>
                "Short axis (X)"
            </button>
            <button type="button" class="button" aria-disabled=move || last.get().is_none().to_string()
                on:click=move |_| room.remove_calliper()>
                "Remove "{move || last.get().unwrap_or("line")}
            </button>
        </Show>
    }
    .into_late_piece()
}
