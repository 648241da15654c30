//! How fast the engine is on this machine: for whoever chooses one, and for bug reports.

#[cfg(feature = "hydrate")]
mod run;
pub mod table;

use leptos::prelude::*;
use leptos_meta::Title;
use model::bench::Figures;
use model::network::Architecture;
use model::protocol::BackendChoice;

use crate::ui::Choice;

/// Warm runs of each case; fewer where one takes seconds.
#[cfg(feature = "hydrate")]
const RUNS: usize = 5;

/// What the page shows and chooses.
#[derive(Debug, Clone, Copy)]
struct Bench {
    architecture: RwSignal<Architecture>,
    backend: RwSignal<BackendChoice>,
    edge: RwSignal<usize>,
    figures: RwSignal<Vec<Figures>>,
    is_running: RwSignal<bool>,
    /// Why the last measurement failed.
    failure: RwSignal<Option<String>>,
    #[cfg(feature = "hydrate")]
    worker: StoredValue<Option<crate::engine::client::Client>, LocalStorage>,
}

impl Bench {
    fn new() -> Self {
        Self {
            architecture: RwSignal::new(Architecture::Unet),
            backend: RwSignal::new(BackendChoice::Cpu),
            edge: RwSignal::new(256),
            figures: RwSignal::new(Vec::new()),
            is_running: RwSignal::new(false),
            failure: RwSignal::new(None),
            #[cfg(feature = "hydrate")]
            worker: StoredValue::new_local(None),
        }
    }
}

/// The page.
#[component]
pub fn BenchPage() -> impl IntoView {
    let bench = Bench::new();
    let is_running = bench.is_running;
    let figures = bench.figures;
    let measure = move |_| {
        #[cfg(feature = "hydrate")]
        bench.measure();
    };
    view! {
        <Title text="Speed of this machine · NeuroCare AI" />
        <div class="prose">
            <h1>"Speed of this machine"</h1>
            <p>
                "Runs a network of width 16 on an image of the chosen size, once cold and some times warm, as \
                 the reading room would. Nothing is sent and no scan is needed. Close other pages and programs for figures that can be compared."
            </p>
            <div class="card">
                <Choice legend="Network" name="bench-network"
                    options=Architecture::ALL.map(|a| (a, a.title())).to_vec()
                    value=bench.architecture on_change=move |a| bench.architecture.set(a) disabled=is_running />
                <Choice legend="Compute on" name="bench-backend"
                    options=vec![(BackendChoice::Cpu, "CPU"), (BackendChoice::Gpu, "GPU")]
                    value=bench.backend on_change=move |b| bench.backend.set(b) disabled=is_running />
                <Choice legend="Image" name="bench-edge"
                    options=vec![(256, "256 × 256"), (512, "512 × 512")]
                    value=bench.edge on_change=move |e| bench.edge.set(e) disabled=is_running />
                <div class="actions">
                    <button type="button" class="button primary" disabled=move || is_running.get() on:click=measure>
                        "Measure"
                    </button>
                    <span class="small" role="status">{move || if is_running.get() { "Measuring…" } else { "" }}</span>
                </div>
                {move || bench.failure.get().map(|text| view! { <p class="error-text" role="alert">{text}</p> })}
            </div>
            <Show when=move || !figures.with(Vec::is_empty)>
                <table::FiguresTable figures />
            </Show>
        </div>
    }
    .into_any()
}
