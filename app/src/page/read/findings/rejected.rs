//! What the reader has rejected, to look over and to take back, and where outlines were changed.

use leptos::prelude::*;
use model::finding::Finding;
use model::order::sort_by_key;
use model::protocol::Judgement;

use super::judge::JudgeButton;
use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::number::outlines;
use crate::ui::piece::IntoPiece as _;
use crate::viewer::measure::{area, diameters};

/// A rejected finding and its place in its slice's list.
type Rejected = (usize, Finding);

/// On which slices outlines were changed; below it the rejected lesions.
#[component]
pub fn RejectedList() -> impl IntoView {
    let room = expect_context::<Room>();
    let rejected = Memo::new(move |_| room.desk.with(rejected));
    let lesions = Memo::new(move |_| {
        let mut numbers: Vec<usize> =
            rejected.with(|all| all.iter().map(|it| it.1.lesion).collect());
        numbers.dedup();
        numbers
    });
    let corrected = move || {
        room.desk.with(|d| {
            let slices = d.open.results.values().filter(|r| r.is_corrected);
            let numbers: Vec<String> = slices.map(|r| (r.slice + 1).to_string()).collect();
            (!numbers.is_empty())
                .then(|| ["Corrected by the reader: slice ", &numbers.join(", ")].concat())
        })
    };
    view! {
        <p class="small">{corrected}</p>
        <Show when=move || !lesions.with(Vec::is_empty)>
            <h3>"Rejected by the reader"</h3>
            <ul class="rejected small">
                <For each=move || lesions.get() key=|lesion| *lesion let(lesion)>
                    <RejectedLesion lesion rejected />
                </For>
            </ul>
        </Show>
    }
    .into_late_piece()
}

/// One lesion, or all that have no number; the outlines of several can be taken back one by one.
#[component]
fn RejectedLesion(lesion: usize, rejected: Memo<Vec<Rejected>>) -> impl IntoView {
    let own = Memo::new(move |_| {
        let mut own = rejected.get();
        own.retain(|(_, finding)| finding.lesion == lesion);
        own
    });
    let places = move |()| own.with_untracked(|own| own.iter().map(place).collect());
    let name = match lesion {
        0 => "Without a number".to_owned(),
        lesion => format!("Lesion {lesion}"),
    };
    let subject = match lesion {
        0 => "what is rejected without a number".to_owned(),
        lesion => format!("what is rejected of lesion {lesion}"),
    };
    let row = |rejected: Rejected| {
        let at = place(&rejected);
        let slice = format!("slice {}", at.0 + 1);
        let words = [slice.as_str(), &diameters(&rejected.1), &area(&rejected.1)];
        view! {
            <li>
                <span>{words.join(" · ")}</span>
                <JudgeButton
                    judgement=Judgement::TakeBack
                    findings=move |()| vec![at]
                    subject=format!("the rejected finding on {slice}")
                />
            </li>
        }
    };
    view! {
        <li>
            <span>{name}", "{move || own.with(|own| extent(own))}</span>
            <JudgeButton judgement=Judgement::TakeBack findings=places subject />
        </li>
        <Show when=move || own.with(|own| own.len() > 1)>
            <li>
                <details>
                    <summary>"Single outlines"</summary>
                    <ul class="rejected">
                        {move || own.get().into_iter().map(row).collect_view()}
                    </ul>
                </details>
            </li>
        </Show>
    }
    .into_late_piece()
}

/// Everything rejected, by lesion and slice.
fn rejected(desk: &Desk) -> Vec<Rejected> {
    let results = desk.open.results.values();
    let all = results.flat_map(|it| it.rejected.iter().enumerate());
    let mut all: Vec<_> = all.map(|(index, it)| (index, it.finding.clone())).collect();
    sort_by_key(&mut all, |(index, it)| (it.lesion, it.slice, *index));
    all
}

fn place((index, finding): &Rejected) -> (usize, usize) {
    (finding.slice, *index)
}

/// How many outlines on which slices.
fn extent(own: &[Rejected]) -> String {
    let slice = |it: Option<&Rejected>| it.map_or(0, |it| it.1.slice + 1);
    let slices = match (slice(own.first()), slice(own.last())) {
        (first, last) if first == last => format!("slice {first}"),
        (first, last) => format!("slices {first}–{last}"),
    };
    [outlines(own.len(), None), slices].join(", ")
}

#[cfg(test)]
mod tests {
    use model::finding::Rejected;

    use super::*;
    use crate::engine::state::tests::fixture::{finding, result};

    #[test]
    fn what_is_rejected_is_listed_by_lesion_with_all_its_slices() {
        let mut desk = Desk::default();
        for (slice, lesions) in [(4, vec![1]), (5, vec![2, 1]), (6, vec![1])] {
            let mut result = result(1, slice);
            let of = |&lesion: &usize| Rejected::new(finding(slice, lesion), &[slice]);
            result.rejected = lesions.iter().map(of).collect();
            desk.open.results.insert(slice, result);
        }
        let all = rejected(&desk);
        let places: Vec<_> = all.iter().map(|it| (it.1.lesion, place(it))).collect();
        assert_eq!(places, [(1, (4, 0)), (1, (5, 1)), (1, (6, 0)), (2, (5, 0))]);
        let (mass, other) = all.split_at(3);
        assert_eq!(extent(mass), "3 outlines, slices 5–7");
        assert_eq!(extent(other), "1 outline, slice 6");
    }
}
