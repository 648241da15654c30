//! What was saved, when and with what; label and day can be changed.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use uuid::Uuid;

use crate::api::ApiError;
use crate::api::history::{self, Entry};
#[cfg(feature = "hydrate")]
use crate::api::{client, findings_path};
use crate::clock::local;
#[cfg(feature = "hydrate")]
use crate::export::{name, save};
use crate::page::read::provenance;
use crate::room::Room;
use crate::saving::Outbox;
use crate::saving::document::Caption;
use crate::saving::record::Record;
use crate::session::{Session, Unsent, marker};
use crate::ui::labels::{Doubt, labels, quoted, suggestions};
use crate::ui::loaded::{Answer, Loaded};
use crate::ui::number::not_searched;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Done, Field, Form, Sending, Typed};

/// The panel.
#[component]
pub fn FactsPanel(
    /// Number of the analysis.
    id: String,
    /// The analysis.
    record: Loaded<Record>,
    /// Where it may lie on the open scan.
    reading_room: Room,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let facts = move || record.with(|record| view! { <Facts record=record.clone() /> });
    let change_id = id.clone();
    let unsent = unsent(session, &id);
    let is_unsent = unsent.is_some();
    view! {
        <section class="card" aria-labelledby="saved-title">
            {facts}
            <details class="sub" open=is_unsent>
                <summary>"Change label or day"</summary>
                <Change id=change_id record reading_room unsent />
            </details>
            <details class="sub">
                <summary>"Delete"</summary>
                <Deletion id reading_room />
            </details>
        </section>
    }
    .into_late_piece()
}

#[component]
fn Facts(record: Record) -> impl IntoView {
    let session = expect_context::<Session>();
    let follow_up = format!("/follow-up?of={}", record.entry.id);
    let (label, day, series) = (record.label(), record.day(), record.series());
    let saved = record.saved;
    let [network, ran_on] = provenance::computed_by(&saved.engine);
    let settings = provenance::words(&saved.settings);
    let without_lung = saved.slices.iter().filter(|it| !it.is_searched()).count();
    let slices = format!(
        "{} of {}{}",
        saved.slices.len(),
        saved.scan_slices,
        not_searched(without_lung)
    );
    let facts = [
        network,
        ran_on,
        ("Examined", day),
        ("Series", series),
        ("Slices", slices),
        ("Saved", local(&record.entry.saved_at)),
    ]
    .map(|(name, words)| view! { <div><dt>{name}</dt><dd translate="no">{words}</dd></div> });
    let fault = RwSignal::new(None::<String>);
    let files = [("csv", "Findings as CSV"), ("json", "Findings as JSON")].map(|(kind, words)| {
        let entry = record.entry.clone();
        let get = move |_| {
            let request = file(entry.clone(), kind);
            leptos::task::spawn_local(async move {
                let error = request.await.err();
                if let Some(error) = &error {
                    session.heard(error);
                }
                fault.try_set(error.map(|it| it.to_string()));
            });
        };
        view! { <button type="button" class="button quiet" on:click=get>{words}</button> }
    });
    let print = move |_| {
        #[cfg(feature = "hydrate")]
        save::print();
    };
    view! {
        <h2 id="saved-title" translate="no">{label}</h2>
        <dl class="facts">{facts.collect_view()}</dl>
        <details class="small">
            <summary>"Settings"</summary>
            <p>{settings}</p>
        </details>
        <div class="actions">
            <a class="button" href=follow_up>"Follow-up"</a>
            <a class="button quiet" href="/history">"History"</a>
            {files.collect_view()}
            <button type="button" class="button quiet" on:click=print>"Print report"</button>
        </div>
        <p class="error-text" role="alert">{move || fault.get()}</p>
        <p class="small muted">
            "The image is not stored. Open the same file in the "<a href="/read">"reading room"</a>
            " to see this analysis on it again. Patient coordinates are not stored either: files of the findings are without them."
        </p>
    }
    .into_late_piece()
}

/// Hands the figures to the browser's download. Fetched by the page: a link would make a failed
/// download, without a word, of a refusal.
#[cfg(feature = "hydrate")]
async fn file(entry: Entry, kind: &'static str) -> Result<(), ApiError> {
    let figures = client::file(&findings_path(entry.id, kind)).await?;
    let name = ["findings.", kind].concat();
    save::blob(
        &name::of(Some(&entry.label), &name, &entry.examined_on),
        &figures,
    );
    Ok(())
}

#[cfg(not(feature = "hydrate"))]
fn file(_: Entry, _: &'static str) -> std::future::Ready<Result<(), ApiError>> {
    std::future::ready(Ok(()))
}

fn number(id: &str) -> Result<Uuid, ApiError> {
    Uuid::parse_str(id).map_err(|_| ApiError::NotFound)
}

/// What was typed for this analysis when the session of the same account had ended.
fn unsent(session: Session, id: &str) -> Option<Caption> {
    let unsent = session.unsent.try_update_value(Option::take).flatten()?;
    let account = marker(&session.me_untracked()?);
    (unsent.account == account && unsent.id == id).then_some(unsent.caption)
}

/// Why label and day are others than those that the page showed when Change was pressed.
fn overtaken(now: &Caption) -> String {
    [
        "Nothing was changed: another window has changed this analysis to ",
        &quoted(&now.label),
        ", ",
        &now.day,
        ". Press Change again to overwrite that.",
    ]
    .concat()
}

#[component]
fn Change(
    id: String,
    record: Loaded<Record>,
    reading_room: Room,
    unsent: Option<Caption>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let sending = Sending::new("caption");
    let labels = labels(expect_context());
    let doubt = Doubt::new(labels);
    let now = move || {
        record.state.with_untracked(|state| match state {
            Answer::There(record) => Caption::from(&record.entry),
            _ => Caption::default(),
        })
    };
    let is_done = RwSignal::new(false);
    let submit = move |typed: Typed| {
        is_done.set(false);
        let caption = Caption {
            label: typed.text("label"),
            day: typed.text("day"),
        };
        let checked = caption.checked();
        let checked = checked.and_then(|it| doubt.about(it.label, &now().label, "Change"));
        let (id, before) = (id.clone(), now());
        let account = session.me_untracked().map(|me| marker(&me));
        let request = async move {
            let number = number(&id)?;
            let Caption { label, day } = caption.clone();
            let changed = history::change(number, label, day, Some(before)).await;
            if let (Err(ApiError::SignedOut), Some(account)) = (&changed, account) {
                let id = id.clone();
                session.unsent.set_value(Some(Unsent {
                    account,
                    id,
                    caption,
                }));
            }
            let (entry, is_other) = match changed {
                Err(ApiError::Conflict) => (history::entry(number).await?, true),
                changed => (changed?, false),
            };
            let caption = Caption::from(&entry);
            reading_room
                .desk
                .update(|d| d.saved_is_called(&id, caption.clone()));
            record.state.try_update(|state| {
                if let Answer::There(record) = state {
                    record.entry = entry;
                }
            });
            labels.again.try_update(|n| *n = n.wrapping_add(1));
            if is_other {
                return Err(ApiError::invalid("", overtaken(&caption)));
            }
            is_done.try_set(true);
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    let is_unsent = unsent.is_some();
    let now = unsent.unwrap_or_else(now);
    view! {
        {is_unsent.then(|| view! { <p class="small error-text">"Not saved yet: you were signed out when you pressed Change."</p> })}
        <Form sending button="Change" on_submit=submit>
            <Field sending name="label" label="Patient label" list="caption-labels" value=now.label
                hint="Not the patient’s name: a label that only you can resolve." />
            <Field sending name="day" label="Day of the examination" kind="date" value=now.day />
        </Form>
        {suggestions("caption-labels", labels)}
        <Done is_done words="Label and day are saved." />
    }
    .into_late_piece()
}

#[component]
fn Deletion(id: String, reading_room: Room) -> impl IntoView {
    let session = expect_context::<Session>();
    let said = expect_context::<Outbox>().said;
    said.set("");
    let navigate = use_navigate();
    let fault = RwSignal::new(None::<String>);
    let delete = move |_| {
        let (id, navigate) = (id.clone(), navigate.clone());
        leptos::task::spawn_local(async move {
            let deleted = match number(&id) {
                Ok(number) => history::delete(number).await,
                Err(error) => Err(error),
            };
            match deleted {
                Ok(()) => {
                    reading_room.desk.update(|d| d.no_longer_saved(&id));
                    said.set("The analysis is deleted.");
                    navigate("/history", NavigateOptions::default());
                }
                Err(error) => {
                    session.heard(&error);
                    fault.try_set(Some(error.to_string()));
                }
            }
        });
    };
    view! {
        <p class="small">"Masks and figures of this analysis are deleted for good, with what was said of its lesions in Compare."</p>
        <p class="error-text" role="alert">{move || fault.get()}</p>
        <button type="button" class="button danger" on:click=delete>"Delete this analysis"</button>
    }
    .into_late_piece()
}
