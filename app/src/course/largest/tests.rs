//! What is left out where there is very much to follow.

use uuid::Uuid;

use super::super::tests::{lesion, visit};
use super::*;
use crate::course::{Course, Paired};

/// An examination with so many lesions, the largest last.
fn with(id: u128, lesions: usize) -> Visit {
    let lesions = (1..=lesions).map(|number| SavedLesion {
        number,
        ..lesion(3.0 + number as f32 / 8.0, 0.2)
    });
    of(id, lesions.collect())
}

fn of(id: u128, lesions: Vec<SavedLesion>) -> Visit {
    let mut visit = visit("2026-01-01", lesions);
    visit.entry.id = Uuid::from_u128(id);
    visit
}

#[test]
fn only_very_many_lesions_of_many_examinations_are_left_out() {
    assert_eq!(most_of_each(&[]), None);
    assert_eq!(most_of_each(&[200; 15]), None);
    assert_eq!(most_of_each(&[5; 100]), None);
    assert_eq!(most_of_each(&[200; 100]), Some(5));
    // Who has few leaves room for the others.
    let mut few = [2; 100];
    few[..1].fill(200);
    assert_eq!(most_of_each(&few), None);
    few[..10].fill(200);
    assert_eq!(most_of_each(&few), Some(32));
}

#[test]
fn the_largest_are_followed_and_those_of_which_something_was_said() {
    let many = with(1, 5);
    let numbers = |named: &[usize]| -> Vec<usize> {
        let places = kept(&many.lesions, 3, |place| named.contains(&(place + 1)));
        let cut = with_only(&many, &places);
        cut.lesions.iter().map(|lesion| lesion.number).collect()
    };
    assert_eq!(numbers(&[]), [3, 4, 5]);
    assert_eq!(numbers(&[2]), [2, 4, 5]);
}

/// Nobody may take a lesion that is left out for one that is gone.
#[test]
fn an_examination_of_which_lesions_are_left_out_does_not_say_that_one_is_not_found() {
    let mut visits: Vec<Visit> = (0..100).map(|id| with(id, 200)).collect();
    visits[0] = of(0, vec![lesion(40.0, 0.9)]);
    visits[1] = of(1, Vec::new());
    let course = Course::of_images(&visits, &[]);
    let words = course.remarks.join(" ");
    assert!(words.contains("no more than 5 of each"), "{words}");
    let first = course.lesions.iter().find(|it| it.points[0].visit == 0);
    let absent = &first.unwrap().absent;
    assert_eq!(absent.matches("not all lesions are followed").count(), 98);
    let length = serde_json::to_string(&course).unwrap().len();
    assert!(length < 5 << 20, "{length} bytes");
}

#[test]
fn the_largest_of_an_analysis_are_stored_whatever_their_numbers_are() {
    let numbers = |lesions| -> Vec<usize> {
        let all = with(1, lesions).lesions;
        largest(&all).iter().map(|lesion| lesion.number).collect()
    };
    assert_eq!(numbers(200), (1..=200).collect::<Vec<_>>());
    assert_eq!(numbers(250), (51..=250).collect::<Vec<_>>());
}

/// Of these, follow-up knows the largest only.
#[test]
fn an_examination_with_more_lesions_than_are_stored_does_not_say_that_one_is_not_found() {
    let mut many = with(1, 250);
    many.lesions.drain(..50);
    let visits = [of(0, vec![lesion(3.0, 0.9)]), many];
    let course = Course::of_images(&visits, &[]);
    let words = course.remarks.join(" ");
    assert!(
        words.contains("200 are followed, as a rule the longest"),
        "{words}"
    );
    let first = course.lesions.iter().find(|it| it.points[0].visit == 0);
    let absent = &first.unwrap().absent;
    assert!(absent.contains("not all lesions are followed"), "{absent}");
    let course = Course::of_images(&[with(0, 200), with(1, 199)], &[]);
    assert!(!course.remarks.join(" ").contains("are followed"));
}

/// More lesions than can be followed: 200 in each of a hundred examinations, and an analysis of the
/// image of the first one that was saved before, with a lesion 7 of this size and place.
fn with_an_older_one(longest_mm: f32, left: f32) -> Vec<Visit> {
    let mut visits: Vec<Visit> = (0..100).map(|id| with(id, 200)).collect();
    visits[0].entry.digest = "ab".to_owned();
    let mut older = visits[0].clone();
    older.entry.id = OLDER;
    older.entry.saved_at = "2025-12-31 10:00".to_owned();
    older.lesions = vec![SavedLesion {
        number: 7,
        ..lesion(longest_mm, left)
    }];
    visits.push(older);
    visits
}

const OLDER: Uuid = Uuid::from_u128(1000);

/// That a lesion of an analysis is lesion `number` of the second examination.
fn said(analysis: Uuid, lesion: usize, number: usize) -> Paired {
    Paired {
        analyses: [analysis, Uuid::from_u128(1)],
        lesions: [lesion, number],
        is_one: true,
        is_carried: false,
    }
}

#[test]
fn a_small_lesion_of_which_something_was_said_in_an_older_analysis_is_followed() {
    let visits = with_an_older_one(3.125, 0.2);
    let course = Course::of_images(&visits, &[said(OLDER, 7, 2)]);
    let carried = Paired {
        is_carried: true,
        ..said(visits[0].entry.id, 1, 2)
    };
    assert_eq!(course.paired, [carried]);
    let numbers = course.lesions.iter().filter_map(|it| {
        let [a, b, ..] = it.points.as_slice() else {
            return None;
        };
        (b.visit == 1 && b.is_joined).then_some((a.visit, a.lesion.number, b.lesion.number))
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [(0, 1, 2)]);
    assert!(!course.remarks.join(" ").contains("does not count"));
}

/// The small one is left out, but may be the one that was meant.
#[test]
fn nothing_goes_over_to_a_large_lesion_because_a_small_one_is_left_out() {
    let mut visits = with_an_older_one(10.1, 0.9);
    for (place, longest_mm) in [(0, 10.5), (1, 29.0)] {
        let number = place + 1;
        visits[0].lesions[place] = SavedLesion {
            number,
            ..lesion(longest_mm, 0.9)
        };
    }
    let words = [said(OLDER, 7, 200)];
    let course = Course::of_images(&visits, &words);
    assert_eq!(course.paired, []);
    assert!(course.remarks.join(" ").contains("does not count"));
    // Without the small one it is clear.
    visits[0].lesions.remove(0);
    assert_eq!(Course::of_images(&visits, &words).paired.len(), 1);
}

#[test]
fn where_something_was_said_of_too_many_the_rest_is_told_of() {
    let visits: Vec<Visit> = (0..100).map(|id| with(id, 200)).collect();
    let words: Vec<Paired> = (1..=6)
        .map(|number| said(visits[0].entry.id, number, number))
        .collect();
    let told = |words: &[Paired]| {
        let course = Course::of_images(&visits, words);
        let is_told = course.remarks.join(" ").contains("does not count");
        (course.paired, is_told)
    };
    assert_eq!(told(&words[1..]), (words[1..].to_vec(), false));
    assert_eq!(told(&words), (words[1..].to_vec(), true));
}
