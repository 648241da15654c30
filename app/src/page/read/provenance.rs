//! What a result was made with: network, back end, settings.

use leptos::prelude::*;
use model::protocol::{BackendChoice, EngineInfo};
use model::settings::Settings;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::number::percent;
use crate::ui::piece::IntoPiece as _;

/// On paper only: on the screen the panels show what is chosen now, which a result may not have
/// been made with.
#[component]
pub fn Provenance() -> impl IntoView {
    let room = expect_context::<Room>();
    let made_with = Memo::new(move |_| room.desk.with(|d| d.made_with().cloned()));
    let has_result = Memo::new(move |_| room.desk.with(Desk::has_result));
    view! {
        <Show when=move || has_result.get()>
            <section class="card print-only">
                <h2>"Made with"</h2>
                {move || match made_with.get() {
                    Some(made) => view! { <dl class="facts">{facts(&made.engine, &made.settings)}</dl> }.into_late_piece(),
                    None => view! { <p>"The slices were segmented with different networks or settings."</p> }.into_late_piece(),
                }}
            </section>
        </Show>
    }
    .into_late_piece()
}

/// Network, back end and settings as rows of a list of facts.
pub fn facts(engine: &EngineInfo, settings: &Settings) -> impl IntoView + use<> {
    let post = settings.postprocess;
    let ran_on = if engine.backend == BackendChoice::Gpu {
        "GPU"
    } else {
        "CPU"
    };
    [
        (
            "Network",
            format!(
                "{}, weights {}",
                engine.architecture.title(),
                engine.weights_version
            ),
        ),
        ("Ran on", format!("{ran_on} · {}", engine.adapter)),
        (
            "Settings",
            format!(
                "threshold {}, least peak {}, opening {:.1} mm, closing {:.1} mm, smallest area {:.0} mm², noise reduction: {}",
                percent(post.threshold),
                percent(post.least_peak),
                post.opening_mm,
                post.closing_mm,
                post.min_area_mm2,
                format!("{:?}", settings.denoise).to_lowercase()
            ),
        ),
    ]
    .map(|(name, words)| view! { <div><dt>{name}</dt><dd>{words}</dd></div> })
    .collect_view()
}
