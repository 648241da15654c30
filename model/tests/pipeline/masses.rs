//! A mass at the chest wall that reaches into the lung on some of its slices only.

use std::collections::BTreeSet;

use model::analysis::mass::field_with_masses;
use model::map::Map;
use model::mask::Mask;
use model::pipeline::{Series, SliceAnalysis};
use model::volume::Volume;
use proptest::prelude::*;

use crate::phantom::{ANY_SIZE, alone, known, tissue};

const EDGE: usize = 64;
/// The lung is what lies left of here.
const WALL: usize = 30;
const RADIUS: isize = 12;

/// Where the middle of the mass is on each slice, in columns: on the first and the last a fifth of
/// it and more is in the lung.
const MIDDLES: [usize; 5] = [35, 40, 43, 40, 36];

/// A slice with a disk of 24 pixels of 1 mm, judged alone.
fn slice(middle: usize) -> SliceAnalysis {
    let mut field = Mask::empty(EDGE, EDGE);
    let mut probability = vec![0; EDGE * EDGE];
    for (at, pixel) in field.pixels.iter_mut().enumerate() {
        let (row, col) = ((at / EDGE) as isize, (at % EDGE) as isize);
        *pixel = u8::from(col < WALL as isize);
        if (row - 32).pow(2) + (col - middle as isize).pow(2) <= RADIUS.pow(2) {
            probability[at] = 220;
        }
    }
    let (field, masses) =
        field_with_masses(field, &probability, 0.5, tissue(EDGE, 1, None).spacing);
    for (value, in_field) in probability.iter_mut().zip(&field.pixels) {
        *value *= in_field;
    }
    let analysis = SliceAnalysis {
        field: Some(field),
        masses,
        ..SliceAnalysis::unmarked((EDGE, EDGE), probability)
    };
    let mut analyses = Map::from([(0, analysis)]);
    alone(&tissue(EDGE, 1, None), &ANY_SIZE).refine(&mut analyses);
    analyses.remove(&0).unwrap()
}

fn scan(slice_mm: f32) -> Volume {
    tissue(EDGE, MIDDLES.len(), Some(slice_mm))
}

/// The slices arrive in this order; marked pixels of all that have, and the slices that were said
/// to have changed with each.
fn arrived(volume: &Volume, order: &[usize]) -> (Map<usize, SliceAnalysis>, Vec<Vec<usize>>) {
    let (mut analyses, mut alike) = (Map::new(), BTreeSet::new());
    let changed = order.iter().map(|&index| {
        analyses.insert(index, slice(MIDDLES[index]));
        alike.insert(index);
        let series = Series::new(volume, &alike, &ANY_SIZE);
        series.settle(index, &mut analyses)
    });
    let changed = changed.collect();
    (analyses, changed)
}

fn marked(analyses: &Map<usize, SliceAnalysis>) -> Vec<usize> {
    let all = analyses.values();
    all.map(|it| it.refined.area_px()).collect()
}

/// Pixels of the disk.
fn whole() -> usize {
    let square = -RADIUS..=RADIUS;
    let of_row = |row: isize| {
        square
            .clone()
            .filter(|col| row * row + col * col <= RADIUS.pow(2))
            .count()
    };
    square.clone().map(of_row).sum()
}

#[test]
fn it_is_found_whole_on_slices_where_it_hardly_reaches_into_the_lung() {
    let (analyses, changed) = arrived(&scan(5.0), &[0, 1, 2, 3, 4]);
    assert_eq!(marked(&analyses), [whole(); 5]);
    assert!(changed.iter().all(Vec::is_empty), "each has come with it");
    for analysis in analyses.values().skip(1).take(3) {
        let tenths: u32 = analysis.histogram.iter().sum();
        let field = analysis.field.as_ref().unwrap();
        assert_eq!(tenths as usize, field.area_px());
        assert!(field.contains(32, 43));
    }
}

#[test]
fn it_comes_along_once_a_slice_is_there_that_it_goes_on_from() {
    let (analyses, changed) = arrived(&scan(5.0), &[2, 1, 3, 0]);
    assert_eq!(marked(&analyses), [whole(); 4]);
    assert_eq!(changed[0].len() + changed[1].len() + changed[2].len(), 0);
    assert_eq!(changed[3], [1, 2, 3]);
}

#[test]
fn it_goes_again_with_what_it_went_on_from() {
    let volume = scan(5.0);
    let (mut analyses, _) = arrived(&volume, &[0, 1, 2]);
    let before = slice(MIDDLES[1]);
    // The first slice was analysed in another way since.
    let alike = BTreeSet::from([1, 2]);
    let series = Series::new(&volume, &alike, &ANY_SIZE);
    series.refine(&mut analyses);
    assert_eq!(known(&analyses, 1).field, before.field);
    assert_eq!(known(&analyses, 1).probability, before.probability);
    assert_eq!(marked(&analyses)[1..], [0, 0]);
}

#[test]
fn nothing_is_taken_in_from_far_away_or_alone() {
    let (far, _) = arrived(&scan(10.5), &[0, 1, 2, 3, 4]);
    assert_eq!(marked(&far)[1..4], [0; 3]);
    let (alone, _) = arrived(&scan(5.0), &[1, 2, 3]);
    assert_eq!(marked(&alone), [0; 3], "it may be the chest wall");
}

proptest! {
    #[test]
    fn the_order_in_which_slices_arrive_does_not_matter(
        order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle(),
    ) {
        let (analyses, _) = arrived(&scan(2.5), &order);
        prop_assert_eq!(marked(&analyses), vec![whole(); 5]);
    }
}
