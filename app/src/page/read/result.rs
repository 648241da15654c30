//! The result: confidence and what it means, advice, probabilities.

use leptos::prelude::*;
use model::finding::advice::{Advice, DISCLAIMER, SOURCES, Seen, Urgency, advise};
use model::finding::{Finding, is_drawn};
use model::network::Architecture;

use crate::engine::state::Desk;
use crate::room::Room;
use crate::ui::Histogram;
use crate::ui::number::{confidence, counted, grouped, not_searched};
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
                <Probabilities />
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
        let rest = not_searched(without_lung);
        format!("{} segmented{rest}", counted(slices, "slice"))
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
            <meter min="0" max="1" aria-hidden="true" prop:value=level></meter>
            <p class="small">{words}" "<span class="muted">{slices}"."</span></p>
            {of_another}
        </div>
    }
    .into_late_piece()
}

fn urgency_class(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Nothing | Urgency::Optional => "calm",
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
            let findings: Vec<Finding> = d
                .open
                .results
                .values()
                .flat_map(|r| r.findings.iter().cloned())
                .collect();
            let slices = d.open.scan.as_ref().map_or(0, |scan| scan.slices);
            if d.is_segmenting() {
                Err("Recommendations follow when all slices asked for are segmented.")
            } else if findings.is_empty() && d.has_no_lung() {
                Err("Where no lung is recognised there is nothing to recommend.")
            } else {
                Ok(advise(
                    &findings,
                    Seen::of(&findings, d.open.results.len(), slices),
                ))
            }
        })
    });
    move || {
        let advice = match advice.get() {
            Ok(advice) => advice,
            Err(why) => return view! { <p class="small muted">{why}</p> }.into_late_piece(),
        };
        let Advice {
            urgency,
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
            <div class=format!("advice {}", urgency_class(urgency))>
                <h3>{headline}</h3>
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

/// Histogram and table of probabilities over the lung on the slice shown.
#[component]
fn Probabilities() -> impl IntoView {
    let room = expect_context::<Room>();
    let shown = Memo::new(move |_| {
        let slice = room.slice.get();
        room.desk.with(|d| {
            d.open
                .results
                .get(&slice)
                .map(|r| r.is_searched().then_some((r.histogram, r.lung_px)))
        })
    });
    // Another network may be chosen by now, with a threshold of its own.
    let threshold = Signal::derive(move || {
        let chosen = room.settings.get();
        let made_with = room.desk.with(|d| d.made_with().map(|made| made.settings));
        made_with.unwrap_or(chosen).postprocess.threshold
    });
    view! {
        <details class="sub" open>
            <summary>{move || format!("Probabilities on slice {}", room.slice.get() + 1)}</summary>
            {move || match shown.get() {
                None => view! { <p class="small muted">"This slice is not segmented."</p> }.into_late_piece(),
                Some(None) => {
                    view! { <p class="small muted">"No lung is seen on this slice, so nothing was searched."</p> }
                        .into_late_piece()
                }
                Some(Some((counts, lung_px))) => view! {
                    <Histogram counts threshold />
                    <p class="small muted">"Pixels of the lung by tumour probability, logarithmic height; the line is the threshold."</p>
                    <details class="sub">
                        <summary>"As a table"</summary>
                        <HistogramTable counts lung_px />
                    </details>
                }.into_late_piece(),
            }}
        </details>
    }
    .into_late_piece()
}

#[component]
fn HistogramTable(counts: [u32; 10], lung_px: usize) -> impl IntoView {
    let share = move |count: u32| {
        if lung_px == 0 {
            "–".to_owned()
        } else {
            format!("{:.2}\u{a0}%", f64::from(count) * 100.0 / lung_px as f64)
        }
    };
    let rows = counts.into_iter().enumerate().map(|(i, count)| {
        view! {
            <tr>
                <th scope="row">{format!("{}–{}\u{a0}%", i * 10, i * 10 + 10)}</th>
                <td>{grouped(count.into())}</td>
                <td>{share(count)}</td>
            </tr>
        }
    });
    view! {
        <table class="table">
            <thead><tr><th scope="col">"Probability"</th><th scope="col">"Pixels"</th><th scope="col">"Of the lung"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_late_piece()
}
