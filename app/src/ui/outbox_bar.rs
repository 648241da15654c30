//! What waits to be sent, on top of every page.

use leptos::prelude::*;

use crate::clock::now_ms;
use crate::room::Room;
use crate::saving::Outbox;
use crate::saving::outbox::{Item, State};
use crate::session::Session;
use crate::ui::piece::IntoPiece as _;

/// What the bar tells of the outbox.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    /// How many analyses of the account that is signed in wait.
    waiting: usize,
    /// How many of other accounts do.
    others: usize,
    /// Those of the account that the server has refused.
    refused: Vec<Item>,
    /// Numbers of those of others that have waited for long.
    old: Vec<String>,
}

/// The bar; nothing while nothing waits.
#[component]
pub fn OutboxBar() -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let session = expect_context::<Session>();
    let room = expect_context::<Room>();
    let told = Memo::new(move |_| {
        let mine = session.likely_marker();
        // Labels are shown to their own account only.
        let is_known = session.me().is_some();
        outbox.items.with(|items| {
            // What another window has taken does not wait here.
            let kept = items.iter().filter(|i| i.state != State::Taken);
            let (own, others): (Vec<&Item>, Vec<&Item>) =
                kept.partition(|i| Some(&i.account) == mine.as_ref());
            let (waiting, refused): (Vec<&Item>, Vec<&Item>) =
                own.into_iter().partition(|i| i.state == State::Waiting);
            let is_old = |item: &&&Item| item.has_waited_long(now_ms());
            Told {
                waiting: waiting.len(),
                others: others.len(),
                refused: refused.into_iter().filter(|_| is_known).cloned().collect(),
                old: others.iter().filter(is_old).map(|i| i.id.clone()).collect(),
            }
        })
    });
    let words = move || {
        let (waiting, others) = told.with(|told| (told.waiting, told.others));
        let is_unanswered = session.is_unanswered();
        let mut words = Vec::new();
        if waiting > 0 {
            let when = if is_unanswered {
                " as soon as the server answers"
            } else {
                ""
            };
            words.push(format!("{} to be sent{when}.", wait(waiting)));
        }
        if others > 0 {
            let way = if session.likely_marker().is_some() {
                "from another account: sign in with it to send."
            } else {
                "to be sent: sign in to send."
            };
            words.push(format!("{} {way}", wait(others)));
        }
        words.join(" ")
    };
    view! {
        <div role="status">
            <p class="visually-hidden">{move || outbox.said.get()}</p>
            <Show when=move || !words().is_empty()>
                <div class="notice outbox">
                    <p>{words}</p>
                    <Show when=move || { told.with(|told| told.waiting > 0) }>
                        <button type="button" class="button quiet" disabled=move || outbox.is_sending.get()
                            on:click=move |_| send_now(outbox)>
                            "Send now"
                        </button>
                    </Show>
                    <Show when=move || { told.with(|told| !told.old.is_empty()) }>
                        <button type="button" class="button quiet" on:click=move |_| discard_old(outbox, room, told.get().old)>
                            "Discard what has waited for 30 days"
                        </button>
                    </Show>
                </div>
            </Show>
            {move || told.get().refused.into_iter().map(|item| view! { <Refused item /> }).collect_view()}
        </div>
    }
    .into_piece()
}

#[component]
fn Refused(item: Item) -> impl IntoView {
    let outbox = expect_context::<Outbox>();
    let room = expect_context::<Room>();
    let caption = format!("“{}” ({})", item.label, item.day);
    let why = item.state.reason().to_owned();
    let id = item.id.clone();
    let throw_away = move |_| {
        room.desk.update(|d| d.no_longer_saved(&id));
        discard(outbox, id.clone());
    };
    view! {
        <div class="notice error outbox">
            <p>"The analysis of "<span translate="no">{caption}</span>" cannot be saved: "{why}</p>
            <button type="button" class="button quiet" on:click=move |_| try_again(outbox, item.clone())>"Try again"</button>
            <button type="button" class="button quiet" on:click=throw_away>"Discard"</button>
        </div>
    }
    .into_late_piece()
}

fn wait(number: usize) -> String {
    match number {
        1 => "1 analysis is waiting".to_owned(),
        n => format!("{n} analyses are waiting"),
    }
}

fn send_now(outbox: Outbox) {
    #[cfg(feature = "hydrate")]
    outbox.send_now();
    #[cfg(not(feature = "hydrate"))]
    let _ = outbox;
}

fn try_again(outbox: Outbox, item: Item) {
    #[cfg(feature = "hydrate")]
    outbox.try_again(item);
    #[cfg(not(feature = "hydrate"))]
    let _ = (outbox, item);
}

fn discard(outbox: Outbox, id: String) {
    #[cfg(feature = "hydrate")]
    outbox.discard(id);
    #[cfg(not(feature = "hydrate"))]
    let _ = (outbox, id);
}

fn discard_old(outbox: Outbox, room: Room, ids: Vec<String>) {
    #[cfg(feature = "hydrate")]
    {
        let question = "Discard analyses of another account that have waited here for 30 days? They are saved nowhere else.";
        if crate::ui::sure::is_sure(question) {
            for id in ids {
                room.desk.update(|d| d.no_longer_saved(&id));
                outbox.discard(id);
            }
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (outbox, room, ids);
}
