//! The result: confidence and what it means, advice.

use leptos::prelude::*;
use model::count::counted;
use model::finding::advice::{Advice, DISCLAIMER, SOURCES, Searched, Urgency, advise};
use model::finding::{Finding, is_drawn};
use model::network::Architecture;

use super::basis::Basis;
use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::number::{confidence, not_searched};
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
                <Confidence />
                <AdvicePanel />
            </Show>
            <p class="disclaimer">{DISCLAIMER}</p>
        </section>
    }
    .into_late_piece()
}

/// What the slices segmented so far show.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    /// Findings; the confidence of the surest.
    Found(f32),
    NoFinding,
    NoLung,
}

/// Highest confidence among all lesions; while a run goes on, of what is there so far.
#[component]
fn Confidence() -> impl IntoView {
    let room = expect_context::<Room>();
    let figures = Memo::new(move |_| {
        room.desk.with(|d| {
            let so_far = d
                .open
                .results
                .values()
                .flat_map(|r| r.findings.iter().map(|f| f.confidence))
                .max_by(f32::total_cmp);
            let surest = match &d.open.summary {
                Some(summary) if d.run.is_none() => summary.confidence,
                _ => so_far,
            };
            let outcome = match surest {
                Some(surest) => Outcome::Found(surest),
                None if d.has_no_lung() => Outcome::NoLung,
                None => Outcome::NoFinding,
            };
            (outcome, d.open.results.len(), d.without_lung())
        })
    });
    let slices = move || {
        let (_, slices, without_lung) = figures.get();
        let of_all = match room.slices() {
            0 | 1 => String::new(),
            all => format!(" of {all}"),
        };
        let rest = not_searched(without_lung);
        format!("{} segmented{of_all}{rest}", counted(slices, "slice"))
    };
    let outcome = move || figures.get().0;
    let figure = move || match outcome() {
        Outcome::Found(surest) => confidence(surest),
        Outcome::NoFinding => "no finding".to_owned(),
        Outcome::NoLung => "no lung".to_owned(),
    };
    let is_rejected = move || {
        room.desk
            .with(|d| d.open.results.values().any(|r| !r.rejected.is_empty()))
    };
    let words = move || match outcome() {
        Outcome::Found(surest) if is_drawn(surest) => {
            "The reader has drawn all that is marked; the network has marked nothing."
        }
        Outcome::Found(_) => {
            "Mean tumour probability that the network gives to the pixels of the most certain lesion. \
             It ranks lesions; it is not the probability of a nodule or of cancer."
        }
        Outcome::NoFinding if is_rejected() => {
            "The reader has rejected every finding of the network."
        }
        Outcome::NoFinding => {
            "No region passes the limits of probability and size. The network may have missed something."
        }
        Outcome::NoLung => {
            "No lung is recognised here. That nothing is marked says nothing about one."
        }
    };
    // Choosing another network changes nothing that is there.
    let of_another = move || {
        let chosen = room.settings.get().architecture;
        let made = room
            .desk
            .with(|d| d.made_with().map(|made| made.settings.architecture));
        made.filter(|made| *made != chosen).map(|made| {
            let [made, chosen] = [made, chosen].map(Architecture::title);
            let words = [
                "This is the result of ",
                made,
                ". Segment again for that of ",
                chosen,
                ".",
            ];
            view! { <p class="notice small">{words.concat()}</p> }
        })
    };
    let level = move || match outcome() {
        Outcome::Found(surest) => surest,
        Outcome::NoFinding | Outcome::NoLung => 0.0,
    };
    view! {
        <div class="confidence">
            <p class="figure">
                <span class="small">"AI confidence"</span>
                <strong>{figure}</strong>
            </p>
            // Browsers paint a `meter` in colours of their own: green for much, and a high
            // confidence is not good news.
            <svg class="level" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
                <rect width=level height="1" />
            </svg>
            <p class="small">{words}" "<span class="muted">{slices}"."</span></p>
            {of_another}
        </div>
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

#[component]
fn AdvicePanel() -> impl IntoView {
    let room = expect_context::<Room>();
    // Which regions are one lesion is known at the end of a run.
    let advice = Memo::new(move |_| {
        room.desk.with(|d| {
            let lesions = d.open.summary.as_ref().map_or(&[][..], |it| &it.lesions);
            let Basis { left_out, words } = Basis::of(lesions);
            let findings: Vec<Finding> = d
                .open
                .results
                .values()
                .flat_map(|r| r.findings.iter().cloned())
                .filter(|it| !left_out.contains(&it.lesion))
                .collect();
            let scan = d.open.scan.as_ref();
            let (slices, gaps) = scan.map_or((0, &[][..]), |it| (it.slices, it.gaps.as_slice()));
            if d.is_segmenting() {
                Err("Recommendations follow when all slices asked for are segmented.")
            } else if findings.is_empty() && d.has_no_lung() {
                Err("Where no lung is recognised there is nothing to recommend.")
            } else {
                let searched = Searched {
                    slices,
                    segmented: d.open.results.len(),
                    without_lung: d.without_lung(),
                    gaps,
                };
                Ok((advise(&findings, &searched), words))
            }
        })
    });
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
                {basis.map(|words| view! { <p class="small basis">{words}</p> })}
                <p class="small">{text}</p>
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
