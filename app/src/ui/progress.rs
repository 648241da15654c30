//! A progress bar with words.

use leptos::prelude::*;

use crate::engine::progress::Progress;
use crate::ui::piece::IntoPiece as _;

/// The bar and what it counts. Without a known end the bar runs.
#[component]
pub fn ProgressBar(
    /// What to show; nothing for `None`.
    #[prop(into)]
    progress: Signal<Option<Progress>>,
) -> impl IntoView {
    let words = move || progress.with(|p| p.as_ref().map(Progress::words));
    let share = move || progress.with(|p| p.as_ref().and_then(Progress::share));
    view! {
        <Show when=move || progress.with(Option::is_some)>
            <div class="progress">
                <progress
                    max="1"
                    // Without the attribute the bar is indeterminate.
                    value=move || share().map(|s| s.to_string())
                    aria-label=words
                ></progress>
                <span class="small">{words}</span>
            </div>
        </Show>
    }
    .into_piece()
}
