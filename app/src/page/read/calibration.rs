//! The size of pixels by the reader's word: a picture does not say it.

use leptos::prelude::*;
use model::protocol::VolumeInfo;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::room::calibrating::pixel_mm;
use crate::ui::focus;
use crate::ui::piece::IntoPiece as _;

/// Id of the field for millimetres.
const FIELD: &str = "calibration-mm";

/// Where the reader says it, of a scan whose file does not.
#[component]
pub fn Calibration() -> impl IntoView {
    let room = expect_context::<Room>();
    let is_asked = Memo::new(move |_| {
        let scan = |d: &Desk| d.open.scan.as_ref().map(VolumeInfo::can_be_calibrated);
        room.desk.with(scan) == Some(true)
    });
    let is_free = Memo::new(move |_| room.desk.with(|d| d.is_open() && d.run.is_none()));
    let is_calibrated = Memo::new(move |_| room.desk.with(|d| d.calibrated_mm().is_some()));
    let has_line = Memo::new(move |_| room.last_line_px().is_some());
    let typed = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<&'static str>);
    let take = move |length_px: f64| {
        if !is_free.get_untracked() {
            return;
        }
        let found = room.desk.with_untracked(|d| {
            let scan = d.open.scan.as_ref()?;
            Some(typed.with_untracked(|typed| pixel_mm(typed, length_px, scan)))
        });
        match found {
            Some(Ok(mm)) => {
                fault.set(None);
                room.calibrate(Some(mm));
            }
            Some(Err(words)) => fault.set(Some(words)),
            None => {}
        }
    };
    let take_line = move |_| {
        if let Some(length_px) = untrack(|| room.last_line_px()) {
            take(length_px);
        }
    };
    let take_back = move |_| {
        if is_free.get_untracked() {
            fault.set(None);
            room.calibrate(None);
            // What was pressed is gone once that is done.
            focus::soon(FIELD.to_owned());
        }
    };
    // A button that could not be pressed would lose the keyboard while the worker measures.
    let is_taken = move || (!is_free.get()).to_string();
    view! {
        <details class="calibration small" hidden=move || !is_asked.get()>
            <summary>"Calibrate: size of a pixel, or a known length"</summary>
            <div class="actions">
                <label class="field">
                    "Millimetres"
                    <input id=FIELD type="text" inputmode="decimal" autocomplete="off" spellcheck="false" on:input=move |event| typed.set(event_target_value(&event)) />
                </label>
                <button type="button" class="button" aria-disabled=is_taken on:click=move |_| take(1.0)>
                    "This is the pixel size"
                </button>
                <button type="button" class="button" aria-disabled=move || (!is_free.get() || !has_line.get()).to_string()
                    on:click=take_line>
                    "This is the length of the last line"
                </button>
                <Show when=move || is_calibrated.get()>
                    <button type="button" class="button quiet" aria-disabled=is_taken on:click=take_back>
                        "Remove calibration"
                    </button>
                </Show>
            </div>
            <p class="error-text" role="alert">{move || fault.get()}</p>
            <p class="muted">
                "For a known length, such as a scale bar, draw a line along it with Measure first. Pixels count as square. Whatever is exported or saved says that sizes are by your calibration."
            </p>
        </details>
    }
    .into_late_piece()
}

/// That sizes are by the reader's calibration; nothing where the file knows them, or nobody.
#[component]
pub fn Calibrated() -> impl IntoView {
    let room = expect_context::<Room>();
    let words = move || {
        let mm = room.desk.with(Desk::calibrated_mm)?;
        Some(format!(
            "Sizes in mm are by the reader’s calibration: {mm:.3}\u{a0}mm a pixel."
        ))
    };
    let line = move || words().map(|words| view! { <p class="small">{words}</p> });
    line.into_late_piece()
}
