//! Taking findings out of the result and putting them back: the reader decides.

use leptos::prelude::*;
use model::finding::Rejected;

use crate::room::{Judgement, Room};
use crate::ui::piece::IntoPiece as _;
use crate::viewer::measure::{area, diameters};

/// A button that rejects findings or takes them back; there is none where masks cannot change.
#[component]
pub fn JudgeButton(
    /// What pressing it says.
    judgement: Judgement,
    /// Slice and place in that slice's list, when it is pressed: places change with other
    /// judgements.
    #[prop(into)]
    findings: Callback<(), Vec<(usize, usize)>>,
    /// What is judged, for who cannot see where the button stands.
    subject: String,
) -> impl IntoView {
    let room = expect_context::<Room>();
    let words = judgement.words();
    let is_busy = move || room.desk.with(|d| d.run.is_some());
    room.has_image().then(|| {
        view! {
            <button
                type="button"
                class="link judge"
                aria-label=[words.to_owned(), subject].join(" ")
                disabled=is_busy
                on:click=move |event| {
                    let now_ms = event.time_stamp();
                    let is_hasty = room.is_hasty(judgement, event.detail(), now_ms);
                    room.pressed(judgement, now_ms);
                    if !is_hasty {
                        room.judge(judgement, findings.run(()));
                    }
                }
            >
                {words}
            </button>
        }
    })
}

/// On which slices the reader has changed outlines; what was rejected, to look over and to take
/// back.
#[component]
pub fn RejectedList() -> impl IntoView {
    let room = expect_context::<Room>();
    let rejected = Memo::new(move |_| {
        room.desk.with(|d| {
            let all = d
                .open
                .results
                .values()
                .flat_map(|r| r.rejected.iter().enumerate());
            all.map(|(index, r)| (index, r.clone())).collect::<Vec<_>>()
        })
    });
    let row = |(index, Rejected { finding, .. }): (usize, Rejected)| {
        let place = format!("slice {}", finding.slice + 1);
        view! {
            <li>
                <span>{format!("{} · {place} · {}", diameters(&finding), area(&finding))}</span>
                <JudgeButton
                    judgement=Judgement::TakeBack
                    findings=move |()| vec![(finding.slice, index)]
                    subject=format!("the rejected finding on {place}")
                />
            </li>
        }
    };
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
        <Show when=move || !rejected.with(Vec::is_empty)>
            <h3>"Rejected by the reader"</h3>
            <ul class="rejected small">{move || rejected.get().into_iter().map(row).collect_view()}</ul>
        </Show>
    }
    .into_late_piece()
}
