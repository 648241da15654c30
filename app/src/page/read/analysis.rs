//! What is to be done: network, noise reduction, postprocessing, and the start buttons.

use leptos::prelude::*;
use model::decimal;
use model::network::Architecture;
use model::settings::{Denoise, Settings};

use super::Working;
use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::number::percent;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Choice, Toggle};

/// The panel.
#[component]
pub fn AnalysisPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let is_running = Memo::new(move |_| room.desk.with(|d| d.run.is_some()));
    let architectures = Architecture::ALL.map(|a| (a, a.title())).to_vec();
    view! {
        <section class="card" aria-labelledby="analysis-title">
            <h2 id="analysis-title">"Analysis"</h2>
            <Start />
            <div class="pair">
                <Choice legend="Network" name="network" options=architectures
                    value=Signal::derive(move || room.settings.get().architecture)
                    on_change=move |a| room.choose_engine(a, room.backend.get_untracked())
                    disabled=is_running />
                <Choice legend="Noise reduction" name="denoise"
                    options=[Denoise::None, Denoise::Median, Denoise::Gaussian].map(|d| (d, d.title())).to_vec()
                    value=Signal::derive(move || room.settings.get().denoise)
                    on_change=move |d| room.settings.update(|s| s.denoise = d)
                    disabled=is_running />
            </div>
            <PostprocessPanel />
        </section>
    }
    .into_piece()
}

/// The buttons, or the progress and Cancel.
#[component]
fn Start() -> impl IntoView {
    let room = expect_context::<Room>();
    let can_start = Memo::new(move |_| room.desk.with(Desk::can_segment));
    let is_waiting = Memo::new(move |_| room.desk.with(|d| d.open.waiting.is_some()));
    let is_running = Memo::new(move |_| room.desk.with(|d| d.run.is_some()));
    let is_segmenting = Memo::new(move |_| room.desk.with(Desk::is_segmenting));
    let has_scan = Memo::new(move |_| room.desk.with(|d| d.open.scan.is_some()));
    // It can be pressed again, but nothing waits for that.
    let is_seen = Memo::new(move |_| {
        let (slice, settings) = (room.slice.get(), room.settings.get());
        room.desk.with(|d| d.has_seen(slice, &settings))
    });
    let is_preparing = Memo::new(move |_| {
        room.desk
            .with(|d| d.is_busy() && d.run.is_none() && !d.is_opening())
    });
    let is_cancelling = move || {
        room.desk
            .with(|d| d.run.as_ref().is_some_and(|run| run.is_cancelling))
    };
    view! {
        <div class="actions">
            <button type="button" class="button" class:primary=move || !is_seen.get()
                aria-disabled=move || (!can_start.get()).to_string()
                on:click=move |_| room.segment_shown()>
                "Segment this slice"
            </button>
            <Show when=move || { room.slices() > 1 }>
                <button type="button" class="button" aria-disabled=move || (!can_start.get()).to_string()
                    on:click=move |_| room.segment_all()>
                    {move || format!("Whole series ({})", room.slices())}
                </button>
            </Show>
            // What else runs is over in an instant: the button would push what is below it to and
            // fro.
            <Show when=move || is_segmenting.get() || is_waiting.get()>
                <button type="button" class="button danger" disabled=is_cancelling on:click=move |_| room.cancel()>
                    {move || if is_cancelling() { "Stopping…" } else { "Cancel" }}
                </button>
            </Show>
        </div>
        <Show when=move || !has_scan.get() && !is_preparing.get()>
            <p class="small muted">"Open a scan to start."</p>
        </Show>
        <Show when=move || is_waiting.get()>
            <p class="small">"Starts as soon as the engine is ready."</p>
        </Show>
        <Show when=move || is_running.get() || is_preparing.get()>
            <Working />
        </Show>
    }
    .into_piece()
}

/// How probabilities become regions.
#[component]
fn PostprocessPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let post = Memo::new(move |_| room.settings.get().postprocess);
    let is_restored = Memo::new(move |_| room.desk.with(Desk::has_restored));
    let of_another = move || {
        let chosen = room.settings.get();
        let made = room.desk.with(|d| d.made_with().map(|made| made.settings));
        made.and_then(|made| kept(&made, &chosen))
    };
    view! {
        <details class="sub">
            <summary>"Postprocessing"</summary>
            <Number words="Threshold" unit="%" max=99.0 step=1.0
                value=Signal::derive(move || post.get().threshold * 100.0)
                on_change=move |v: f32| room.change_postprocess(|p| p.threshold = (v / 100.0).clamp(0.01, 0.99)) />
            <Number words="Least peak" unit="%" max=99.0 step=1.0
                value=Signal::derive(move || post.get().least_peak * 100.0)
                on_change=move |v: f32| room.change_postprocess(|p| p.least_peak = (v / 100.0).clamp(0.0, 0.99)) />
            <Number words="Opening radius" unit="mm" max=3.0 step=0.1
                value=Signal::derive(move || post.get().opening_mm)
                on_change=move |v| room.change_postprocess(|p| p.opening_mm = v) />
            <Number words="Closing radius" unit="mm" max=3.0 step=0.1
                value=Signal::derive(move || post.get().closing_mm)
                on_change=move |v| room.change_postprocess(|p| p.closing_mm = v) />
            <Number words="Smallest area" unit="mm²" max=60.0 step=1.0
                value=Signal::derive(move || post.get().min_area_mm2)
                on_change=move |v| room.change_postprocess(|p| p.min_area_mm2 = v) />
            <div class="group">
                <Toggle words="Fill holes"
                    value=Signal::derive(move || post.get().fill_holes)
                    on_change=move |on| room.change_postprocess(|p| p.fill_holes = on) />
                <Toggle words="Smooth boundary"
                    value=Signal::derive(move || post.get().smooth)
                    on_change=move |on| room.change_postprocess(|p| p.smooth = on) />
            </div>
            <p class="small muted">
                "Pixels at or above the threshold form regions. One under 20 mm² (5 mm across) is kept only if its highest probability reaches the least peak. Once both neighbouring slices are segmented, they count as well: large regions need less, and one that continues theirs is kept. Opening removes parts thinner than twice its radius, closing fills gaps as thin."
            </p>
            <p class="small muted">
                {move || match of_another() {
                    _ if is_restored.get() => "The restored masks keep the settings they were made with. Other settings apply to what is segmented from now on. Segmenting a slice again loses what was corrected on it before it was restored.".to_owned(),
                    Some(kept) => kept,
                    None => "Changes apply to finished slices at once; the network does not run again.".to_owned(),
                }}
            </p>
            <button type="button" class="button quiet" disabled=move || post.get() == room.standard_postprocess.get()
                on:click=move |_| reset(room)>
                "Standard values"
            </button>
        </details>
    }
    .into_piece()
}

/// What holds for finished slices of another network than the chosen one, whose limits have come
/// into the panel.
fn kept(made: &Settings, chosen: &Settings) -> Option<String> {
    let is_kept =
        made.architecture != chosen.architecture && made.postprocess != chosen.postprocess;
    is_kept.then(|| {
        format!(
            "Finished slices are of {} and keep their own settings, with a threshold of {}, until one is changed here: then all of these apply to them.",
            made.architecture.title(),
            percent(made.postprocess.threshold)
        )
    })
}

fn reset(room: Room) {
    let standard = room.standard_postprocess.get_untracked();
    room.change_postprocess(|p| *p = standard);
}

/// A slider with its value.
#[component]
fn Number(
    words: &'static str,
    unit: &'static str,
    max: f32,
    step: f32,
    #[prop(into)] value: Signal<f32>,
    #[prop(into)] on_change: Callback<f32>,
) -> impl IntoView {
    let digits = usize::from(step < 1.0);
    let shown = move || format!("{:.digits$} {unit}", value.get());
    let input = move |event| {
        if let Some(number) = decimal::parse(&event_target_value(&event)) {
            on_change.run((number as f32).clamp(0.0, max));
        }
    };
    view! {
        <label class="slider wide">
            <span>{words}</span>
            <input type="range" min="0" max=max step=step
                prop:value=move || value.get()
                aria-valuetext=shown
                on:input=input />
            <output>{shown}</output>
        </label>
    }
    .into_piece()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::settings;

    #[test]
    fn slices_of_another_network_are_said_to_keep_their_limits() {
        let made = settings(0.5);
        let chosen = Settings {
            architecture: Architecture::Unetpp,
            ..settings(0.6)
        };
        let words = kept(&made, &chosen).unwrap();
        assert!(
            words.contains("of U-Net and") && words.contains("50\u{a0}%"),
            "{words}"
        );
        // The reader's own limits hold for all networks.
        let same = Settings {
            architecture: Architecture::Unetpp,
            ..made
        };
        assert_eq!(kept(&made, &same), None);
        // What was changed here is about to be applied.
        assert_eq!(kept(&made, &settings(0.6)), None);
    }
}
