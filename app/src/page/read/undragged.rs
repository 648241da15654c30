//! Window and place without dragging and without keys (WCAG 2.2, 2.5.7).

use leptos::prelude::*;
use model::window::Window;

use crate::room::Room;
use crate::ui::piece::IntoPiece as _;
use crate::viewer::window::in_range;

/// How far a press moves the image, as a share of the canvas.
const STEP: f64 = 0.2;

/// What each button moves the image to, as the image goes: right and down.
const MOVES: [(&str, &str, (f64, f64)); 4] = [
    ("←", "Move the image left", (-STEP, 0.0)),
    ("↑", "Move the image up", (0.0, -STEP)),
    ("↓", "Move the image down", (0.0, STEP)),
    ("→", "Move the image right", (STEP, 0.0)),
];

/// Two numbers and four buttons.
#[component]
pub fn Undragged() -> impl IntoView {
    view! {
        <div class="undragged">
            <Number words="Window centre" of=|w| &mut w.centre />
            <Number words="Window width" of=|w| &mut w.width min=1 />
            <Moves />
        </div>
    }
    .into_late_piece()
}

/// Four buttons that move the image.
#[component]
pub fn Moves() -> impl IntoView {
    let room = expect_context::<Room>();
    let move_by = move |(across, down): (f64, f64)| {
        if let Some(frame) = room.frame.get_untracked() {
            let (dx, dy) = (across * frame.width, down * frame.height);
            room.view.update(|v| *v = v.panned(frame, dx, dy));
        }
    };
    let buttons = MOVES.map(|(sign, words, by)| {
        view! {
            <button type="button" class="button" aria-label=words on:click=move |_| move_by(by)>{sign}</button>
        }
    });
    view! {
        <div class="group" role="group" aria-label="Move the image">{buttons.collect_view()}</div>
    }
    .into_late_piece()
}

/// One of the window's two numbers.
#[component]
fn Number(
    words: &'static str,
    of: fn(&mut Window) -> &mut f32,
    #[prop(optional)] min: Option<i32>,
) -> impl IntoView {
    let room = expect_context::<Room>();
    let value = move || *of(&mut room.window.get()) as i32;
    let set = move |event| {
        let number = event_target_value(&event).parse::<i32>();
        // Also without a number: then the field shows again what holds.
        room.window.update(|window| {
            if let Ok(number) = number {
                *of(window) = number as f32;
                *window = in_range(*window);
            }
        });
    };
    view! {
        <label>{words}" "<input type="number" min=min prop:value=value on:change=set /></label>
    }
    .into_late_piece()
}
