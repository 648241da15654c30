//! The list of saved analyses as a table.

use leptos::prelude::*;
use uuid::Uuid;

use super::row::Row;
use crate::api::history::{Entry, Page};
use crate::image::{Image, images};
use crate::ui::loaded::Loaded;
use crate::ui::piece::{IntoPiece as _, Piece};

/// Id of the list.
pub(super) const LIST: &str = "saved-analyses";

/// The table, and what can be done with one or two of its lines.
#[component]
pub fn Table(
    /// What is listed.
    list: Loaded<Page>,
) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Uuid>::new());
    // Here, so that what is unfolded stays so when the list grows.
    let unfolded = RwSignal::new(Vec::<(String, String)>::new());
    let rows = move || {
        let rows = list.with(|page| page.entries.clone()).unwrap_or_default();
        // What is not listed any more cannot be unticked.
        chosen.update(|chosen| chosen.retain(|id| rows.iter().any(|entry| entry.id == *id)));
        images(&rows, |it| it)
            .into_iter()
            .map(|image| lines(image, list, chosen, unfolded))
            .collect_view()
    };
    view! {
        <Compare chosen list />
        <div id=LIST class="scroll-x" role="region" aria-label="Saved analyses" tabindex="0">
            <table class="table history-table">
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">"Compare"</span></th>
                        <th scope="col">"Examined on"</th>
                        <th scope="col">"Patient label"</th>
                        <th scope="col">"Slices segmented"</th>
                        <th scope="col">"Lesions"</th>
                        <th scope="col">"Longest diameter"</th>
                        <th scope="col">"Total volume"</th>
                        <th scope="col">"Confidence"</th>
                        <th scope="col">"Saved"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody translate="no">{rows}</tbody>
            </table>
        </div>
    }
    .into_late_piece()
}

/// A link to the comparison of the two that are ticked, the earlier examination first.
#[component]
fn Compare(chosen: RwSignal<Vec<Uuid>>, list: Loaded<Page>) -> impl IntoView {
    let day = move |id: &Uuid| {
        list.with(|page| {
            let entry = page.entries.iter().find(|entry| entry.id == *id);
            entry.map(|entry| entry.examined_on.clone())
        })
    };
    let in_order = move || {
        let mut ids = chosen.get();
        if let [a, b] = ids.as_mut_slice()
            && day(a) > day(b)
        {
            std::mem::swap(a, b);
        }
        ids
    };
    let link = move || match in_order().as_slice() {
        [a, b] => {
            let href = format!("/compare?a={a}&b={b}");
            view! { <a class="button primary" href=href>"Compare the two"</a> }.into_late_piece()
        }
        _ => {
            view! { <span class="small muted">"Tick two to compare them."</span> }.into_late_piece()
        }
    };
    view! { <p class="actions" aria-live="polite">{link}</p> }.into_late_piece()
}

/// The newest analysis of an image, and the earlier ones, which it unfolds.
fn lines(
    Image { newest, earlier }: Image<Entry>,
    list: Loaded<Page>,
    chosen: RwSignal<Vec<Uuid>>,
    unfolded: RwSignal<Vec<(String, String)>>,
) -> Piece {
    if earlier.is_empty() {
        return view! { <Row entry=newest list chosen /> }.into_late_piece();
    }
    let key = StoredValue::new((newest.digest.clone(), newest.label.clone()));
    let is_folded = Signal::derive(move || {
        key.with_value(|key| unfolded.with(|unfolded| !unfolded.contains(key)))
    });
    let turn = move |_| {
        unfolded.update(|unfolded| {
            let key = key.get_value();
            match unfolded.iter().position(|it| *it == key) {
                Some(place) => drop(unfolded.remove(place)),
                None => unfolded.push(key),
            }
        });
    };
    let words = folded_words(earlier.len());
    let label = format!("{words}: {}, {}", newest.label, newest.examined_on);
    let fold = view! {
        <button type="button" class="button quiet fold" aria-label=label aria-expanded=move || (!is_folded.get()).to_string()
            on:click=turn>
            {words}
        </button>
    };
    let earlier = earlier
        .into_iter()
        .map(|entry| view! { <Row entry list chosen folded=is_folded /> });
    view! {
        <Row entry=newest list chosen more=fold.into_late_piece() />
        {earlier.collect_view()}
    }
    .into_late_piece()
}

/// What is folded below the newest one.
fn folded_words(earlier: usize) -> String {
    match earlier {
        1 => "1 earlier analysis of this image".to_owned(),
        n => format!("{n} earlier analyses of this image"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_is_counted() {
        assert_eq!(folded_words(1), "1 earlier analysis of this image");
        assert_eq!(folded_words(2), "2 earlier analyses of this image");
    }
}
