//! What the viewer does at which key.

use leptos::prelude::*;

use super::undragged::Undragged;
use crate::ui::Toggle;
use crate::ui::piece::IntoPiece as _;
#[cfg(feature = "hydrate")]
use crate::viewer::letters;

/// On masks alone, too.
const KEYS: [(&str, &str); 9] = [
    ("↑ ↓ or wheel", "slice towards head, feet"),
    ("Page ↑ ↓, Home, End", "ten slices, first, last"),
    ("G", "play through the slices; anything else stops that"),
    ("+ − or Ctrl + wheel", "zoom; pinch on touch screens"),
    ("Shift + arrows", "move the image"),
    ("Double click, 0", "whole slice"),
    (
        "N, Shift + N",
        "next lesion, the one before, where most of its area is",
    ),
    ("L, T", "lung, tumour on or off"),
    ("Esc", "drop what is begun, let go of the finding or place"),
];

/// On the image.
const READING: [(&str, &str); 12] = [
    ("1 – 4", "window presets"),
    (
        "[ ] and { }",
        "window centre, width; or drag with the right button",
    ),
    ("I", "dark for bright, and back"),
    ("0", "first window, too"),
    ("P", "brightest of about 10 mm (MIP)"),
    ("R", "reference on or off"),
    ("F", "full screen; Esc leaves it"),
    (
        "Click, C",
        "coronal and sagittal planes through that place, the middle",
    ),
    (
        "M, E; Enter; Del",
        "measure a line, an ellipse (ROI), or move; while measuring, put an end or a corner at the middle, delete the last one",
    ),
    (
        "X; Enter",
        "short axis: the last line is crossed at a right angle, put both ends",
    ),
    (
        "Enter; Del",
        "with Add or Cut area: put a corner at the middle, on the first one close the area; take the last corner back",
    ),
    (
        "U, Shift + U; Ctrl + Z, Y",
        "undo what was drawn or judged last, redo it; while measuring, what was measured or deleted last",
    ),
];

/// The keys. The canvas is described by this text.
#[component]
pub fn Keys(
    /// Whether there is an image, not masks alone.
    #[prop(optional)]
    is_reading: bool,
) -> impl IntoView {
    let more: &[_] = if is_reading { &READING } else { &[] };
    let keys = KEYS.iter().chain(more);
    let others = if is_reading {
        ", Enter, Del, Esc, Ctrl + Z and Ctrl + Y"
    } else {
        " and Esc"
    };
    let has_letters = RwSignal::new(true);
    #[cfg(feature = "hydrate")]
    has_letters.set(letters::recall());
    let switch = move |on| {
        has_letters.set(on);
        #[cfg(feature = "hydrate")]
        letters::switch(on);
    };
    let row = |(key, what): &(&'static str, &'static str)| {
        view! { <div><dt>{*key}</dt><dd>{*what}</dd></div> }
    };
    view! {
        <details class="keys small">
            <summary>{if is_reading { "Keys, mouse and buttons" } else { "Keys and mouse" }}</summary>
            <div class="sheet">
                {is_reading.then(|| view! { <Undragged /> })}
                <p>"Keys act on the image and on the buttons around it, and anywhere while the pointer is over the image."</p>
                <Toggle words="Letters, digits and signs as keys" value=has_letters on_change=switch />
                <p>"Without them arrows, Page ↑ ↓, Home, End"{others}" still act."</p>
                <dl id="viewer-keys">{keys.map(row).collect_view()}</dl>
            </div>
        </details>
    }
    .into_late_piece()
}
