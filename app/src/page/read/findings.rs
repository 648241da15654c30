//! The list of findings; choosing one goes to it.

#[cfg(feature = "hydrate")]
mod focus;
pub mod judge;
pub mod rejected;
#[cfg(feature = "hydrate")]
mod sight;

use judge::JudgeButton;
use leptos::prelude::*;
use model::finding::advice::{largest_mean_mm, mean_diameter_px};
use model::finding::{Finding, Lesion, Side};
use model::order::sort_by_key;
use model::protocol::Judgement;
use rejected::RejectedList;

use crate::engine::state::Desk;
use crate::room::lesions::largest_first;
use crate::room::{Room, Selected};
use crate::ui::number::{confidence, measure, network_confidence, outlines, volume, whole};
use crate::ui::piece::IntoPiece as _;
use crate::viewer::measure::{area, diameters};

/// Lesions over the series, and every finding by slice.
#[component]
pub fn FindingsPanel() -> impl IntoView {
    let room = expect_context::<Room>();
    let findings = Memo::new(move |_| {
        room.desk.with(|d| {
            let mut all: Vec<(Selected, Finding)> = d
                .open
                .results
                .values()
                .flat_map(|r| r.findings.iter().enumerate())
                .map(|(index, f)| {
                    let at = Selected {
                        slice: f.slice,
                        index,
                    };
                    (at, f.clone())
                })
                .collect();
            // Those that have no number yet come last.
            sort_by_key(&mut all, |(at, f)| (f.lesion.wrapping_sub(1), at.slice));
            all
        })
    });
    let lesions = Memo::new(move |_| room.desk.with(sized));
    let count = move || {
        findings.with(|all| {
            // Those without a number come last.
            let is_numbered = all.last().is_some_and(|(_, last)| last.lesion > 0);
            outlines(all.len(), is_numbered.then(|| lesions.with(Vec::len)))
        })
    };
    let judged = move || {
        let (judged, all) = room.desk.with(Desk::judged);
        (all > 0).then(|| format!("{judged} of {all} judged"))
    };
    let has_result = Memo::new(move |_| room.desk.with(Desk::has_result));
    let unit = Memo::new(move |_| if room.is_ct() { "HU" } else { "grey" });
    #[cfg(feature = "hydrate")]
    let pressed = {
        sight::follow(room);
        focus::follow(room)
    };
    let remember = move |event: leptos::ev::MouseEvent| {
        #[cfg(feature = "hydrate")]
        focus::remember(pressed, &event);
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    view! {
        <Show when=move || has_result.get()>
            <section class="card" aria-labelledby="findings-title" on:click=remember>
                <h2 id="findings-title">
                    "Findings"
                    <span class="badge">{count}</span>
                    {move || judged().map(|words| view! { <span class="badge">{words}</span> })}
                </h2>
                <Show when=move || !lesions.with(Vec::is_empty)>
                    <Lesions lesions />
                </Show>
                <RejectedList />
                <Show
                    when=move || !findings.with(Vec::is_empty)
                    fallback=|| view! { <p class="small">"Nothing was marked on the segmented slices."</p> }
                >
                    <ol class="findings">
                        <For
                            each=move || findings.get()
                            key=|(at, finding)| key(*at, finding)
                            let((at, finding))
                        >
                            <FindingRow at finding unit />
                        </For>
                    </ol>
                </Show>
            </section>
        </Show>
    }
    .into_late_piece()
}

/// Everything that a row shows: one that is the same stays, any other is drawn anew.
fn key(at: Selected, finding: &Finding) -> (Selected, usize, usize, [u32; 7]) {
    let figures = [
        finding.longest_px,
        finding.perpendicular_px,
        // Another one once the reader has said how large pixels are.
        finding.longest_mm.unwrap_or_default(),
        finding.mean_value,
        finding.confidence,
        finding.centre.0,
        finding.centre.1,
    ];
    (
        at,
        finding.area_px,
        finding.lesion,
        figures.map(f32::to_bits),
    )
}

#[component]
fn FindingRow(at: Selected, finding: Finding, unit: Memo<&'static str>) -> impl IntoView {
    let room = expect_context::<Room>();
    let is_selected = move || room.selected.get() == Some(at);
    let value = finding.mean_value;
    let certainty = if finding.is_drawn() {
        " · drawn by hand".to_owned()
    } else {
        " · confidence ".to_owned() + &network_confidence(finding.confidence)
    };
    let why_kept = room
        .desk
        .with_untracked(|d| d.is_faint(&finding))
        .then_some(": kept, as it continues an outline on a slice beside");
    // While a series runs, nobody knows yet which findings are one lesion.
    let (number, lesion, of_lesion) = match finding.lesion {
        0 => Default::default(),
        n => (
            n.to_string(),
            format!("Lesion {n} · "),
            format!(" of lesion {n}"),
        ),
    };
    view! {
        <li>
            <button
                type="button"
                class="finding"
                aria-pressed=move || is_selected().to_string()
                on:click=move |_| room.select(at)
            >
                <span class="number" aria-hidden="true">{number}</span>
                <span class="words">
                    <strong>{diameters(&finding)}</strong>
                    <span class="small">
                        {format!("{lesion}slice {} · {}", at.slice + 1, area(&finding))}
                    </span>
                    <span class="small">
                        {move || format!("mean {} {}", whole(value), unit.get())}
                        {certainty}
                        {why_kept}
                    </span>
                </span>
            </button>
            <JudgeButton
                judgement=Judgement::Reject
                findings=move |()| vec![(at.slice, at.index)]
                subject=format!("this finding{of_lesion} on slice {}", at.slice + 1)
            />
        </li>
    }
    .into_late_piece()
}

/// The lesions, the largest first, each with its longest diameter and the mean one that advice goes
/// by: in pixels where nobody knows how large these are.
fn sized(desk: &Desk) -> Vec<(Lesion, [String; 2])> {
    let size = |lesion: &Lesion| {
        let findings = desk.open.results.values().flat_map(|it| &it.findings);
        let own = || findings.clone().filter(|it| it.lesion == lesion.number);
        let px = |length: fn(&Finding) -> f32| {
            let longest = own().map(length).max_by(f32::total_cmp);
            measure(longest, 1, "px")
        };
        if lesion.longest_mm.is_none() {
            [px(|it| it.longest_px), px(mean_diameter_px)]
        } else {
            [lesion.longest_mm, largest_mean_mm(own())].map(|mm| measure(mm, 1, "mm"))
        }
    };
    let lesions = largest_first(desk).into_iter();
    lesions.map(|it| (it.clone(), size(it))).collect()
}

#[component]
fn Lesions(#[prop(into)] lesions: Signal<Vec<(Lesion, [String; 2])>>) -> impl IntoView {
    let room = expect_context::<Room>();
    // Where volumes can be measured, one that is missing has its reason in the lesion.
    let is_cut = Memo::new(move |_| {
        let has_spacing = room.desk.with(|d| {
            let scan = d.open.scan.as_ref()?;
            scan.spacing.and(scan.slice_spacing_mm)
        });
        let is_missing =
            |lesions: &Vec<(Lesion, _)>| lesions.iter().any(|(l, _)| l.volume_ml.is_none());
        room.slices() > 1 && has_spacing.is_some() && lesions.with(is_missing)
    });
    let row = move |(lesion, [longest, mean]): (Lesion, [String; 2])| {
        let image = room.desk.with(|d| d.image_words(lesion.key_slice));
        let slices = if lesion.slices.0 == lesion.slices.1 {
            format!("{}", lesion.slices.0 + 1)
        } else {
            format!("{}–{}", lesion.slices.0 + 1, lesion.slices.1 + 1)
        };
        let third = room.desk.with(|d| d.third(&lesion).map(str::to_owned));
        // On paper all stand in one line: what is not known leaves no gap.
        let where_it_is = [image, third].into_iter().flatten();
        let where_it_is = where_it_is.map(|words| view! { <div class="muted">{words}</div> });
        let target = lesion.clone();
        view! {
            <tr>
                <th scope="row">{lesion.number}" "{lesion.side.map(Side::letter)}</th>
                <td>
                    <button type="button" class="link" on:click=move |_| room.visit(&target)>{slices}</button>
                    <Judged lesion=lesion.clone() />
                    {where_it_is.collect_view()}
                </td>
                <td>
                    {longest}
                    <div class="muted">{mean}</div>
                </td>
                <td>{volume(lesion.volume_ml)}</td>
                <td>{confidence(lesion.confidence)}</td>
            </tr>
        }
    };
    view! {
        <div class="scroll-x" role="region" aria-label="Lesions" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Lesion"</th><th scope="col">"Slices"</th>
                        // Beside each other, they would leave no room for what follows.
                        <th scope="col">"Longest"<div>"mean"</div></th>
                        <th scope="col">"Volume"</th>
                        <th scope="col"><abbr title="Confidence">"Conf."</abbr></th>
                    </tr>
                </thead>
                <tbody>{move || lesions.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <p class="small muted">
            "The mean is of the longest diameter and the one across it, on the slice where that is largest: the advice goes by it. R or L is the patient’s right or left lung; the third, one of the lung’s height, not a lobe; Im, the file’s own number of the image with most of the lesion’s area."
        </p>
        <Show when=move || is_cut.get()>
            <p class="small muted">
                "No volume (–) where a lesion lies on one slice only, or reaches the end of the scan or slices that are not segmented."
            </p>
        </Show>
    }
    .into_late_piece()
}

/// What the reader says of a lesion, and what was said; of one that was drawn that stands.
#[component]
fn Judged(lesion: Lesion) -> impl IntoView {
    let room = expect_context::<Room>();
    let number = lesion.number;
    let parts = move |()| room.desk.with_untracked(|d| d.findings_of(number));
    let subject = format!("lesion {number} on all its slices");
    let other = if lesion.is_confirmed() {
        Judgement::Reopen
    } else {
        Judgement::Confirm
    };
    let confirm = (!lesion.is_drawn()).then(|| {
        view! { <JudgeButton judgement=other findings=parts subject=subject.clone() /> }
    });
    // Buttons say it on the screen.
    let class = if room.has_image() {
        "print-only"
    } else {
        "muted"
    };
    view! {
        <div class=class>{lesion.verdict().word()}</div>
        <div class="judging">
            {confirm}
            <JudgeButton judgement=Judgement::Reject findings=parts subject />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use model::protocol::Summary;

    use super::*;
    use crate::engine::state::tests::fixture::{finding, lesion, result};

    #[test]
    fn a_lesion_is_as_large_as_on_the_slice_where_its_mean_diameter_is_largest() {
        let sized_as = |slice, lesion, longest_mm, perpendicular_mm| Finding {
            longest_mm: Some(longest_mm),
            perpendicular_mm: Some(perpendicular_mm),
            ..finding(slice, lesion)
        };
        let lesion = |number| Lesion {
            longest_mm: Some(0.0),
            ..lesion(number)
        };
        let mut desk = Desk::default();
        desk.open.summary = Some(Summary {
            lesions: vec![lesion(1), lesion(2)],
            ..Summary::default()
        });
        for (slice, findings) in [
            (
                0,
                vec![sized_as(0, 1, 9.0, 4.0), sized_as(0, 2, 30.0, 20.0)],
            ),
            (1, vec![sized_as(1, 1, 8.0, 7.0)]),
        ] {
            let mut result = result(1, slice);
            result.findings = findings;
            desk.open.results.insert(slice, result);
        }
        let all = sized(&desk).into_iter();
        let means: Vec<_> = all.map(|(it, [_, mean])| (it.number, mean)).collect();
        let largest_first = [(2, "25.0\u{a0}mm"), (1, "7.5\u{a0}mm")];
        assert_eq!(means, largest_first.map(|(it, mm)| (it, mm.to_owned())));
    }

    #[test]
    fn a_lesion_of_a_picture_is_measured_in_pixels() {
        let outline = |longest_px, perpendicular_px| Finding {
            longest_mm: None,
            longest_px,
            perpendicular_mm: None,
            perpendicular_px,
            ..finding(0, 1)
        };
        let mut desk = Desk::default();
        desk.open.summary = Some(Summary {
            lesions: vec![lesion(1)],
            ..Summary::default()
        });
        let mut result = result(1, 0);
        result.findings = vec![outline(9.0, 4.0), outline(8.0, 7.0)];
        desk.open.results.insert(0, result);
        let sizes: Vec<_> = sized(&desk).into_iter().map(|(_, it)| it).collect();
        assert_eq!(sizes, [["9.0\u{a0}px", "7.5\u{a0}px"]]);
    }
}
