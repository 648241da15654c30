//! Taking back what was drawn or measured on the slice shown, and having it again.

use leptos::prelude::*;

use crate::room::{Room, Tool};
use crate::ui::focus;
use crate::ui::piece::IntoPiece as _;

/// At the end of the layers, where buttons that come with a tool push nothing away under the
/// pointer.
#[component]
pub fn TakeBack() -> impl IntoView {
    let room = expect_context::<Room>();
    let has_line = Memo::new(move |_| {
        let slice = room.slice.get();
        room.callipers
            .with(|lines| lines.iter().any(|line| line.slice == slice))
    });
    let is_measuring = Memo::new(move |_| {
        room.tool.get() == Tool::Measure || room.callipers.with(|l| !l.is_empty())
    });
    let is_drawing = Memo::new(move |_| matches!(room.tool.get(), Tool::Add | Tool::Cut));
    let can_undo = Memo::new(move |_| room.can_undo());
    let can_redo = Memo::new(move |_| room.can_redo());
    let has_removed = Memo::new(move |_| {
        let slice = room.slice.get();
        room.removed
            .with(|lines| lines.iter().any(|line| line.slice == slice))
    });
    let put_back = move |_| {
        room.put_calliper_back();
        // With the last line, the button is gone.
        focus::if_lost(".stage canvas");
    };
    view! {
        <Show when=move || is_drawing.get()>
            <button type="button" class="button" aria-disabled=move || (!can_undo.get()).to_string()
                on:click=move |_| room.undo_correction()>
                "Undo (U)"
            </button>
            <button type="button" class="button" aria-disabled=move || (!can_redo.get()).to_string()
                on:click=move |_| room.redo_correction()>
                "Redo (Shift + U)"
            </button>
        </Show>
        <Show when=move || is_measuring.get()>
            <button type="button" class="button" aria-disabled=move || (!has_line.get()).to_string()
                on:click=move |_| room.remove_calliper()>
                "Remove line"
            </button>
        </Show>
        <Show when=move || has_removed.get()>
            <button type="button" class="button" on:click=put_back>
                "Put line back"
            </button>
        </Show>
    }
    .into_late_piece()
}
