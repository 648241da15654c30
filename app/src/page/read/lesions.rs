//! From lesion to lesion, and which of them are on the slice shown.

use leptos::prelude::*;
use model::finding::Lesion;

use crate::engine::state::Desk;
use crate::room::{Room, lesions};
use crate::ui::piece::IntoPiece as _;

/// Before and after.
const WAYS: [(&str, &str, bool); 2] = [("‹", "Previous lesion", false), ("›", "Next lesion", true)];

/// Beside the viewer, once there are lesions.
#[component]
pub fn LesionBar() -> impl IntoView {
    let room = expect_context::<Room>();
    let largest = Memo::new(move |_| room.desk.with(lesions::largest));
    let here = move || {
        let slice = room.slice.get();
        room.desk.with(|d| numbers(d, slice))
    };
    let go = move |_| {
        if let Some(largest) = largest.get_untracked() {
            room.select(largest);
        }
    };
    let slice = move || largest.get().map(|it| it.slice + 1);
    view! {
        <div class="group lesions" role="group" aria-label="From lesion to lesion" hidden=move || largest.get().is_none()>
            <span class="small muted">"Lesions"</span>
            {WAYS.map(|(sign, words, is_forward)| view! {
                <button type="button" class="button" aria-label=words
                    on:click=move |_| room.turn_to_lesion(is_forward)>{sign}</button>
            }.into_late_piece()).collect_view()}
            <button type="button" class="button" on:click=go>"Largest: slice "{slice}</button>
            <span class="small">"On this slice: "{here}</span>
        </div>
    }
    .into_late_piece()
}

/// Of the lesions on a slice.
fn numbers(desk: &Desk, slice: usize) -> String {
    let Some(result) = desk.open.results.get(&slice) else {
        return "not segmented".to_owned();
    };
    let lesions = desk.open.summary.iter().flat_map(|it| &it.lesions);
    let is_here = |lesion: &&Lesion| result.findings.iter().any(|f| f.lesion == lesion.number);
    let numbers = lesions.filter(is_here).map(|it| it.number.to_string());
    let numbers: Vec<String> = numbers.collect();
    if numbers.is_empty() {
        "none".to_owned()
    } else {
        numbers.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::{finding, lesion, result};
    use model::protocol::Summary;

    #[test]
    fn a_slice_names_each_of_its_lesions_once() {
        let mut desk = Desk::default();
        for (slice, lesions) in [(1, vec![]), (2, vec![4]), (3, vec![12, 4, 12])] {
            let mut result = result(1, slice);
            result.findings = lesions.into_iter().map(|it| finding(slice, it)).collect();
            desk.open.results.insert(slice, result);
        }
        desk.open.summary = Some(Summary {
            lesions: [4, 8, 12].map(lesion).into(),
            ..Summary::default()
        });
        let words = [0, 1, 2, 3].map(|slice| numbers(&desk, slice));
        let told = ["not segmented", "none", "4", "4, 12"];
        assert_eq!(words, told.map(str::to_owned));
    }
}
