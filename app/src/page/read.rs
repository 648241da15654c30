//! The reading room: open, look, segment, review, export.

pub mod agreement;
pub mod analysis;
mod basis;
pub mod calibration;
pub mod engine;
pub mod exports;
pub mod findings;
pub mod key_images;
pub mod keys;
pub mod layered;
pub mod layers;
pub mod lesions;
pub mod measured;
pub mod notice;
pub mod open;
pub mod probabilities;
pub mod provenance;
pub mod report_head;
pub mod result;
pub mod returning;
pub mod save;
pub mod take_back;
pub mod toolbar;
pub mod undragged;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::saving::document::Caption;
use crate::ui::ProgressBar;
use crate::ui::piece::IntoPiece as _;
use crate::viewer::solid::SolidPanel;

/// The page.
#[component]
pub fn ReadPage() -> impl IntoView {
    let room = expect_context::<Room>();
    let is_shown = Memo::new(move |_| room.desk.with(Desk::is_shown));
    let caption = Memo::new(move |_| room.desk.with(Caption::of));
    #[cfg(feature = "hydrate")]
    browser::enter(room);
    view! {
        <Title text="Reading room · NeuroCare AI" />
        <h1 class="visually-hidden">"Reading room"</h1>
        <report_head::ReportHead caption />
        <div class="room" class:is-open=move || is_shown.get()>
            <div class="messages">
                <notice::NoticeBar />
                <returning::Returning />
            </div>
            <div class="stage">
                <Show when=move || is_shown.get() fallback=open::OpenPanel>
                    <Reading />
                </Show>
            </div>
            <aside class="side" aria-label="Analysis">
                <analysis::AnalysisPanel />
                <Show when=move || is_shown.get()>
                    <result::ResultPanel />
                    <findings::FindingsPanel />
                    // Filled for printing.
                    <section class="card print-only key-images"></section>
                    <measured::MeasuredPanel />
                    <probabilities::ProbabilitiesPanel />
                    <SolidPanel />
                    <agreement::AgreementPanel />
                    <save::SavePanel />
                    <exports::ExportPanel />
                    <provenance::Provenance />
                </Show>
                <engine::EnginePanel />
            </aside>
        </div>
    }
    .into_piece()
}

/// The open scan: title, tools, viewer, slices, layers.
#[component]
fn Reading() -> impl IntoView {
    view! {
        <open::ScanTitle />
        <toolbar::Toolbar />
        <layered::LayeredViewer is_reading=true />
    }
    .into_late_piece()
}

/// The progress of whatever the worker does, announced politely.
#[component]
fn Working() -> impl IntoView {
    let room = expect_context::<Room>();
    let main = Signal::derive(move || {
        room.progress_changed.track();
        room.desk.with(|d| d.progress.clone())
    });
    let slice_progress = Signal::derive(move || {
        room.progress_changed.track();
        room.desk.with(|d| d.slice_progress.clone())
    });
    view! {
        <div class="working">
            <ProgressBar progress=main />
            <ProgressBar progress=slice_progress />
        </div>
    }
    .into_piece()
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::query_signal_with_options;

    use crate::room::Room;

    /// Starts the engine, opens the sample if the address asks for it.
    pub(super) fn enter(room: Room) {
        let (sample, _) = query_signal_with_options::<u8>(
            "sample",
            NavigateOptions {
                replace: true,
                scroll: false,
                ..NavigateOptions::default()
            },
        );
        Effect::new(move |_| {
            room.open_engine();
            if sample.get_untracked() != Some(1) {
                return;
            }
            let (is_idle, is_own) = room.desk.with_untracked(|d| {
                let is_idle = d.open.scan.is_none() && !d.is_opening();
                (is_idle, d.is_shown() && d.open.source.credit.is_none())
            });
            if is_idle {
                room.open_sample();
            } else if is_own {
                room.notify(
                    false,
                    "Your own scan is still open. The sample is under “Open another”.",
                );
            }
        });
    }
}
