//! One saved analysis: its masks without the image, its figures, what can be done with it.

pub mod facts;

use leptos::context::Provider;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map};

use crate::page::read::{
    findings, layered, measured, probabilities, provenance, report_head, result, toolbar, undragged,
};
use crate::room::Room;
use crate::saving::document::Caption;
use crate::saving::record::{self, Record};
use crate::session::Session;
use crate::ui::Private;
use crate::ui::address::parameter;
use crate::ui::loaded::{Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;
use crate::viewer::solid::SolidPanel;

/// The page.
#[component]
pub fn SavedPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").unwrap_or_default()));
    let search = use_location().search;
    let lesion =
        Signal::derive(move || search.with(|search| parameter(search, "lesion")?.parse().ok()));
    view! {
        <Title text="Saved analysis · NeuroCare AI" />
        <h1 class="visually-hidden">"Saved analysis"</h1>
        <Private>{move || view! { <Opened id=id.get() lesion /> }}</Private>
    }
    .into_piece()
}

#[component]
fn Opened(id: String, lesion: Signal<Option<usize>>) -> impl IntoView {
    let session = expect_context::<Session>();
    // A room of its own: the scan in the reading room stays open.
    let reading_room = expect_context::<Room>();
    let room = Room::new();
    let record = Loaded::<Record>::new();
    let own_id = id.clone();
    Effect::new(move |_| {
        record.ask(
            session,
            record::load(own_id.clone(), lesion.get_untracked(), room),
        );
    });
    let is_there = move || record.with(|_| ()).is_some();
    let caption = move || record.with(|record| Caption::from(&record.entry));
    let caption = Memo::new(move |_| caption().unwrap_or_default());
    view! {
        <Outlook of=Signal::derive(move || record.outlook()) again=record.again />
        <Provider value=room>
            <Show when=is_there>
                <report_head::ReportHead caption />
                <div class="room is-open">
                    <div class="stage">
                        <div class="toolbar" role="group" aria-label="Viewer"><toolbar::Zoom /><undragged::Moves /></div>
                        <layered::LayeredViewer />
                    </div>
                    <aside class="side" aria-label="Analysis">
                        <facts::FactsPanel id=id.clone() record reading_room />
                        <result::ResultPanel />
                        <findings::FindingsPanel />
                        <measured::MeasuredPanel />
                        <probabilities::ProbabilitiesPanel />
                        <SolidPanel />
                        <p class="print-only small">
                            {move || record.with(|it| ["Settings: ", &provenance::words(&it.saved.settings)].concat())}
                        </p>
                    </aside>
                </div>
            </Show>
        </Provider>
    }
    .into_late_piece()
}
