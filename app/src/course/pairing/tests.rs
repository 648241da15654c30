//! What was said of analyses, and what of it goes over to newer ones.

use super::super::tests::{lesion, visit};
use super::*;
use crate::course::Course;

const FIRST: u128 = 1;
const SECOND: u128 = 2;

/// An analysis of the image of that day, saved after those with lower numbers, with lesions of
/// these numbers, sizes and places from right to left.
fn analysis(id: u128, image: u128, lesions: &[(usize, f32, f32)]) -> Visit {
    let lesions = lesions.iter().map(|&(number, longest_mm, left)| {
        let mut lesion = lesion(longest_mm, left);
        lesion.number = number;
        lesion
    });
    let mut visit = visit(&format!("2026-0{image}-01"), lesions.collect());
    visit.entry.id = Uuid::from_u128(id);
    visit.entry.saved_at = "2026-09-01 10:00".to_owned();
    visit.entry.digest = image.to_string();
    visit
}

/// Two visits that would match 1 → 1 and 2 → 2, and a newer analysis of the second one in which a
/// correction has turned the order of its lesions.
fn visits() -> [Visit; 3] {
    [
        analysis(10, FIRST, &[(1, 20.0, 0.2), (2, 18.0, 0.8)]),
        analysis(11, SECOND, &[(1, 20.0, 0.2), (2, 18.0, 0.8)]),
        analysis(12, SECOND, &[(1, 22.0, 0.8), (2, 20.0, 0.2)]),
    ]
}

fn said(analyses: [u128; 2], lesions: [usize; 2], is_one: bool) -> Paired {
    Paired {
        analyses: analyses.map(Uuid::from_u128),
        lesions,
        is_one,
        is_carried: false,
    }
}

fn carried(analyses: [u128; 2], lesions: [usize; 2], is_one: bool) -> Paired {
    Paired {
        is_carried: true,
        ..said(analyses, lesions, is_one)
    }
}

/// What holds in the course of all, and whether something is left out.
fn held(visits: &[Visit], paired: &[Paired]) -> (Vec<Paired>, bool) {
    let course = Course::of_images(visits, paired);
    let remarks = course.remarks.join(" ");
    (course.paired, remarks.contains("does not count"))
}

#[test]
fn what_was_said_of_an_analysis_goes_over_to_a_newer_one_of_the_image() {
    let visits = visits();
    let paired = [said([10, 11], [1, 2], true), said([11, 10], [1, 1], false)];
    let now = vec![
        carried([12, 10], [2, 1], false),
        carried([10, 12], [1, 1], true),
    ];
    assert_eq!(held(&visits, &paired), (now.clone(), false));
    let [first, older, newer] = &visits;
    let all = std::slice::from_ref(older);
    let pair = Course::of_pair(newer, first, all, &paired);
    let names: Vec<_> = pair.lesions.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((pair.paired, names), (now, vec!["1 → 1", "– → 2", "2 → –"]));
}

#[test]
fn both_analyses_may_have_newer_ones() {
    let [first, older, newer] = visits();
    let again = analysis(13, FIRST, &[(1, 18.0, 0.8), (2, 20.0, 0.2)]);
    let paired = [said([11, 10], [2, 1], true)];
    assert_eq!(
        held(&[first, again, older, newer], &paired),
        (vec![carried([12, 13], [1, 2], true)], false)
    );
}

#[test]
fn nothing_goes_back_to_an_older_analysis() {
    let [first, older, newer] = visits();
    let paired = [said([10, 12], [1, 1], true)];
    let pair = Course::of_pair(&first, &older, &[newer], &paired);
    assert_eq!(pair.paired, []);
    assert!(!pair.remarks.join(" ").contains("does not count"));
}

#[test]
fn what_is_said_of_the_newest_analysis_comes_first() {
    let visits = visits();
    let before = [said([10, 11], [1, 2], true), said([10, 11], [2, 1], false)];
    // Of the same two lesions, and of one of them and another.
    for now in [
        said([10, 12], [1, 1], false),
        said([10, 12], [2, 1], true),
        said([12, 10], [2, 1], true),
    ] {
        let paired = [before.as_slice(), std::slice::from_ref(&now)].concat();
        let (found, lacks_words) = held(&visits, &paired);
        assert_eq!(found, [now, carried([10, 12], [2, 2], false)]);
        assert!(!lacks_words, "it counts as taken back");
    }
    // That a lesion is not one with another does not take the place of what joins it.
    let apart = said([10, 12], [2, 1], false);
    let paired = [&before[..1], std::slice::from_ref(&apart)].concat();
    let (found, _) = held(&visits, &paired);
    assert_eq!(found, [apart, carried([10, 12], [1, 1], true)]);
}

#[test]
fn of_several_older_analyses_what_was_said_last_counts() {
    let [first, older, newer] = visits();
    let oldest = analysis(9, SECOND, &[(7, 20.0, 0.2)]);
    let visits = [oldest, first, older, newer];
    let [apart, one] = [said([10, 11], [2, 1], false), said([9, 10], [7, 2], true)];
    let (found, _) = held(&visits, &[apart.clone(), one.clone()]);
    assert_eq!(found, [carried([12, 10], [2, 2], true)]);
    let (found, _) = held(&visits, &[one, apart]);
    assert_eq!(found, [carried([10, 12], [2, 2], false)]);
}

#[test]
fn what_cannot_be_told_of_the_newer_analysis_is_said() {
    let [first, older, mut newer] = visits();
    // Both lesions have become one.
    newer.lesions = vec![lesion(300.0, 0.5)];
    let paired = [said([10, 11], [1, 2], true)];
    assert_eq!(held(&[first, older, newer], &paired), (Vec::new(), true));
}

#[test]
fn what_was_said_of_two_analyses_of_one_image_is_of_no_use_and_no_loss() {
    let paired = [said([11, 12], [1, 2], true)];
    assert_eq!(held(&visits(), &paired), (Vec::new(), false));
}

#[test]
fn all_that_comes_to_a_word_is_taken_back_with_it() {
    let [first, older, newer] = visits();
    let kept = said([10, 11], [1, 1], true);
    let gone = [said([11, 10], [2, 1], true), said([12, 10], [1, 1], false)];
    let paired = vec![gone[0].clone(), kept, gone[1].clone()];
    let found = said_of(&paired, [&first, &newer], &[older], [1, 1]);
    assert_eq!(found, gone);
}

#[test]
fn what_a_word_is_in_the_place_of_is_taken_back_with_it() {
    let [first, older, newer] = visits();
    let kept = said([10, 11], [2, 1], false);
    // They join the first lesion of the earlier examination to either of the later one.
    let before = said([10, 11], [1, 2], true);
    let now = said([10, 12], [1, 2], true);
    let paired = [kept, before.clone(), now.clone()];
    let both = [&first, &newer];
    let older = std::slice::from_ref(&older);
    let found = said_of(&paired, both, older, [1, 2]);
    assert_eq!(found, [before.clone(), now]);
    // Of one that does not count, nothing else depends.
    let found = said_of(&paired, both, older, [1, 1]);
    assert_eq!(found, [before]);
}

#[test]
fn what_is_not_found_again_is_told_of_until_it_is_said_again() {
    let first = analysis(10, FIRST, &[(1, 20.0, 0.2)]);
    let older = analysis(11, SECOND, &[(1, 20.0, 0.2)]);
    // Drawn anew elsewhere.
    let newer = analysis(12, SECOND, &[(1, 9.0, 0.7)]);
    let visits = [first, older, newer];
    let before = said([10, 11], [1, 1], true);
    assert_eq!(held(&visits, std::slice::from_ref(&before)), (vec![], true));
    let again = said([10, 12], [1, 1], true);
    assert_eq!(
        held(&visits, &[before, again.clone()]),
        (vec![again], false)
    );
    let of_one_image = said([11, 12], [1, 1], false);
    assert_eq!(held(&visits, &[of_one_image]), (vec![], false));
}

#[test]
fn what_names_an_analysis_of_another_label_is_told_of() {
    let visits = visits();
    assert_eq!(
        held(&visits, &[said([10, 99], [1, 1], true)]),
        (vec![], true)
    );
}
