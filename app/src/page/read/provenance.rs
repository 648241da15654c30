//! What a result was made with: network, back end, settings.

use leptos::prelude::*;
use model::protocol::EngineInfo;
use model::settings::{Postprocess, Settings};

use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::number::percent;
use crate::ui::piece::IntoPiece as _;

/// On the screen only where a result was made with something else than what is chosen now: then the
/// panels do not show it.
#[component]
pub fn Provenance() -> impl IntoView {
    let room = expect_context::<Room>();
    let made_with = Memo::new(move |_| room.desk.with(|d| d.made_with().cloned()));
    let has_result = Memo::new(move |_| room.desk.with(Desk::has_result));
    let is_chosen = move || {
        let chosen = room.settings.get();
        made_with.with(|made| made.as_ref().is_some_and(|made| made.settings == chosen))
    };
    view! {
        <Show when=move || has_result.get()>
            <section class="card" class:print-only=is_chosen>
                <h2>"Result made with"</h2>
                {move || match made_with.get() {
                    Some(made) => view! { <dl class="facts">{facts(&made.engine, &made.settings)}</dl> }.into_late_piece(),
                    None => view! { <p>"The slices were segmented with different networks, settings or hardware."</p> }.into_late_piece(),
                }}
            </section>
        </Show>
    }
    .into_late_piece()
}

/// Network, back end and settings as rows of a list of facts.
pub fn facts(engine: &EngineInfo, settings: &Settings) -> impl IntoView + use<> {
    let [network, ran_on] = computed_by(engine);
    [network, ran_on, ("Settings", words(settings))]
        .map(|(name, words)| view! { <div><dt>{name}</dt><dd>{words}</dd></div> })
        .collect_view()
}

/// Network and back end, by name.
pub fn computed_by(engine: &EngineInfo) -> [(&'static str, String); 2] {
    let ran_on = engine.backend.title();
    let network = format!(
        "{}, weights {}",
        engine.architecture.title(),
        engine.weights_version
    );
    [
        ("Network", network),
        ("Ran on", format!("{ran_on} · {}", engine.adapter)),
    ]
}

/// All settings but the network.
pub fn words(settings: &Settings) -> String {
    // Without `..`, so that none is ever left out.
    let Postprocess {
        threshold,
        least_peak,
        opening_mm,
        closing_mm,
        fill_holes,
        min_area_mm2,
        smooth,
    } = settings.postprocess;
    format!(
        "threshold {}, least peak {}, opening {opening_mm:.1} mm, closing {closing_mm:.1} mm, smallest area \
         {min_area_mm2:.0} mm², holes {}, boundary {}, noise reduction: {}",
        percent(threshold),
        percent(least_peak),
        if fill_holes { "filled" } else { "kept" },
        if smooth { "smoothed" } else { "as it is" },
        settings.denoise.title()
    )
}

#[cfg(test)]
mod tests {
    use model::network::Architecture;
    use model::settings::Denoise;

    use super::*;

    #[test]
    fn every_setting_is_printed() {
        let settings = |fill_holes, smooth| Settings {
            architecture: Architecture::Unet,
            denoise: Denoise::Gaussian,
            postprocess: Postprocess {
                fill_holes,
                smooth,
                ..Postprocess::default()
            },
        };
        let all = words(&settings(true, false));
        assert!(all.contains("holes filled, boundary as it is"), "{all}");
        assert!(all.ends_with("noise reduction: Gaussian"), "{all}");
        let none = words(&settings(false, true));
        assert!(none.contains("holes kept, boundary smoothed"), "{none}");
    }
}
