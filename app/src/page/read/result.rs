//! The result: what was found and searched, advice.

pub mod gist;

use gist::Gist;
use leptos::prelude::*;
use model::finding::Finding;
use model::finding::advice::{Advice, DISCLAIMER, SOURCES, Searched, Urgency, advise};

use super::basis::Basis;
use super::calibration::Calibrated;
use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::piece::IntoPiece as _;

/// The panel; before the first slice it says how to get there.
#[component]
pub fn ResultPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let has_result = Memo::new(move |_| room.desk.with(Desk::has_result));
    view! {
        <section class="card result" aria-labelledby="result-title">
            <h2 id="result-title">"Result"</h2>
            <Show
                when=move || has_result.get()
                fallback=|| view! { <p class="small muted">"No slice is segmented yet."</p> }
            >
                <Gist />
                <Calibrated />
                <AdvicePanel />
            </Show>
            <p class="disclaimer">{DISCLAIMER}</p>
        </section>
    }
    .into_late_piece()
}

/// Green is for what was searched to its end only.
fn tone(advice: &Advice) -> &'static str {
    match advice.urgency {
        Urgency::Nothing | Urgency::Optional if advice.is_complete => "calm",
        Urgency::Nothing | Urgency::Optional => "undecided",
        Urgency::FollowUp => "notable",
        Urgency::Soon | Urgency::Prompt => "urgent",
    }
}

/// The advice, and what it goes by; or why there is none.
fn advised(desk: &Desk) -> Result<(Advice, Option<String>), &'static str> {
    let lesions = desk.open.summary.as_ref().map_or(&[][..], |it| &it.lesions);
    let Basis { left_out, words } = Basis::of(lesions);
    let findings: Vec<Finding> = desk
        .open
        .results
        .values()
        .flat_map(|r| r.findings.iter().cloned())
        .filter(|it| !left_out.contains(&it.lesion))
        .collect();
    if desk.is_segmenting() {
        // Which regions are one lesion is known at the end of a run.
        return Err("Recommendations follow when all slices asked for are segmented.");
    }
    if findings.is_empty() && desk.has_no_lung() {
        return Err("Where no lung is recognised there is nothing to recommend.");
    }
    let scan = desk.open.scan.as_ref();
    let (slices, gaps) = scan.map_or((0, &[][..]), |it| (it.slices, it.gaps.as_slice()));
    let searched = Searched {
        slices,
        segmented: desk.open.results.len(),
        without_lung: desk.without_lung(),
        gaps,
    };
    Ok((advise(&findings, &searched), words))
}

#[component]
fn AdvicePanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let advice = Memo::new(move |_| room.desk.with(advised));
    move || {
        let (advice, basis) = match advice.get() {
            Ok(advice) => advice,
            Err(why) => return view! { <p class="small muted">{why}</p> }.into_late_piece(),
        };
        let class = ["advice ", tone(&advice)].concat();
        let Advice {
            headline,
            text,
            actions,
            consultations,
            ..
        } = advice;
        let list = |items: Vec<&'static str>| {
            items
                .into_iter()
                .map(|item| view! { <li>{item}</li> })
                .collect_view()
        };
        view! {
            <div class=class>
                <h3>{headline}</h3>
                <p class="small">{text}</p>
                {basis.map(|words| view! { <p class="small basis">{words}</p> })}
                <details open>
                    <summary>"Recommended actions"</summary>
                    <ul class="small">{list(actions)}</ul>
                </details>
                <details open>
                    <summary>"Consultation"</summary>
                    <ul class="small">{list(consultations)}</ul>
                </details>
                <details>
                    <summary>"Sources"</summary>
                    <ul class="small">{list(SOURCES.to_vec())}</ul>
                </details>
            </div>
        }
        .into_late_piece()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::tests::fixture::finding;

    #[test]
    fn nothing_is_green_while_slices_are_not_searched() {
        let tone_of = |findings: &[Finding], segmented| {
            let searched = Searched {
                slices: 50,
                segmented,
                without_lung: 0,
                gaps: &[],
            };
            tone(&advise(findings, &searched))
        };
        let sized = |mm| Finding {
            longest_mm: Some(mm),
            perpendicular_mm: Some(mm),
            ..finding(25, 1)
        };
        for findings in [&[][..], &[sized(4.0)]] {
            assert_eq!(tone_of(findings, 50), "calm");
            assert_eq!(tone_of(findings, 1), "undecided");
            assert_eq!(tone_of(findings, 49), "undecided");
        }
        assert_eq!(tone_of(&[sized(40.0)], 1), "urgent");
    }
}
