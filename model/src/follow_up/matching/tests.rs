//! Which lesions of several examinations are one.

use super::*;
use crate::follow_up::{Conditions, Extent, Pairing};
use crate::saved::SavedLesion;

/// A lesion with its number, diameter and place (left, back, up).
pub(in crate::follow_up) fn lesion(
    number: usize,
    longest_mm: f32,
    place: Option<(f32, f32, Option<f32>)>,
) -> SavedLesion {
    SavedLesion {
        number,
        key_slice: 0,
        longest_slice: None,
        longest_mm: Some(longest_mm),
        perpendicular_mm: None,
        area_mm2: None,
        volume_ml: None,
        mean_value: 0.0,
        confidence: 0.5,
        place: place.map(|(left, back, up)| Place { left, back, up }),
    }
}

fn at(number: usize, longest_mm: f32, left: f32, back: f32, up: f32) -> SavedLesion {
    lesion(number, longest_mm, Some((left, back, Some(up))))
}

/// How an examination is made that shows so many millimetres of lung in slices of 2.5 mm.
fn shown(lung_mm: f32) -> Conditions {
    let slices = (lung_mm / 2.5) as usize;
    Conditions {
        extent: Some(Extent {
            segmented: slices,
            slices,
            lung_mm: Some(lung_mm),
        }),
        ..Conditions::default()
    }
}

/// Tracks as (visit, lesion) pairs.
fn found(visits: &[&[SavedLesion]]) -> Vec<Vec<(usize, usize)>> {
    let whole: Vec<_> = visits.iter().map(|&lesions| (lesions, 260.0)).collect();
    found_in(&whole)
}

/// The same in scans that show so many millimetres of lung.
fn found_in(visits: &[(&[SavedLesion], f32)]) -> Vec<Vec<(usize, usize)>> {
    found_with(visits, &[])
}

/// The same with what the reader says.
fn found_with(visits: &[(&[SavedLesion], f32)], pairings: &[Pairing]) -> Vec<Vec<(usize, usize)>> {
    let conditions: Vec<_> = visits.iter().map(|&(_, mm)| shown(mm)).collect();
    let examinations: Vec<_> = visits
        .iter()
        .zip(&conditions)
        .map(|(&(lesions, _), conditions)| Examination {
            lesions,
            conditions,
        })
        .collect();
    tracks(&examinations, &Said::new(pairings))
        .into_iter()
        .map(|t| t.sightings.iter().map(|s| (s.visit, s.lesion)).collect())
        .collect()
}

#[test]
fn lesions_keep_their_identity_when_their_order_changes() {
    let first = [at(1, 12.0, 0.2, 0.4, 0.7), at(2, 8.0, 0.8, 0.5, 0.3)];
    // The second one has outgrown the first; both moved a little.
    let second = [at(1, 15.0, 0.81, 0.52, 0.32), at(2, 12.5, 0.21, 0.38, 0.71)];
    assert_eq!(
        found(&[&first, &second]),
        [vec![(0, 0), (1, 1)], vec![(0, 1), (1, 0)]]
    );
}

#[test]
fn the_other_lung_is_another_lesion() {
    let (first, second) = ([at(1, 9.0, 0.2, 0.5, 0.5)], [at(1, 9.0, 0.8, 0.5, 0.5)]);
    assert_eq!(found(&[&first, &second]), [vec![(0, 0)], vec![(1, 0)]]);
}

#[test]
fn a_lesion_that_was_missed_once_is_found_again() {
    let seen = [at(1, 9.0, 0.3, 0.5, 0.5)];
    assert_eq!(found(&[&seen, &[], &seen]), [vec![(0, 0), (2, 0)]]);
}

#[test]
fn of_two_neighbours_each_finds_its_own() {
    let first = [at(1, 10.0, 0.30, 0.5, 0.5), at(2, 10.0, 0.36, 0.5, 0.5)];
    let second = [at(1, 10.0, 0.37, 0.5, 0.5), at(2, 10.0, 0.31, 0.5, 0.5)];
    assert_eq!(
        found(&[&first, &second]),
        [vec![(0, 0), (1, 1)], vec![(0, 1), (1, 0)]]
    );
}

#[test]
fn size_decides_where_place_does_not() {
    let first = [at(1, 20.0, 0.3, 0.5, 0.5), at(2, 6.0, 0.3, 0.54, 0.5)];
    let second = [at(1, 21.0, 0.3, 0.52, 0.5), at(2, 6.0, 0.3, 0.52, 0.5)];
    assert_eq!(
        found(&[&first, &second]),
        [vec![(0, 0), (1, 0)], vec![(0, 1), (1, 1)]]
    );
}

#[test]
fn five_times_the_size_is_another_lesion() {
    let (first, second) = ([at(1, 6.0, 0.3, 0.5, 0.5)], [at(1, 30.0, 0.3, 0.5, 0.5)]);
    assert_eq!(found(&[&first, &second]).len(), 2);
}

#[test]
fn single_slices_are_compared_within_the_slice() {
    let (first, second) = (
        [lesion(1, 9.0, Some((0.3, 0.5, None)))],
        [lesion(1, 9.5, Some((0.32, 0.5, Some(0.9))))],
    );
    assert_eq!(found(&[&first, &second]), [vec![(0, 0), (1, 0)]]);
}

#[test]
fn without_a_lung_there_is_no_place_and_no_match() {
    let first = [lesion(1, 9.0, None)];
    assert_eq!(found(&[&first, &first]), [vec![(0, 0)], vec![(1, 0)]]);
}

#[test]
fn every_lesion_is_in_exactly_one_track() {
    let visit: Vec<SavedLesion> = (0..20)
        .map(|i| at(i, 8.0, 0.05 * i as f32, 0.5, 0.5))
        .collect();
    let found = found(&[&visit, &visit, &visit]);
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|track| track.len() == 3));
}

#[test]
fn scans_of_a_few_slices_are_compared_within_the_slice() {
    // One lesion on one slice: the last of three here, the third of four there.
    let first = [at(1, 27.9, 0.3, 0.5, 1.0)];
    let second = [at(1, 27.9, 0.3, 0.5, 0.67)];
    let third = [at(1, 28.4, 0.31, 0.51, 0.0)];
    assert_eq!(
        found_in(&[(&first, 7.5), (&second, 10.0), (&third, 10.0)]),
        [vec![(0, 0), (1, 0), (2, 0)]]
    );
}

#[test]
fn a_few_slices_are_found_again_in_the_whole_lung() {
    let (part, whole) = ([at(1, 9.0, 0.3, 0.5, 0.1)], [at(1, 9.5, 0.31, 0.5, 0.8)]);
    let one = [vec![(0, 0), (1, 0)]];
    assert_eq!(found_in(&[(&part, 10.0), (&whole, 260.0)]), one);
    assert_eq!(found_in(&[(&whole, 260.0), (&part, 10.0)]), one);
}

#[test]
fn what_is_far_above_a_part_of_the_lung_is_not_in_it() {
    let (base, part) = ([at(1, 9.0, 0.3, 0.5, 0.05)], [at(1, 9.0, 0.3, 0.5, 0.9)]);
    assert_eq!(found_in(&[(&base, 260.0), (&part, 140.0)]).len(), 2);
}

#[test]
fn without_heights_lesions_must_be_closer_and_more_alike() {
    let first = [at(1, 9.0, 0.3, 0.5, 0.5)];
    for other in [
        at(1, 9.0, 0.38, 0.5, 0.5), // 23 mm beside it
        at(1, 27.0, 0.3, 0.5, 0.5), // three times as large
    ] {
        let second = [other];
        assert_eq!(found_in(&[(&first, 10.0), (&second, 10.0)]).len(), 2);
        assert_eq!(found_in(&[(&first, 260.0), (&second, 260.0)]).len(), 1);
    }
}

#[test]
fn a_mirrored_part_of_the_lung_shows_another_lesion() {
    let (right, left) = ([at(1, 9.0, 0.45, 0.5, 0.5)], [at(1, 9.0, 0.55, 0.5, 0.5)]);
    assert_eq!(found_in(&[(&right, 10.0), (&left, 10.0)]).len(), 2);
}

#[test]
fn of_lesions_above_each_other_in_parts_of_the_lung_nobody_knows_which_is_which() {
    // One has grown and the other shrunk, or neither has changed and the parts are others.
    let first = [at(1, 10.0, 0.3, 0.5, 0.2), at(2, 12.0, 0.3, 0.5, 0.8)];
    let second = [at(1, 12.0, 0.3, 0.5, 0.2), at(2, 10.0, 0.3, 0.5, 0.8)];
    assert_eq!(found_in(&[(&first, 60.0), (&second, 60.0)]).len(), 4);
    assert_eq!(found_in(&[(&first, 60.0), (&second[..1], 30.0)]).len(), 3);
}

#[test]
fn of_lesions_beside_each_other_in_parts_of_the_lung_each_finds_its_own() {
    let first = [at(1, 10.0, 0.30, 0.5, 0.5), at(2, 10.0, 0.36, 0.5, 0.5)];
    let second = [at(1, 10.0, 0.37, 0.5, 0.9), at(2, 10.0, 0.31, 0.5, 0.9)];
    assert_eq!(
        found_in(&[(&first, 10.0), (&second, 10.0)]),
        [vec![(0, 0), (1, 1)], vec![(0, 1), (1, 0)]]
    );
}

#[test]
fn a_part_between_whole_lungs_does_not_join_what_lies_at_other_heights() {
    let low = [at(1, 9.0, 0.3, 0.5, 0.2)];
    let part = [at(1, 9.0, 0.3, 0.5, 0.5)];
    let high = [at(1, 9.0, 0.3, 0.5, 0.8)];
    assert_eq!(
        found_in(&[(&low, 260.0), (&part, 10.0), (&high, 260.0)]),
        [vec![(0, 0), (1, 0)], vec![(2, 0)]]
    );
}

#[test]
fn a_track_says_where_it_was_followed_without_heights() {
    let lesions = [at(1, 9.0, 0.3, 0.5, 0.5)];
    for (lung_mm, lacks_height) in [(10.0, true), (260.0, false)] {
        let conditions = shown(lung_mm);
        let examination = Examination {
            lesions: &lesions,
            conditions: &conditions,
        };
        assert_eq!(
            tracks(&[examination; 2], &Said::default())[0].lacks_height,
            lacks_height
        );
    }
}

/// What the reader says of a lesion of one examination and one of another, both as (visit, lesion).
fn said(a: (usize, usize), b: (usize, usize), is_one: bool) -> Pairing {
    let sightings = [a, b].map(|(visit, lesion)| Sighting { visit, lesion });
    Pairing { sightings, is_one }
}

#[test]
fn what_the_reader_joins_is_one_however_far_apart() {
    let first = [at(1, 9.0, 0.2, 0.5, 0.5)];
    let second = [at(1, 40.0, 0.8, 0.1, 0.9), at(2, 9.0, 0.2, 0.5, 0.5)];
    let visits = [(first.as_slice(), 260.0), (second.as_slice(), 260.0)];
    for joined in [said((0, 0), (1, 0), true), said((1, 0), (0, 0), true)] {
        assert_eq!(
            found_with(&visits, &[joined]),
            [vec![(0, 0), (1, 0)], vec![(1, 1)]]
        );
    }
}

#[test]
fn what_the_reader_joins_needs_no_lung() {
    let (first, second) = ([lesion(1, 9.0, None)], [lesion(1, 9.0, None)]);
    let visits = [(first.as_slice(), 260.0), (second.as_slice(), 260.0)];
    assert_eq!(found_with(&visits, &[]).len(), 2);
    let joined = said((0, 0), (1, 0), true);
    assert_eq!(found_with(&visits, &[joined]), [vec![(0, 0), (1, 0)]]);
}

#[test]
fn what_the_reader_parts_goes_to_the_next_best_or_stands_alone() {
    let first = [at(1, 9.0, 0.2, 0.5, 0.5), at(2, 9.0, 0.25, 0.5, 0.5)];
    let second = [at(1, 9.0, 0.21, 0.5, 0.5)];
    let visits = [(first.as_slice(), 260.0), (second.as_slice(), 260.0)];
    assert_eq!(
        found_with(&visits, &[]),
        [vec![(0, 0), (1, 0)], vec![(0, 1)]]
    );
    let parted = said((0, 0), (1, 0), false);
    assert_eq!(
        found_with(&visits, &[parted]),
        [vec![(0, 0)], vec![(0, 1), (1, 0)]]
    );
    let both = [parted, said((0, 1), (1, 0), false)];
    assert_eq!(
        found_with(&visits, &both),
        [vec![(0, 0)], vec![(0, 1)], vec![(1, 0)]]
    );
}

#[test]
fn what_was_parted_from_any_of_a_track_does_not_go_on_with_it() {
    let one = [at(1, 9.0, 0.2, 0.5, 0.5)];
    let visits = [(one.as_slice(), 260.0); 3];
    let parted = said((0, 0), (2, 0), false);
    assert_eq!(
        found_with(&visits, &[parted]),
        [vec![(0, 0), (1, 0)], vec![(2, 0)]]
    );
    // What is one with it is parted from that track, too: the reader's words go before the nearest
    // place.
    let disputed = [said((1, 0), (2, 0), true), parted];
    assert_eq!(
        found_with(&visits, &disputed),
        [vec![(0, 0)], vec![(1, 0), (2, 0)]]
    );
}

#[test]
fn what_is_parted_from_a_later_one_of_a_lesion_does_not_come_between() {
    let one = [at(1, 9.0, 0.2, 0.5, 0.5)];
    let visits = [(one.as_slice(), 260.0); 3];
    let words = [said((0, 0), (2, 0), true), said((1, 0), (2, 0), false)];
    assert_eq!(
        found_with(&visits, &words),
        [vec![(0, 0), (2, 0)], vec![(1, 0)]]
    );
    // By way of another that is one with the later one.
    let visits = [(one.as_slice(), 260.0); 4];
    let words = [
        said((0, 0), (2, 0), true),
        said((2, 0), (3, 0), true),
        said((1, 0), (3, 0), false),
    ];
    assert_eq!(
        found_with(&visits, &words),
        [vec![(0, 0), (2, 0), (3, 0)], vec![(1, 0)]]
    );
}

#[test]
fn what_is_one_with_the_same_lesion_is_one() {
    // Three places that nothing would match, of which the last is one with both others.
    let visits = [0.2, 0.5, 0.8].map(|left| [at(1, 9.0, left, 0.5, 0.5)]);
    let visits = visits.each_ref().map(|lesions| (lesions.as_slice(), 260.0));
    let joined = [said((0, 0), (2, 0), true), said((1, 0), (2, 0), true)];
    assert_eq!(found_with(&visits, &joined[..1]).len(), 2);
    assert_eq!(found_with(&visits, &joined), [vec![(0, 0), (1, 0), (2, 0)]]);
    // But for what is said of the two themselves.
    let parted = [joined[0], joined[1], said((0, 0), (1, 0), false)];
    assert_eq!(
        found_with(&visits, &parted),
        [vec![(0, 0), (2, 0)], vec![(1, 0)]]
    );
}
