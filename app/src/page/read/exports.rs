//! Files of the result.

use leptos::prelude::*;
use model::protocol::ExportKind;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::piece::IntoPiece as _;

/// Mask, tables, picture, print.
#[component]
pub fn ExportPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    // The worker makes them when it is done: what was pressed before would come all at once.
    let can_make = Memo::new(move |_| {
        room.desk
            .with(|d| d.is_open() && d.has_result() && !d.is_segmenting())
    });
    // Its file would be empty without a word.
    let has_lung = Memo::new(move |_| !room.desk.with(Desk::has_no_lung));
    let has_series = move || {
        room.desk
            .with(|d| d.open.scan.as_ref().is_some_and(|s| s.has_series))
    };
    let is_uneven = move || {
        room.desk
            .with(|d| d.open.scan.as_ref().is_some_and(|s| !s.is_even()))
    };
    let picture = move |_| {
        #[cfg(feature = "hydrate")]
        crate::export::picture::download(room);
    };
    let is_waiting = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    crate::export::report::clear_when_printed();
    let print = move |_| {
        #[cfg(feature = "hydrate")]
        crate::export::report::print(room, is_waiting);
    };
    let files = [
        (ExportKind::MaskNifti, "Mask (NIfTI)"),
        (ExportKind::LungNifti, "Lung (NIfTI)"),
        (ExportKind::MaskDicom, "Mask (DICOM SEG)"),
        (ExportKind::ContoursDicom, "Contours (DICOM RT)"),
        (ExportKind::ReportDicom, "Measurements (DICOM SR)"),
        (ExportKind::FindingsCsv, "Findings (CSV)"),
        (ExportKind::FindingsJson, "Findings (JSON)"),
    ]
    .map(|(kind, words)| {
        let can = move || can_make.get() && (kind != ExportKind::LungNifti || has_lung.get());
        view! {
            <button type="button" class="button" aria-disabled=move || (!can()).to_string()
                hidden=move || is_dicom(kind) && !has_series()
                on:click=move |_| if untrack(can) { room.export(kind) }>
                {words}
            </button>
        }
    });
    view! {
        <section class="card exports" aria-labelledby="export-title">
            <h2 id="export-title">"Export"</h2>
            <div class="actions">
                <button type="button" class="button" on:click=picture>"Picture (PNG)"</button>
                {files.collect_view()}
                <button type="button" class="button" on:click=print>
                    {move || if is_waiting.get() { "Drawing…" } else { "Print report" }}
                </button>
            </div>
            <Show when=is_uneven>
                <p class="small">"The slices of this scan are not evenly spaced. In NIfTI masks they are, so that there they lie elsewhere; DICOM files keep their places."</p>
            </Show>
            <p class="small muted" hidden=move || !can_make.get() || has_series()>
                "There are no DICOM files of this result: the scan is no DICOM series that says where it lies."
            </p>
            <p class="small muted">
                "Files are made on this device. In the NIfTI mask each lesion has its number as value. Only DICOM files say who the patient is; with the DICOM SR comes the SEG that it refers to. The CSV has the day of the examination, as the file says it or as you have saved it. Once you have saved, names of files have the label. \
                 The lung includes masses that reach into it, and slices that are not segmented are empty."
            </p>
        </section>
    }
    .into_late_piece()
}

/// Whether it refers to the files of a DICOM series.
fn is_dicom(kind: ExportKind) -> bool {
    matches!(
        kind,
        ExportKind::MaskDicom | ExportKind::ContoursDicom | ExportKind::ReportDicom
    )
}
