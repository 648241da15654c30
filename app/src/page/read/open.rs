//! Opening a scan: the panel before, the title line after.

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use model::protocol::VolumeInfo;

use super::Working;
use super::calibration::Calibration;
use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::is_alive;
use crate::ui::piece::IntoPiece as _;
use crate::ui::shielded::shielded;

/// Where a scan is chosen or dropped.
#[component]
pub fn OpenPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let opening = Memo::new(move |_| room.desk.with(Desk::is_opening));
    let can_stop = Memo::new(move |_| room.desk.with(Desk::can_stop_opening));
    let stop = move |_| {
        #[cfg(feature = "hydrate")]
        room.stop_opening();
    };
    view! {
        <section class="open-panel" aria-labelledby="open-title" aria-busy=move || opening.get().to_string()>
            <svg viewBox="0 0 48 48" width="56" height="56" aria-hidden="true" focusable="false">
                <rect x="6" y="6" width="36" height="36" rx="8" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="5 4" />
                <path d="M24 32V17m-7 7 7-7 7 7" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" />
            </svg>
            <h2 id="open-title">"Open a lung CT"</h2>
            <p>"Drop files, a folder or a zip here, or choose:"</p>
            <Buttons />
            <Show when=move || opening.get()>
                <p>"Opening the scan…"</p>
                <Working />
                <Show when=move || can_stop.get()>
                    <button type="button" class="button" on:click=stop>"Cancel"</button>
                </Show>
            </Show>
            <p class="small muted">
                "DICOM (also compressed, series, multi-frame), NIfTI (.nii, or .hdr with its .img), NRRD, MetaImage (.mha, or .mhd with its .raw), PNG, JPEG. \
                 The files are read on this device and go nowhere else."
            </p>
        </section>
    }
    .into_piece()
}

const FILES: &str = "files";
const FOLDER: &str = "folder";

/// Files, folder, sample.
#[component]
fn Buttons() -> impl IntoView {
    let room = expect_context::<Room>();
    let is_alive = is_alive();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| take_early(room));
    let sample = move |_| {
        #[cfg(feature = "hydrate")]
        room.open_sample();
        #[cfg(not(feature = "hydrate"))]
        let _ = room;
    };
    view! {
        <div class="actions">
            <FileButton words="Choose files" primary=true folder=false />
            <FileButton words="Choose a folder" primary=false folder=true />
            <button type="button" class="button" disabled=move || !is_alive.get() on:click=sample>"Try a sample"</button>
        </div>
        <p class="small" hidden=move || is_alive.get()>"The page is still loading. What you choose is opened when it is there."</p>
    }
    .into_piece()
}

/// A file input that looks like a button; the input itself keeps focus and keys.
#[component]
fn FileButton(words: &'static str, primary: bool, folder: bool) -> impl IntoView {
    let room = expect_context::<Room>();
    view! {
        <label class="button file-button" class:primary=primary>
            <input
                id=if folder { FOLDER } else { FILES }
                type="file"
                multiple
                {..custom_attribute("webkitdirectory", folder.then_some(""))}
                on:change=move |event| picked(&event, room, false)
            />
            {words}
        </label>
    }
    .into_piece()
}

/// Takes the files of an input and empties it, so that the same file can be chosen again.
pub(super) fn picked(event: &leptos::ev::Event, room: Room, is_reference: bool) {
    #[cfg(feature = "hydrate")]
    {
        let input = event_target::<web_sys::HtmlInputElement>(event);
        take_files(&input, room, is_reference);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, room, is_reference);
}

/// On a slow line files can be chosen long before there is a program that could open them.
#[cfg(feature = "hydrate")]
fn take_early(room: Room) {
    use wasm_bindgen::JsCast as _;
    for id in [FILES, FOLDER] {
        let input = document().get_element_by_id(id);
        if let Some(input) = input.and_then(|it| it.dyn_into().ok()) {
            take_files(&input, room, false);
        }
    }
}

#[cfg(feature = "hydrate")]
fn take_files(input: &web_sys::HtmlInputElement, room: Room, is_reference: bool) {
    use crate::room::files::Purpose;
    if let Some(list) = input.files().filter(|list| list.length() > 0) {
        let purpose = if is_reference {
            Purpose::Reference
        } else {
            Purpose::Scan
        };
        room.take_list(&list, purpose);
        input.set_value("");
    }
}

/// What is open, what to know about it, and the ways to open another.
#[component]
pub fn ScanTitle() -> impl IntoView {
    let room = expect_context::<Room>();
    let source = Memo::new(move |_| room.desk.with(|d| d.open.source.clone()));
    let title = move || {
        let series = room
            .desk
            .with(|d| d.open.scan.as_ref().and_then(VolumeInfo::series_words));
        let title = source.get().title;
        match series {
            Some(series) => [title, series].join(", "),
            None => title,
        }
    };
    let facts = move || {
        room.desk.with(|d| {
            d.open.scan.as_ref().map(|scan| {
                let mut facts = vec![
                    format!("{} × {}", scan.cols, scan.rows),
                    match scan.slices {
                        1 => "1 slice".to_owned(),
                        n => format!("{n} slices"),
                    },
                ];
                facts.push(match scan.spacing {
                    Some(s) => {
                        let by = if scan.is_calibrated {
                            " by the reader’s calibration"
                        } else {
                            ""
                        };
                        format!("{:.2} × {:.2} mm pixels{by}", s.col_mm, s.row_mm)
                    }
                    None => "pixel size unknown".to_owned(),
                });
                facts.extend(
                    scan.slice_spacing_mm
                        .filter(|_| scan.slices > 1)
                        .map(|mm| format!("{mm:.2} mm between slices")),
                );
                facts.join(" · ")
            })
        })
    };
    let notes = Memo::new(move |_| {
        room.desk.with(|d| {
            d.open
                .scan
                .as_ref()
                .map(|s| s.notes.clone())
                .unwrap_or_default()
        })
    });
    view! {
        <div class="scan-title">
            <div>
                <h2 translate="no">{title}</h2>
                <p class="small muted">{facts}</p>
                <Calibration />
                <WhoseScan />
                <SeriesList />
                {move || source.get().credit.map(|credit| view! { <p class="small muted">{credit}</p> })}
            </div>
            <details class="menu">
                <summary class="button">"Open another"</summary>
                <Buttons />
            </details>
        </div>
        <Show when=move || !notes.with(Vec::is_empty)>
            <ul class="notes small">
                {move || notes.get().into_iter().map(|note| view! { <li>{shielded(&note)}</li> }).collect_view()}
            </ul>
        </Show>
    }
    .into_late_piece()
}

/// The series in the files, if there are several, to open another one: with a button, because arrow
/// keys choose each option that they pass. No translator is to read what the files say of them.
#[component]
fn SeriesList() -> impl IntoView {
    let room = expect_context::<Room>();
    // A list of its own is made for every scan that is opened.
    let (series, open) = room.desk.with_untracked(|d| {
        let scan = d.open.scan.as_ref();
        scan.map_or_else(Default::default, |it| (it.series.clone(), it.chosen_series))
    });
    if series.len() < 2 {
        return ().into_late_piece();
    }
    let picked = RwSignal::new(open);
    let pick = move |event: leptos::ev::Event| {
        if let Ok(place) = event_target_value(&event).parse::<usize>() {
            picked.set(place);
        }
    };
    let take = move |_| {
        #[cfg(feature = "hydrate")]
        room.take_series(picked.get_untracked());
    };
    let option = |(place, words): (usize, String)| {
        let is_open = place == open;
        // First, because a narrow screen cuts the end.
        let words = if is_open {
            "Now open: ".to_owned() + &words
        } else {
            words
        };
        view! { <option value=place.to_string() selected=is_open>{words}</option> }
    };
    let options = series.into_iter().enumerate();
    let options = options.map(|it| option(it).into_late_piece());
    view! {
        <div class="actions series small">
            <label class="field">
                "Series"
                <select translate="no" on:change=pick>{options.collect_view()}</select>
            </label>
            <button type="button" class="button" disabled=move || picked.get() == open on:click=take>
                "Open this series"
            </button>
        </div>
    }
    .into_late_piece()
}

/// What the file says of patient and examination, folded unless others' files came with it: not
/// everybody who sees the screen is to read it, and no translator either.
#[component]
fn WhoseScan() -> impl IntoView {
    let room = expect_context::<Room>();
    let identity = move || {
        room.desk
            .with(|d| d.open.scan.as_ref().map(|s| s.identity.clone()))
            .unwrap_or_default()
    };
    // The notes ask to check whose it is. That of the next scan is folded or not when it comes.
    let patient = |d: &Desk| d.open.scan.as_ref()?.patient;
    let is_one_of_several = room.desk.with_untracked(patient).is_some();
    view! {
        <details class="whose small" translate="no" open=is_one_of_several hidden=move || identity().is_empty()>
            <summary>"Patient and series, as the file says"</summary>
            <div class="sheet">
                <p class="lines">{identity}</p>
                <p class="muted">"On paper only while unfolded; in no export but DICOM files. Nothing of it is sent but the day and the series’ number, if you save."</p>
            </div>
        </details>
    }
    .into_late_piece()
}
