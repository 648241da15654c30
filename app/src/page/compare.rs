//! Two saved analyses side by side.

pub mod pairing;
mod together;

use std::sync::Arc;

use leptos::context::Provider;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use uuid::Uuid;

use self::together::Together;
use super::follow_up::table::{GoTo, Table};
use super::read::keys::Keys;
use super::read::report_head::PrintHead;
use super::read::toolbar::{SliceSlider, Zoom};
use super::read::undragged::Moves;
use crate::api::history;
use crate::course::Course;
use crate::room::Room;
use crate::saving::record::{self, Record};
use crate::session::Session;
use crate::ui::address::parameter;
use crate::ui::loaded::{Answer, Loaded, Outlook};
use crate::ui::number::{confidence, measure, percent, total_volume};
use crate::ui::piece::IntoPiece as _;
use crate::ui::shielded::shielded;
use crate::ui::{Private, Toggle, focus};
use crate::viewer::canvas::Viewer;

/// Id of what holds both viewers.
const BOTH: &str = "both";

/// The page; which two are in the address.
#[component]
pub fn ComparePage() -> impl IntoView {
    let search = use_location().search;
    let ids = Memo::new(move |_| {
        search.with(|search| ["a", "b"].map(|key| parameter(search, key).unwrap_or_default()))
    });
    view! {
        <Title text="Compare · NeuroCare AI" />
        <section class="history">
            <h1>"Compare"</h1>
            <Private>{move || view! { <Both ids=ids.get() /> }}</Private>
        </section>
    }
    .into_piece()
}

#[component]
fn Both(ids: [String; 2]) -> impl IntoView {
    let session = expect_context::<Session>();
    let records = [Loaded::<Record>::new(), Loaded::<Record>::new()];
    let [a, b] = ids.each_ref().map(|id| id.parse::<Uuid>().ok());
    let Some((a, b)) = a.zip(b) else {
        return view! {
            <p>"No two analyses are chosen: choose them in the "<a href="/history">"history"</a>"."</p>
        }
        .into_late_piece();
    };
    let together = Together::new();
    together.run();
    let sides = ids
        .into_iter()
        .zip(records)
        .zip(together.rooms)
        .map(|((id, record), room)| view! { <Side id record room /> });
    let course = Loaded::<Course>::new();
    Effect::new(move |_| course.ask(session, history::pair([a, b])));
    let labels = Memo::new(move |_| {
        let [a, b] = records.map(|r| r.with(Record::label));
        Some((a?, b?)).filter(|(a, b)| a != b)
    });
    // Once: what is said of lesions brings another comparison, and the slices stay.
    let is_there = Memo::new(move |_| {
        let mut records = records.iter();
        records.all(|it| it.with(|_| ()).is_some()) && course.with(|_| ()).is_some()
    });
    Effect::new(move |_| {
        if is_there.get() {
            untrack(|| course.with(|course| together.begin(course, [a, b])));
        }
    });
    let go_to: GoTo = Arc::new(move |index| {
        course.state.with_untracked(|state| {
            if let Answer::There(course) = state
                && let Some(lesion) = course.lesions.get(index)
            {
                together.go_to(lesion, course, [a, b]);
                focus::soon(BOTH.to_owned());
            }
        });
    });
    let has_both = |course: &Course| course.lesions.iter().any(|it| it.points.len() > 1);
    let has_level = Memo::new(move |_| course.with(has_both) == Some(true));
    let has_lesions = Memo::new(move |_| course.with(pairing::has_both).unwrap_or_default());
    let head = "Two examinations compared · read by: ____________".into_late_piece();
    view! {
        <PrintHead words=head />
        {move || labels.get().map(|(a, b)| view! {
            <p class="notice" role="alert">{shielded(&format!("The labels differ, “{a}” and “{b}”: are both of one patient?"))}</p>
        })}
        <Show when=move || has_level.get()>
            <Toggle words="Turn the slices of both together" value=together.is_linked
                on_change=move |on| together.is_linked.set(on) />
        </Show>
        <div id=BOTH class="compare" tabindex="-1">{sides.collect_view()}</div>
        <Keys />
        <Outlook of=Signal::derive(move || course.outlook()) again=course.again />
        {move || course.with(|course| view! {
            <h2>"Lesions of both"</h2>
            {course.images.clone().map(|words| view! { <p class="notice">{words}</p> })}
            <Table course=StoredValue::new(course.clone()) go_to=go_to.clone() />
            <p class="small muted">
                "Both images have the same scale. The numbers of a lesion lead to it in both; slices are turned together from there. \
                 Lesions are named by their numbers in the earlier and the later examination. They are matched as you have said \
                 below, else by place in the lung and size; growth is from the earlier to the later one."
            </p>
        })}
        <Show when=move || has_lesions.get()>
            <pairing::PairingPanel course />
        </Show>
    }
    .into_late_piece()
}

#[component]
fn Side(id: String, record: Loaded<Record>, room: Room) -> impl IntoView {
    let session = expect_context::<Session>();
    // The two viewers are told apart by it. In an element of its own, because no translator is to
    // read it, and the rest of the side may be translated.
    let name_id = format!("side-{id}");
    let named_by = name_id.clone();
    Effect::new(move |_| record.ask(session, record::load(id.clone(), None, room)));
    let name = move || record.with(|record| [record.label(), record.day()].join(", "));
    let facts = move || record.with(|record| view! { <Facts record=record.clone() /> });
    view! {
        <div class="side-by-side" role="group" aria-labelledby=named_by>
            <span id=name_id translate="no" hidden>{name}</span>
            <Outlook of=Signal::derive(move || record.outlook()) again=record.again />
            {facts}
            // Each side has a room of its own, which the other must not see.
            <Provider value=room>
                <Show when=move || record.with(|_| ()).is_some()>
                    <div class="toolbar" role="group" aria-label="Viewer"><Zoom /><Moves /></div>
                    <Viewer />
                    <SliceSlider />
                </Show>
            </Provider>
        </div>
    }
    .into_late_piece()
}

#[component]
fn Facts(record: Record) -> impl IntoView {
    let (label, day, series) = (record.label(), record.day(), record.series());
    let saved = record.saved;
    let longest = saved.longest_mm();
    let surest = saved.summary.confidence;
    // Of lines that the reader has measured, too.
    let calibrated = saved.spacing.filter(|_| saved.is_calibrated).map(|it| {
        let words = format!("{:.3}\u{a0}mm, by the reader’s calibration", it.col_mm);
        ("Pixel size", words)
    });
    let facts = [
        ("Examined", day),
        ("Series", series),
        ("Network", saved.engine.architecture.title().to_owned()),
        ("Threshold", percent(saved.settings.postprocess.threshold)),
        (
            "Slices",
            format!("{} of {}", saved.slices.len(), saved.scan_slices),
        ),
        ("Lesions", saved.lesions.len().to_string()),
        ("Longest diameter", measure(longest, 1, "mm")),
        (
            "Total volume",
            total_volume(
                saved.volume_ml().map(|ml| ml as f32),
                saved.least_volume_ml().map(|ml| ml as f32),
            ),
        ),
        (
            "Confidence",
            surest.map_or_else(|| "–".to_owned(), confidence),
        ),
    ];
    let facts = facts
        .into_iter()
        .chain(calibrated)
        .map(|(name, words)| view! { <div><dt>{name}</dt><dd translate="no">{words}</dd></div> });
    view! {
        <h2 translate="no">{label}</h2>
        <dl class="facts">{facts.collect_view()}</dl>
    }
    .into_late_piece()
}
