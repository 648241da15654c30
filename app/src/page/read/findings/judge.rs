//! Confirming findings, taking them out of the result and putting them back: the reader decides.

use leptos::prelude::*;
use model::protocol::Judgement;

use crate::room::Room;

/// A button that judges findings; there is none where masks cannot change.
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
    let words = match judgement {
        Judgement::Reject => "Reject",
        Judgement::TakeBack => "Take back",
        // One button, which is pressed or not.
        Judgement::Confirm | Judgement::Reopen => "Confirm",
    };
    let is_pressed = match judgement {
        Judgement::Reject | Judgement::TakeBack => None,
        Judgement::Confirm => Some("false"),
        Judgement::Reopen => Some("true"),
    };
    let is_busy = move || room.desk.with(|d| d.run.is_some());
    room.has_image().then(|| {
        view! {
            <button
                type="button"
                class="link judge"
                aria-label=[words.to_owned(), subject].join(" ")
                aria-pressed=is_pressed
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
