//! Comparing with a reference mask.

use leptos::prelude::*;
use model::metric::Agreement;

use super::open::picked;
use crate::room::Room;
use crate::ui::Ratios;
use crate::ui::number::grouped;
use crate::ui::piece::IntoPiece as _;

/// Opens a reference mask and shows how well the result agrees with it.
#[component]
pub fn AgreementPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let reference_px = Memo::new(move |_| room.desk.with(|d| d.open.reference_px));
    let shown = Memo::new(move |_| {
        let slice = room.slice.get();
        room.desk
            .with(|d| d.open.results.get(&slice).and_then(|r| r.agreement))
    });
    let overall = Memo::new(move |_| {
        room.desk.with(|d| {
            let summary = d.open.summary.as_ref()?;
            summary.agreement.filter(|_| summary.slices_done > 1)
        })
    });
    view! {
        <section class="card reference" aria-labelledby="agreement-title">
            <h2 id="agreement-title">"Reference mask"</h2>
            <Pick />
            {move || reference_px.get().map(|px| view! {
                <p class="small">{format!("Open: {} pixels marked.", grouped(px as u64))}</p>
            })}
            {move || shown.get().map(|a| view! { <Figures title="This slice" agreement=a /> })}
            {move || overall.get().map(|a| view! { <Figures title="All segmented slices" agreement=a /> })}
        </section>
    }
    .into_late_piece()
}

#[component]
fn Pick() -> impl IntoView {
    let room = expect_context::<Room>();
    let reading = Memo::new(move |_| room.desk.with(|d| d.is_reading_reference));
    let is_sample = Memo::new(move |_| room.desk.with(|d| d.open.source.reference.is_some()));
    let sample = move |_| {
        #[cfg(feature = "hydrate")]
        room.open_sample_reference();
    };
    view! {
        <p class="small muted">"A mask of the same scan made by a reader, as NIfTI, NRRD, MetaImage or PNG, dropped here or chosen: the result is compared with it."</p>
        <div class="actions">
            <label class="button file-button" class:disabled=move || reading.get()>
                <input type="file" multiple disabled=move || reading.get()
                    on:change=move |event| picked(&event, room, true) />
                "Choose a mask"
            </label>
            <Show when=move || is_sample.get()>
                <button type="button" class="button" on:click=sample disabled=move || reading.get()>
                    "The sample’s own"
                </button>
            </Show>
        </div>
    }
    .into_late_piece()
}

#[component]
fn Figures(title: &'static str, agreement: Agreement) -> impl IntoView {
    let ratios = vec![
        ("Dice", Some(agreement.dice)),
        ("IoU", Some(agreement.iou)),
        ("Precision", agreement.precision),
        ("Recall", agreement.recall),
        ("Specificity", agreement.specificity),
        ("Accuracy", agreement.accuracy),
    ];
    let counts = agreement.counts;
    view! {
        <h3>{title}</h3>
        <Ratios ratios />
        <p class="small muted">
            {format!(
                "Pixels: {} in both, {} only in the result, {} only in the reference. Recall is also called sensitivity. \
                 Accuracy and specificity are near 1 on any slice, because most pixels are background.",
                grouped(counts.true_positive), grouped(counts.false_positive), grouped(counts.false_negative)
            )}
        </p>
    }
    .into_late_piece()
}
