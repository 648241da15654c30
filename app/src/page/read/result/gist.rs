//! What was found, in a few figures.

use leptos::prelude::*;
use model::count::counted;
use model::finding::is_drawn;
use model::network::Architecture;

use crate::engine::state::Desk;
use crate::room::{Room, lesions};
use crate::ui::number::{network_confidence, not_searched, volume};
use crate::ui::piece::IntoPiece as _;
use crate::viewer::measure::diameters;

/// What the slices segmented so far show.
#[derive(Clone, PartialEq)]
enum Outcome {
    /// So many lesions or, while a run goes on, outlines; and the confidence of the surest.
    Found {
        number: usize,
        are_lesions: bool,
        surest: f32,
    },
    NoFinding {
        is_rejected: bool,
    },
    NoLung {
        is_searched: bool,
    },
}

impl Outcome {
    fn of(desk: &Desk) -> Self {
        let findings = || desk.open.results.values().flat_map(|it| &it.findings);
        let surest = findings().map(|it| it.confidence).max_by(f32::total_cmp);
        match (surest, &desk.open.summary) {
            (Some(_), Some(summary)) if !desk.is_segmenting() => Self::Found {
                number: summary.lesions.len(),
                are_lesions: true,
                surest: summary.confidence.unwrap_or_default(),
            },
            (Some(surest), _) => Self::Found {
                number: findings().count(),
                are_lesions: false,
                surest,
            },
            (None, _) if desk.has_no_lung() => Self::NoLung {
                is_searched: desk.has_searched(),
            },
            (None, _) => Self::NoFinding {
                is_rejected: desk.open.results.values().any(|r| !r.rejected.is_empty()),
            },
        }
    }

    fn number(&self) -> String {
        match self {
            Self::Found { number, .. } => number.to_string(),
            Self::NoLung { is_searched: false } => "not searched".to_owned(),
            Self::NoFinding { .. } | Self::NoLung { .. } => "none".to_owned(),
        }
    }

    /// What that is the number of.
    fn counted(&self) -> &'static str {
        match self {
            Self::Found {
                are_lesions: false, ..
            } => "Outlines so far",
            _ => "Lesions",
        }
    }

    /// What to know of it besides; empty where that is nothing.
    fn remark(&self) -> &'static str {
        match self {
            Self::Found { surest, .. } if is_drawn(*surest) => {
                "The reader has drawn all that is marked; the network has marked nothing."
            }
            Self::Found { .. } => "",
            Self::NoFinding { is_rejected: true } => {
                "The reader has rejected every finding of the network."
            }
            Self::NoFinding { is_rejected: false } => {
                "No region passes the limits of probability and size. The network may have missed something."
            }
            Self::NoLung { .. } => {
                "No lung is recognised here. That nothing is marked says nothing about one."
            }
        }
    }

    /// How sure the network is of the surest, if it marked any.
    fn confidence(&self) -> Option<String> {
        match self {
            Self::Found { surest, .. } if !is_drawn(*surest) => Some(network_confidence(*surest)),
            _ => None,
        }
    }
}

/// The finding that is largest in the mean of its diameters, and the volume of its lesion, where
/// that is known.
fn largest(desk: &Desk) -> Option<String> {
    let at = lesions::largest(desk)?;
    let largest = desk.open.results.get(&at.slice)?.findings.get(at.index)?;
    let summary = desk.open.summary.as_ref();
    let mut lesions = summary.iter().flat_map(|it| &it.lesions);
    let lesion = lesions.find(|it| it.number == largest.lesion);
    let volume_ml = lesion.and_then(|it| it.volume_ml);
    let words = diameters(largest);
    Some(match volume_ml.filter(|_| !desk.is_segmenting()) {
        Some(_) => [words, volume(volume_ml)].join(", "),
        None => words,
    })
}

/// How many lesions, how large the largest is, how much was searched; while a run goes on, of what
/// is there so far. The confidence stands last: it does not tell lesions from what is none.
#[component]
pub fn Gist() -> impl IntoView {
    let room = expect_context::<Room>();
    let outcome = Memo::new(move |_| room.desk.with(Outcome::of));
    let largest = Memo::new(move |_| room.desk.with(largest));
    let slices = move || {
        let (slices, without_lung) = room.desk.with(|d| (d.open.results.len(), d.without_lung()));
        let of_all = match room.slices() {
            0 | 1 => String::new(),
            all => format!(" of {all}"),
        };
        let rest = not_searched(without_lung);
        format!("{} segmented{of_all}{rest}", counted(slices, "slice"))
    };
    let number = move || outcome.with(Outcome::number);
    let counted_as = move || outcome.with(Outcome::counted);
    let remark = move || outcome.with(Outcome::remark);
    let confidence = move || outcome.with(Outcome::confidence);
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
    view! {
        <div class="gist">
            <p class="figure">
                <span class="small">{counted_as}</span>
                <strong>{number}</strong>
            </p>
            <dl class="facts">
                <div hidden=move || largest.with(Option::is_none)><dt>"Largest"</dt><dd>{largest}</dd></div>
                <div><dt>"Searched"</dt><dd>{slices}</dd></div>
            </dl>
            <p class="small" hidden=move || remark().is_empty()>{remark}</p>
            <details class="small" hidden=move || confidence().is_none()>
                <summary>"AI confidence up to "{confidence}</summary>
                <p>
                    "Mean tumour probability that the network gives to the pixels of its most certain lesion. \
                     It ranks lesions; it is not the probability of a nodule or of cancer: in tests fewer than half of all marks were nodules. \
                     An outline below the threshold is kept where it continues a surer one on the slice beside."
                </p>
            </details>
            {of_another}
        </div>
    }
    .into_late_piece()
}

#[cfg(test)]
mod tests {
    use model::finding::{Finding, Lesion, Rejected};
    use model::protocol::Summary;

    use super::*;
    use crate::engine::state::Task;
    use crate::engine::state::tests::fixture::{finding, lesion, result};

    /// A slice with two findings, of which the first is longer and the second larger in the mean.
    fn desk() -> Desk {
        let sized = |lesion, longest_mm, perpendicular_mm| Finding {
            longest_mm: Some(longest_mm),
            perpendicular_mm: Some(perpendicular_mm),
            ..finding(3, lesion)
        };
        let mut result = result(1, 3);
        result.findings = vec![sized(1, 12.0, 2.0), sized(2, 10.0, 8.0)];
        let lesion = |number| Lesion {
            volume_ml: Some(0.1 * number as f32),
            ..lesion(number)
        };
        let mut desk = Desk::default();
        desk.open.results.insert(3, result);
        desk.open.summary = Some(Summary {
            lesions: vec![lesion(1), lesion(2)],
            confidence: Some(0.8),
            ..Summary::default()
        });
        desk
    }

    #[test]
    fn the_largest_is_that_of_the_advice_with_the_volume_of_its_lesion() {
        let mut desk = desk();
        assert_eq!(
            largest(&desk).as_deref(),
            Some("10.0 × 8.0\u{a0}mm, 200\u{a0}mm³")
        );
        // While slices are segmented, the volumes are of before.
        desk.start_run(5, Task::Segment);
        assert_eq!(largest(&desk).as_deref(), Some("10.0 × 8.0\u{a0}mm"));
        assert_eq!(largest(&Desk::default()), None);
    }

    #[test]
    fn lesions_are_counted_once_it_is_known_which_outlines_are_of_one() {
        let mut desk = desk();
        let found = |desk: &Desk| match Outcome::of(desk) {
            Outcome::Found {
                number,
                are_lesions,
                ..
            } => Some((number, are_lesions)),
            _ => None,
        };
        assert_eq!(found(&desk), Some((2, true)));
        desk.open.results.insert(4, result(1, 4));
        desk.start_run(5, Task::Segment);
        assert_eq!(found(&desk), Some((2, false)));
    }

    #[test]
    fn where_nothing_is_found_it_is_told_what_the_reader_rejected() {
        let mut desk = Desk::default();
        let mut searched = result(1, 3);
        searched.lung_px = 9;
        desk.open.results.insert(3, searched.clone());
        assert!(Outcome::of(&desk).remark().starts_with("No region passes"));
        searched.rejected = vec![Rejected::new(finding(3, 1), &[7])];
        desk.open.results.insert(3, searched);
        assert!(
            Outcome::of(&desk)
                .remark()
                .starts_with("The reader has rejected")
        );
    }

    #[test]
    fn without_a_lung_it_is_told_whether_anything_was_searched() {
        let mut desk = Desk::default();
        desk.open.results.insert(3, result(1, 3));
        assert!(Outcome::of(&desk) == Outcome::NoLung { is_searched: false });
        let mut searched = result(1, 4);
        searched.histogram[0] = 9;
        desk.open.results.insert(4, searched);
        assert!(Outcome::of(&desk) == Outcome::NoLung { is_searched: true });
    }
}
