//! Which layers lie over the slice, and how.

use leptos::prelude::*;
use model::decimal;

use super::take_back::TakeBack;
use crate::room::Room;
use crate::ui::number::percent;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Choice, Toggle};
use crate::viewer::overlay::Style;

/// Below the viewer, or beside it.
#[component]
pub fn LayerBar(
    /// Whether there is an image to draw and measure on: what takes that back comes last.
    is_reading: bool,
) -> impl IntoView {
    let room = expect_context::<Room>();
    let overlay = room.overlay;
    let has_reference = Memo::new(move |_| room.desk.with(|d| d.open.reference_px.is_some()));
    let set_opacity = move |event| {
        if let Some(value) = decimal::parse(&event_target_value(&event)) {
            let value = value as f32;
            overlay.update(|o| o.opacity = value.clamp(0.0, 100.0) / 100.0);
        }
    };
    view! {
        <div class="layers" role="group" aria-label="Layers">
            <div class="group">
                <Toggle words="Lung" swatch="lung"
                    value=Signal::derive(move || overlay.get().lung)
                    on_change=move |on| overlay.update(|o| o.lung = on) />
                <Toggle words="Tumour" swatch="tumour"
                    value=Signal::derive(move || overlay.get().tumour)
                    on_change=move |on| overlay.update(|o| o.tumour = on) />
                <Show when=move || has_reference.get()>
                    <Toggle words="Reference" swatch="reference"
                        value=Signal::derive(move || overlay.get().reference)
                        on_change=move |on| overlay.update(|o| o.reference = on) />
                </Show>
            </div>
            <Choice legend="Style" name="style"
                options=vec![(Style::Contour, "Contour"), (Style::Fill, "Fill"), (Style::Both, "Both")]
                value=Signal::derive(move || overlay.get().style)
                on_change=move |style| overlay.update(|o| o.style = style) />
            <Choice legend="Mask" name="mask"
                options=vec![(false, "Final"), (true, "Raw")]
                value=Signal::derive(move || overlay.get().raw)
                on_change=move |raw| overlay.update(|o| o.raw = raw) />
            <label class="slider">
                <span>"Opacity"</span>
                <input type="range" min="0" max="100" step="5"
                    prop:value=move || (overlay.get().opacity * 100.0).round()
                    aria-valuetext=move || percent(overlay.get().opacity)
                    on:input=set_opacity />
            </label>
            {is_reading.then(|| view! { <TakeBack /> })}
        </div>
    }
    .into_late_piece()
}
