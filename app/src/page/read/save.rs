//! Saving the analysis to the account.

pub mod already;
pub mod fate;
pub mod outside;

use fate::Fate;
use leptos::prelude::*;

use already::Already;
use outside::Outside;

use crate::api::ApiError;
use crate::room::Room;
use crate::saving::Outbox;
use crate::saving::document::{Caption, discord, obstacle};
use crate::session::Session;
use crate::ui::labels::{Doubt, labels, suggestions};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Field, Form, Sending, Typed};

/// The panel: the form for whoever is signed in, the way there for everybody else.
#[component]
pub fn SavePanel() -> impl IntoView {
    let session = expect_context::<Session>();
    let is_signed_in = Memo::new(move |_| session.me().is_some());
    view! {
        <section class="card save" aria-labelledby="save-title">
            <h2 id="save-title">"Save"</h2>
            <Show
                when=move || is_signed_in.get()
                fallback=|| view! { <Outside /> }
            >
                <SaveForm />
            </Show>
        </section>
    }
    .into_late_piece()
}

#[component]
fn SaveForm() -> impl IntoView {
    let room = expect_context::<Room>();
    let session = expect_context::<Session>();
    let labels = labels(session);
    let obstacle = Memo::new(move |_| {
        let key = session.me()?.image_key;
        room.desk.with(|desk| obstacle(desk, &key))
    });
    let discord = Memo::new(move |_| room.desk.with(discord));
    let sending = Sending::new("save");
    let outbox = expect_context::<Outbox>();
    let saved = saved(room, session);
    let is_wanted_again = wanted_again(saved);
    let doubt = Doubt::new(labels);
    let already = Already::new(room);
    let submit = move |typed: Typed| {
        let caption = Caption {
            label: typed.text("label"),
            day: typed.text("day"),
        };
        let checked = caption.checked();
        let checked = checked.and_then(|it| {
            doubt.about(it.label.clone(), "", "Save")?;
            already.about(it.label)
        });
        sending.send(checked, Box::pin(keep(room, session, outbox, caption)));
    };
    let said = move || room.desk.with_untracked(Caption::of);
    view! {
        <Show
            when=move || saved.with(Option::is_none) || is_wanted_again.get()
            fallback=move || view! { <Fate id=saved.get().unwrap_or_default() is_wanted_again /> }
        >
            <Show
                when=move || obstacle.get().is_none()
                fallback=move || view! { <p class="small muted">{obstacle.get()}</p> }
            >
                {move || discord.get().map(|words| view! { <p class="small muted">{words}</p> })}
                // Hidden only: slices that become alike again are saved under what was typed.
                <div hidden=move || discord.with(Option::is_some) on:input=move |event| already.typed(&event)>
                    <Form sending button="Save" on_submit=submit>
                        <Field sending name="label" label="Patient label" list="save-labels" value=said().label
                            hint="Not the patient’s name: a label that only you can resolve, such as “Patient 12”." />
                        <Field sending name="day" label="Day of the examination" kind="date" value=said().day
                            hint="When the scan was made, as its file says if it does: growth is measured from it." />
                        {already.beside(said())}
                    </Form>
                    {suggestions("save-labels", labels)}
                </div>
            </Show>
        </Show>
        <p class="small muted">"No pixels are saved, no file name, no patient’s name or number."</p>
        <details class="sub small muted">
            <summary>"What is saved"</summary>
            <p>
                "Masks, measurements, settings, what you rejected or drew and what computed it, and a fingerprint by which you find this image again. \
                 Of the file itself the day, the size and spacing of its pixels, its slices’ number and distance, and its series’ number."
            </p>
        </details>
    }
    .into_late_piece()
}

/// Number under which all that lies on the scan is saved. On the desk, and not with this panel,
/// which goes with the page: what is saved already is not to be saved twice.
fn saved(room: Room, session: Session) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let key = session.me()?.image_key;
        let lines = room.callipers.get();
        room.desk.with(|desk| {
            let id = desk.saved_whole(&lines).filter(|_| desk.may_go_to(&key));
            id.map(str::to_owned)
        })
    })
}

/// Whether the reader wants to save all the same; no longer once something else is saved. Not what
/// is changed and changed back: what is typed meanwhile would go with the form.
fn wanted_again(saved: Memo<Option<String>>) -> RwSignal<bool> {
    let is_wanted_again = RwSignal::new(false);
    Effect::new(move |last: Option<Option<String>>| {
        let last = last.flatten();
        let id = saved.get();
        if id.is_some() && id != last {
            is_wanted_again.set(false);
        }
        id.or(last)
    });
    is_wanted_again
}

/// Packs the analysis and hands it to the outbox.
#[cfg(feature = "hydrate")]
async fn keep(
    room: Room,
    session: Session,
    outbox: Outbox,
    caption: Caption,
) -> Result<(), ApiError> {
    use crate::saving::outbox::{Item, State};
    use crate::saving::{document, exchange};

    let fault = |words: String| ApiError::invalid("", words);
    let me = session.me_untracked().ok_or(ApiError::SignedOut)?;
    let caption = caption.checked()?;
    let lines = room.callipers.get_untracked();
    let (content, (run, digest)) = room.desk.with_untracked(|desk| {
        let content = room
            .pixels
            .with_value(|pixels| document::content(desk, pixels, &lines, &caption, &me.image_key));
        (content, (desk.last_run(), desk.open.digest.clone()))
    });
    let bytes = exchange::pack(&content.map_err(fault)?)
        .await
        .map_err(fault)?;
    let id = exchange::new_id()
        .ok_or_else(|| fault("This browser gives no random numbers.".to_owned()))?
        .to_string();
    let item = Item {
        id: id.clone(),
        account: crate::session::marker(&me),
        label: caption.label.clone(),
        day: caption.day.clone(),
        state: State::Waiting,
    };
    let kept = outbox.keep(item, &me.image_key, &bytes).await;
    kept.map_err(fault)?;
    room.desk.update(|desk| {
        // Another scan may be open by now.
        if desk.open.digest == digest {
            desk.saved(run, caption);
            desk.saved_under(id);
            desk.lines_saved(document::drawn(&lines));
        }
    });
    let is_all = room.desk.with_untracked(|desk| desk.last_run() == run)
        && room.callipers.with_untracked(|now| *now == lines);
    if !is_all {
        room.notify(false, "The analysis is kept as it was when you pressed Save. What has changed since is not: save once more.");
    }
    Ok(())
}

#[cfg(not(feature = "hydrate"))]
fn keep(_: Room, _: Session, _: Outbox, _: Caption) -> std::future::Ready<Result<(), ApiError>> {
    std::future::ready(Ok(()))
}
