//! Taking back what was drawn, judged or measured, and having it again.

use leptos::prelude::*;
use model::calliper::Calliper;

use crate::room::{Room, Tool};
use crate::ui::focus;
use crate::ui::piece::IntoPiece as _;

/// At the end of the layers, where buttons that come with a tool push nothing away under the
/// pointer.
#[component]
pub fn TakeBack() -> impl IntoView {
    let room = expect_context::<Room>();
    let last = Memo::new(move |_| {
        let slice = room.slice.get();
        let is_here = |line: &&Calliper| line.slice == slice;
        room.callipers
            .with(|lines| lines.iter().rfind(is_here).map(Calliper::kind))
    });
    let is_measuring =
        Memo::new(move |_| room.tool.get().measures() || room.callipers.with(|l| !l.is_empty()));
    let can_undo = Memo::new(move |_| room.can_undo());
    let can_redo = Memo::new(move |_| room.can_redo());
    // Findings are judged whatever the tool is.
    let is_changing = Memo::new(move |_| {
        matches!(room.tool.get(), Tool::Add | Tool::Cut) || can_undo.get() || can_redo.get()
    });
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
        <Show when=move || is_changing.get()>
            <button type="button" class="button" aria-disabled=move || (!can_undo.get()).to_string()
                on:click=move |_| room.undo()>
                "Undo (U)"
            </button>
            <button type="button" class="button" aria-disabled=move || (!can_redo.get()).to_string()
                on:click=move |_| room.redo()>
                "Redo (Shift + U)"
            </button>
        </Show>
        <Show when=move || is_measuring.get()>
            <button type="button" class="button" aria-disabled=move || last.get().is_none().to_string()
                on:click=move |_| room.remove_calliper()>
                "Remove "{move || last.get().unwrap_or("line")}
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
