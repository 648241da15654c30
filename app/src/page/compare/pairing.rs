//! What the reader says of two lesions, where place and size tell it wrong.

use leptos::prelude::*;
use uuid::Uuid;

use crate::api::{ApiError, history};
use crate::course::{Course, Paired, Statement};
use crate::session::Session;
use crate::ui::loaded::{Answer, Loaded};
use crate::ui::number::measure;
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Choice, Form, Select, Sending, Typed};

/// Names of the fields: the lesion of the earlier and of the later examination.
const FIELDS: [&str; 2] = ["earlier", "later"];

/// Whether there are lesions in both examinations.
pub fn has_both(course: &Course) -> bool {
    [0, 1]
        .iter()
        .all(|&visit| !options(course, visit).is_empty())
}

/// Form and list.
#[component]
pub fn PairingPanel(
    /// The comparison, which is another one after each answer.
    course: Loaded<Course>,
) -> impl IntoView {
    let sending = Sending::new("pairing");
    let replaced = RwSignal::new(None::<String>);
    let is_one = RwSignal::new(true);
    let submit = move |typed: Typed| {
        let chosen = FIELDS.map(|field| (field, typed.text(field).parse::<usize>().ok()));
        let missing = chosen.iter().filter(|(_, number)| number.is_none());
        let faults = missing.map(|(field, _)| ApiError::invalid(field, "Choose a lesion."));
        let faults: Vec<ApiError> = faults.collect();
        let lesions = chosen.map(|(_, number)| number.unwrap_or_default());
        let statement = Statement::of(is_one.get_untracked());
        let before = untrack(|| course.with(|course| course.paired.clone()));
        let request = async move {
            say(course, lesions, statement).await?;
            // The page may be gone by now.
            let words = course.state.try_with_untracked(|state| match state {
                Answer::There(course) => replaced_of(&before.unwrap_or_default(), course),
                _ => None,
            });
            replaced.try_set(words.flatten());
            Ok(())
        };
        sending.send_unless(faults, Box::pin(request));
    };
    let selects = FIELDS.into_iter().enumerate().map(move |(visit, name)| {
        let (day, options) = course
            .with(|course| {
                let day = course.visits.get(visit).map(|it| it.day.clone());
                (day.unwrap_or_default(), options(course, visit))
            })
            .unwrap_or_default();
        // Both may be of one day.
        view! { <Select sending name label=format!("Lesion of the {name} examination ({day})") options /> }
    });
    view! {
        <details class="sub">
            <summary>"Correct which lesions are one"</summary>
            <div class="sheet">
                <Form sending button="Save" on_submit=submit>
                    {selects.collect_view()}
                    <Choice legend="They are" name="is-one" options=vec![(true, "one lesion"), (false, "not one lesion")]
                        value=is_one on_change=move |one| is_one.set(one) />
                </Form>
                <p role="status">{move || replaced.get()}</p>
                <SaidSoFar course />
                <p class="small muted">
                    "What you say here holds for the follow-up of the patient label, too, until you take it back, as long as both \
                     analyses have that label. It goes over to newer analyses of the same images where it is clear which \
                     lesions are meant."
                </p>
            </div>
        </details>
    }
    .into_late_piece()
}

/// What was said so far.
#[component]
fn SaidSoFar(course: Loaded<Course>) -> impl IntoView {
    let session = expect_context::<Session>();
    let fault = RwSignal::new(None::<String>);
    let take_back = move |lesions| {
        leptos::task::spawn_local(async move {
            let error = say(course, lesions, Statement::TakenBack).await.err();
            if let Some(error) = &error {
                session.heard(error);
            }
            fault.try_set(error.map(|it| it.to_string()));
        });
    };
    let list = move || {
        let row = |course: &Course, said: &Paired| {
            let lesions = lesions_of(course, said);
            let words = words_of(lesions, said);
            view! {
                <li>
                    {words.clone()}" "
                    <button type="button" class="button quiet" on:click=move |_| take_back(lesions)
                        aria-label=format!("Take back {words}")>"Take back"</button>
                </li>
            }
        };
        let rows = course.with(|course| {
            let said = course.paired.iter();
            said.map(|said| row(course, said)).collect_view()
        });
        view! { <ul aria-label="What you have said">{rows}</ul> }
    };
    view! {
        <div aria-live="polite">{list}</div>
        <p class="error-text" role="alert">{move || fault.get()}</p>
    }
    .into_late_piece()
}

/// Says it, or takes it back, and shows what comes of it.
async fn say(
    course: Loaded<Course>,
    lesions: [usize; 2],
    statement: Statement,
) -> Result<(), ApiError> {
    let ids = course.with(ids).flatten().ok_or(ApiError::NotFound)?;
    let changed = history::say(ids, lesions, statement).await?;
    course.state.try_set(Answer::There(changed));
    Ok(())
}

/// What does not hold any more of what was said `before`: nothing goes unseen.
fn replaced_of(before: &[Paired], course: &Course) -> Option<String> {
    let mut words = String::new();
    for said in before.iter().filter(|it| !course.paired.contains(it)) {
        words.push_str(if words.is_empty() {
            "This replaces what you said before: "
        } else {
            "; "
        });
        words.push_str(&words_of(lesions_of(course, said), said));
    }
    (!words.is_empty()).then_some(words)
}

/// The analyses, the earlier one first.
fn ids(course: &Course) -> Option<[Uuid; 2]> {
    let [a, b] = course.visits.as_slice() else {
        return None;
    };
    Some([a.id, b.id])
}

/// The numbers of two lesions, that of the earlier examination first.
fn lesions_of(course: &Course, said: &Paired) -> [usize; 2] {
    let [a, b] = said.lesions;
    let is_in_order = ids(course) == Some(said.analyses);
    if is_in_order { [a, b] } else { [b, a] }
}

/// What was said of two lesions, and whether of other analyses than these.
fn words_of([a, b]: [usize; 2], said: &Paired) -> String {
    let what = if said.is_one {
        "one lesion"
    } else {
        "not one lesion"
    };
    let of = if said.is_carried {
        ", said of an earlier analysis"
    } else {
        ""
    };
    format!("{a} → {b}: {what}{of}")
}

/// The lesions of an examination: number, and what to know it by.
fn options(course: &Course, visit: usize) -> Vec<(String, String)> {
    let points = course.lesions.iter().flat_map(|it| &it.points);
    let mut found: Vec<_> = points
        .filter(|point| point.visit == visit)
        .map(|point| &point.lesion)
        .collect();
    model::order::sort_by(&mut found, |a, b| a.number.cmp(&b.number));
    let options = found.into_iter().map(|lesion| {
        let (number, slice) = (lesion.number, lesion.slice() + 1);
        let size = measure(lesion.longest_mm, 1, "mm");
        (
            number.to_string(),
            format!("{number}: slice {slice}, {size}"),
        )
    });
    options.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::{lesion, visit};

    fn course() -> Course {
        let (mut first, mut second) = (
            visit("2026-01-31", vec![lesion(9.0, 0.2)]),
            visit("2026-07-30", vec![lesion(10.0, 0.2), lesion(18.0, 0.8)]),
        );
        (first.entry.id, second.entry.id) = (Uuid::from_u128(7), Uuid::from_u128(3));
        second.lesions[0].number = 2;
        Course::of_pair(&first, &second, &[], &[])
    }

    #[test]
    fn lesions_are_offered_by_number_slice_and_size() {
        let words: Vec<_> = options(&course(), 1)
            .into_iter()
            .map(|(_, words)| words)
            .collect();
        assert_eq!(
            words,
            ["1: slice 1, 18.0\u{a0}mm", "2: slice 1, 10.0\u{a0}mm"]
        );
        assert!(has_both(&course()));
        let alone = Course::of_pair(
            &visit("2026-01-31", vec![lesion(9.0, 0.2)]),
            &visit("2026-07-30", Vec::new()),
            &[],
            &[],
        );
        assert!(!has_both(&alone));
    }

    #[test]
    fn what_a_word_replaces_is_told() {
        let mut course = course();
        let analyses = ids(&course).unwrap();
        let said = |lesions, is_one| Paired {
            analyses,
            lesions,
            is_one,
            is_carried: false,
        };
        let before = [said([5, 2], true), said([1, 1], false)];
        course.paired = vec![before[1].clone(), said([2, 2], true)];
        let told = "This replaces what you said before: 5 → 2: one lesion";
        assert_eq!(replaced_of(&before, &course).as_deref(), Some(told));
        assert_eq!(replaced_of(&before[1..], &course), None);
    }

    #[test]
    fn what_was_said_names_the_earlier_examination_first() {
        let course = course();
        let said = |analyses| Paired {
            analyses,
            lesions: [1, 2],
            is_one: true,
            is_carried: false,
        };
        let [earlier, later] = ids(&course).unwrap();
        assert_eq!(earlier, Uuid::from_u128(7));
        assert_eq!(lesions_of(&course, &said([earlier, later])), [1, 2]);
        assert_eq!(lesions_of(&course, &said([later, earlier])), [2, 1]);
    }
}
