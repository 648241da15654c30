//! Lesions keep their numbers while a reader judges and draws, and when the network runs again;
//! under other settings, once one was judged.

use std::collections::BTreeSet;

use model::map::Map;
use model::pipeline::{Series, SliceAnalysis, forget_unread, summarise};

use crate::phantom::{alone, at, known, outline, tissue};
use crate::reader::Reader;

const EDGE: usize = 40;

/// A reader at a slice with a large, a middle and a small square, of which the middle one is less
/// certain.
fn reader() -> Reader {
    let mut probability = vec![0; EDGE * EDGE];
    for (first, edge, chance) in [((2, 2), 11, 230), ((2, 24), 9, 150), ((24, 6), 7, 230)] {
        for (row, col) in (0..edge * edge).map(|i| (i / edge, i % edge)) {
            probability[(first.0 + row) * EDGE + first.1 + col] = chance;
        }
    }
    Reader::of(SliceAnalysis::unmarked((EDGE, EDGE), probability))
}

/// Numbers and areas of lesions, in the order of the table; findings must say the same.
fn lesions(reader: &mut Reader) -> Vec<(usize, usize)> {
    let summary = summarise(&reader.volume, &mut reader.analyses, None);
    let of = |number| summary.findings.iter().filter(move |f| f.lesion == number);
    let lesions = summary.lesions.iter();
    lesions
        .map(|it| (it.number, of(it.number).map(|f| f.area_px).sum()))
        .collect()
}

/// A spot beside the squares.
const SPOT: ((f32, f32), (f32, f32)) = ((30.0, 34.0), (30.0, 34.0));

#[test]
fn a_rejected_lesion_leaves_its_number_free_and_comes_back_to_it() {
    let mut reader = reader();
    assert_eq!(lesions(&mut reader), [(1, 121), (2, 81), (3, 49)]);
    assert!(reader.slice_mut().reject(1));
    assert_eq!(lesions(&mut reader), [(1, 121), (3, 49)]);
    assert!(reader.draw(&outline(SPOT.0, SPOT.1), true));
    assert_eq!(lesions(&mut reader), [(1, 121), (3, 49), (4, 16)]);
    assert!(reader.slice_mut().take_back(0));
    assert_eq!(lesions(&mut reader), [(1, 121), (2, 81), (3, 49), (4, 16)]);
}

#[test]
fn no_new_lesion_has_the_number_of_one_that_is_rejected() {
    let mut reader = reader();
    lesions(&mut reader);
    assert!(reader.slice_mut().reject(2));
    assert!(reader.draw(&outline(SPOT.0, SPOT.1), true));
    assert_eq!(lesions(&mut reader), [(1, 121), (2, 81), (4, 16)]);
    assert!(reader.slice_mut().take_back(0));
    assert_eq!(lesions(&mut reader), [(1, 121), (2, 81), (3, 49), (4, 16)]);
}

#[test]
fn the_largest_part_of_a_lesion_that_is_cut_keeps_its_number_until_that_is_undone() {
    let mut reader = reader();
    lesions(&mut reader);
    assert!(reader.draw(&outline((0.0, 14.0), (8.0, 10.0)), false));
    assert_eq!(lesions(&mut reader), [(1, 66), (2, 81), (3, 49), (4, 33)]);
    assert!(reader.undo());
    assert_eq!(lesions(&mut reader), [(1, 121), (2, 81), (3, 49)]);
}

#[test]
fn lesions_that_grow_together_have_the_lower_number() {
    let mut reader = reader();
    lesions(&mut reader);
    assert!(reader.draw(&outline((12.0, 25.0), (6.0, 8.0)), true));
    let [(first, area), (second, 81)] = lesions(&mut reader)[..] else {
        panic!("not two");
    };
    assert_eq!((first, second), (1, 2));
    assert!(area > 121 + 49);
}

#[test]
fn lesions_that_were_joined_have_their_numbers_again_when_that_is_undone() {
    let mut reader = reader();
    let before = lesions(&mut reader);
    // From the large square to the middle one.
    assert!(reader.draw(&outline((5.0, 8.0), (12.0, 25.0)), true));
    let joined = lesions(&mut reader).into_iter().map(|(number, _)| number);
    assert_eq!(joined.collect::<Vec<_>>(), [1, 3]);
    assert!(reader.undo());
    assert_eq!(lesions(&mut reader), before);
}

/// What is drawn on one slice joins lesions of those above and below, and a new one elsewhere takes
/// no number of theirs.
#[test]
fn lesions_of_other_slices_have_their_numbers_again_too() {
    let square = |edge: usize| {
        let mut probability = vec![0; EDGE * EDGE];
        for (row, col) in (0..edge * edge).map(|i| (i / edge, i % edge)) {
            probability[(2 + row) * EDGE + 2 + col] = 230;
        }
        SliceAnalysis::unmarked((EDGE, EDGE), probability)
    };
    let (volume, settings) = (tissue(EDGE, 3, Some(2.5)), at(0.3));
    let mut analyses = Map::from([(0, square(11)), (1, square(0)), (2, square(9))]);
    let series = alone(&volume, &settings);
    series.refine(&mut analyses);
    let numbers = |analyses: &mut Map<usize, SliceAnalysis>| {
        let summary = summarise(&volume, analyses, None);
        let findings = summary.findings.iter();
        findings.map(|it| (it.slice, it.lesion)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&mut analyses), [(0, 1), (2, 2)]);
    let between = outline((4.0, 8.0), (4.0, 8.0));
    assert!(series.correct(1, &mut analyses, &between, true));
    assert_eq!(numbers(&mut analyses), [(0, 1), (1, 1), (2, 1)]);
    assert!(series.correct(0, &mut analyses, &outline(SPOT.0, SPOT.1), true));
    assert_eq!(numbers(&mut analyses), [(0, 1), (0, 3), (1, 1), (2, 1)]);
    assert!(series.undo(1, &mut analyses));
    assert_eq!(numbers(&mut analyses), [(0, 1), (0, 3), (2, 2)]);
}

/// What is drawn over a lesion while it is joined to another goes with it when they are parted,
/// however large it is by then.
#[test]
fn what_was_drawn_meanwhile_goes_with_the_lesion_that_it_lies_on() {
    let two = |edges: [usize; 2]| {
        let mut probability = vec![0; EDGE * EDGE];
        for (first, edge) in [2, 24].into_iter().zip(edges) {
            for (row, col) in (0..edge * edge).map(|i| (i / edge, i % edge)) {
                probability[(2 + row) * EDGE + first + col] = 230;
            }
        }
        SliceAnalysis::unmarked((EDGE, EDGE), probability)
    };
    let (volume, settings) = (tissue(EDGE, 2, Some(2.5)), at(0.3));
    let mut analyses = Map::from([(0, two([10, 9])), (1, two([0, 0]))]);
    let series = alone(&volume, &settings);
    series.refine(&mut analyses);
    let numbers = |analyses: &mut Map<usize, SliceAnalysis>| {
        let summary = summarise(&volume, analyses, None);
        let findings = summary.findings.iter();
        let mut numbers: Vec<_> = findings
            .map(|it| (it.slice, it.centre.1 > 20.0, it.lesion))
            .collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(numbers(&mut analyses), [(0, false, 1), (0, true, 2)]);
    let bridge = outline((5.0, 8.0), (10.0, 26.0));
    assert!(series.correct(0, &mut analyses, &bridge, true));
    assert!(series.correct(1, &mut analyses, &outline((3.0, 9.0), (25.0, 31.0)), true));
    assert!(
        numbers(&mut analyses)
            .iter()
            .all(|(.., number)| *number == 1)
    );
    assert!(series.undo(0, &mut analyses));
    assert_eq!(
        numbers(&mut analyses),
        [(0, false, 1), (0, true, 2), (1, true, 2)]
    );
}

#[test]
fn under_other_settings_lesions_are_numbered_from_the_largest_on_until_one_is_judged() {
    let mut reader = reader();
    lesions(&mut reader);
    reader.set(0.8);
    let sure = lesions(&mut reader);
    assert_eq!(sure, [(1, 121), (2, 49)], "the middle one is not");
    reader.set(0.3);
    assert_eq!(lesions(&mut reader), [(1, 121), (2, 81), (3, 49)]);

    assert!(reader.slice_mut().reject(0));
    reader.set(0.8);
    assert_eq!(lesions(&mut reader), [(3, 49)]);
    assert!(reader.slice_mut().take_back(0));
    assert_eq!(lesions(&mut reader), [(1, 121), (3, 49)]);
    assert!(reader.slice_mut().confirm(0));
    reader.set(0.3);
    let [(1, 121), (3, 49), (other, 81)] = lesions(&mut reader)[..] else {
        panic!("others");
    };
    assert_eq!(other, 4, "nobody knows that it was there before");
}

/// Slices that were analysed in other ways are judged by themselves, and numbered together.
#[test]
fn what_the_reader_judges_keeps_the_numbers_of_slices_that_were_analysed_otherwise() {
    let square = |edge: usize| {
        let mut probability = vec![0; EDGE * EDGE];
        for row in 2..2 + edge {
            probability[row * EDGE + 2..][..edge].fill(230);
        }
        SliceAnalysis::unmarked((EDGE, EDGE), probability)
    };
    let (volume, settings) = (tissue(EDGE, 3, Some(2.5)), at(0.3));
    let mut analyses = Map::from([(0, square(7)), (2, square(11))]);
    alone(&volume, &settings).refine(&mut analyses);
    let numbers = |analyses: &mut Map<usize, SliceAnalysis>| {
        let summary = summarise(&volume, analyses, None);
        let findings = summary.findings.iter();
        findings.map(|it| (it.slice, it.lesion)).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&mut analyses), [(0, 2), (2, 1)]);
    assert!(analyses.get_mut(&2).unwrap().confirm(0));

    forget_unread(&mut analyses);
    let mut refined = Map::new();
    for slice in [0, 2] {
        let alike = BTreeSet::from([slice]);
        let mut group = Map::from([(slice, analyses.remove(&slice).unwrap())]);
        Series::new(&volume, &alike, &settings).refine_numbered(&mut group);
        assert_eq!(known(&group, slice).findings[0].lesion, 2 - slice / 2);
        refined.insert(slice, group.remove(&slice).unwrap());
    }
    assert_eq!(numbers(&mut refined), [(0, 2), (2, 1)]);
}

#[test]
fn another_run_of_the_network_leaves_lesions_their_numbers() {
    let mut reader = reader();
    lesions(&mut reader);
    // The small one is large now, and the largest small.
    let mut probability = vec![0; EDGE * EDGE];
    for (first, edge) in [((4, 4), 5), ((2, 24), 9), ((22, 4), 14)] {
        for row in first.0..first.0 + edge {
            probability[row * EDGE + first.1..][..edge].fill(230);
        }
    }
    let mut again = SliceAnalysis::unmarked((EDGE, EDGE), probability);
    let series = alone(&reader.volume, &reader.settings);
    let mut analyses = Map::from([(0, again)]);
    series.refine(&mut analyses);
    again = analyses.remove(&0).unwrap();
    again.keep_decisions(reader.slice());
    reader.analyses = Map::from([(0, again)]);
    assert_eq!(lesions(&mut reader), [(1, 25), (2, 81), (3, 196)]);
}
