//! Saved analyses: the list.

pub mod filter;
mod listed;
mod place;
pub mod row;
pub mod table;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

pub use self::listed::Listed;

use self::listed::Wanted;
use crate::api::ApiError;
use crate::api::history::{self, Page, Query};
use crate::saving::Outbox;
use crate::session::{Session, marker};
use crate::ui::Private;
use crate::ui::focus;
use crate::ui::labels::label_of;
use crate::ui::loaded::{Answer, Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;

/// The page.
#[component]
pub fn HistoryPage() -> impl IntoView {
    view! {
        <Title text="History · NeuroCare AI" />
        <section class="history" on:click=move |event| place::keep(&event)>
            <h1 id="history" tabindex="-1">"History"</h1>
            <Private><List /></Private>
        </section>
    }
    .into_piece()
}

/// Filter, table, and the rest of a long list.
#[component]
fn List() -> impl IntoView {
    let session = expect_context::<Session>();
    let outbox = expect_context::<Outbox>();
    let listed = expect_context::<Listed>();
    if let Some(me) = session.me_untracked() {
        listed.belong_to(marker(&me));
    }
    let search = use_location().search;
    let wanted = Memo::new(move |_| search.with(|search| listed.wanted(search)));
    let query = RwSignal::new(match wanted.get_untracked() {
        Wanted::These(query) => query,
        Wanted::Like(_) => Query::default(),
    });
    let list = Loaded::<Page>::new();
    Effect::new(move |_| list.ask(session, first(wanted.get(), wanted, query, listed)));
    let mut place = place::take();
    Effect::new(move |_| {
        if let Some(count) = list.with(|page| page.entries.len()) {
            listed.note(query.get_untracked(), count);
            place::go_to(place.take());
        }
    });
    Effect::new(move |before: Option<()>| {
        outbox.stored.track();
        if before.is_some() {
            refresh(list, session, query);
        }
    });
    // Of the next part: what is listed stays.
    let fault = RwSignal::new(None::<String>);
    let is_empty = move || list.with(|page| page.entries.is_empty()) == Some(true);
    let is_filtered = move || query.with(|q| *q != Query::default());
    // The link is gone once they are there.
    let show_all = |_| focus::soon("history".to_owned());
    let has_more = move || list.with(|page| page.next.is_some()) == Some(true);
    view! {
        {move || view! { <filter::Filter query=query.get() list /> }}
        <Outlook of=Signal::derive(move || list.outlook()) again=list.again />
        <Show when=move || is_empty() && !is_filtered()>
            <p>
                "Nothing is saved here. Segment a scan in the "<a href="/read">"reading room"</a>" and press Save."
            </p>
        </Show>
        <Show when=move || is_empty() && is_filtered()>
            <p>"No saved analysis fits this filter. "<a href="/history" on:click=show_all>"Show all"</a></p>
        </Show>
        <Show when=move || list.with(|page| !page.entries.is_empty()) == Some(true)>
            <table::Table list />
        </Show>
        <Show when=has_more>
            <button type="button" class="button" on:click=move |_| more(list, session, &query.get_untracked(), fault)>
                {move || format!("More ({} left)", list.with(|page| page.more).unwrap_or_default())}
            </button>
            <p class="error-text" role="alert">{move || fault.get()}</p>
        </Show>
    }
    .into_late_piece()
}

/// As much as was there last of the list that is `asked` for; what it is of becomes the `query`,
/// unless the reader `wanted` something else meanwhile.
async fn first(
    asked: Wanted,
    wanted: Memo<Wanted>,
    query: RwSignal<Query>,
    listed: Listed,
) -> Result<Page, ApiError> {
    let these = match &asked {
        Wanted::These(these) => these.clone(),
        Wanted::Like(id) => Query {
            label: label_of(id).await?,
            ..Query::default()
        },
    };
    if wanted.try_get_untracked().as_ref() == Some(&asked) {
        query.maybe_update(|now| {
            let is_new = *now != these;
            now.clone_from(&these);
            is_new
        });
    }
    let count = listed.count_of(&these);
    parts(these, count).await
}

/// Asks anew for as much as is listed, which the reader may have unfolded far: what the server has
/// just taken belongs into it.
fn refresh(list: Loaded<Page>, session: Session, query: RwSignal<Query>) {
    let listed = list.state.with_untracked(|state| match state {
        Answer::There(page) => Some(page.entries.len()),
        _ => None,
    });
    let Some(listed) = listed else {
        return list.again.update(|n| *n = n.wrapping_add(1));
    };
    let asked = query.get_untracked();
    leptos::task::spawn_local(async move {
        match parts(asked.clone(), listed).await {
            // It may have been filtered meanwhile.
            Ok(all) if query.try_get_untracked().as_ref() == Some(&asked) => {
                list.state.try_set(Answer::There(all));
            }
            Ok(_) => {}
            Err(error) => session.heard(&error),
        }
    });
}

/// The first part of a list, and more of them until there are `count` analyses.
async fn parts(query: Query, count: usize) -> Result<Page, ApiError> {
    let mut all = Page::default();
    loop {
        let part = Query {
            after: all.next.take().unwrap_or_default(),
            ..query.clone()
        };
        let mut part = history::list(part).await?;
        all.entries.append(&mut part.entries);
        all.next = part.next;
        all.more = part.more;
        if all.next.is_none() || all.entries.len() >= count {
            return Ok(all);
        }
    }
}

/// Adds the next part to the list; `fault` says why it could not be had.
fn more(list: Loaded<Page>, session: Session, query: &Query, fault: RwSignal<Option<String>>) {
    let after = list.state.with_untracked(|state| match state {
        Answer::There(page) => page.next.clone(),
        _ => None,
    });
    let Some(after) = after else { return };
    let query = Query {
        after: after.clone(),
        ..query.clone()
    };
    fault.set(None);
    leptos::task::spawn_local(async move {
        match history::list(query).await {
            Ok(mut part) => {
                list.state.try_update(|state| {
                    // The list may have been filtered, or the button pressed twice.
                    if let Answer::There(page) = state
                        && page.next.as_ref() == Some(&after)
                    {
                        page.entries.append(&mut part.entries);
                        page.next = part.next;
                        page.more = part.more;
                    }
                });
                // After the last part, the button is gone.
                focus::if_lost(".history .scroll-x");
            }
            Err(error) => {
                session.heard(&error);
                fault.try_set(Some(error.to_string()));
            }
        }
    });
}
