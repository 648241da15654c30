//! Slices of a series have a say in each other's findings.

use std::collections::BTreeSet;

use model::map::Map;
use model::pipeline::{Series, SliceAnalysis};
use model::volume::Volume;
use proptest::prelude::*;

use crate::phantom::{ANY_SIZE, alone, known, tissue};

const EDGE: usize = 24;

/// A slice where the network has seen squares of 4 × 4 pixels (row and column of their corner, and
/// probability), judged alone.
fn seen(squares: &[(usize, usize, u8)]) -> SliceAnalysis {
    let mut probability = vec![0; EDGE * EDGE];
    for &(row, col, value) in squares {
        for r in row..row + 4 {
            probability[r * EDGE + col..r * EDGE + col + 4].fill(value);
        }
    }
    let unmarked = SliceAnalysis::unmarked((EDGE, EDGE), probability);
    let mut analyses = Map::from([(0, unmarked)]);
    alone(&tissue(EDGE, 1, None), &ANY_SIZE).refine(&mut analyses);
    analyses.remove(&0).unwrap()
}

fn series<'a>(volume: &'a Volume, alike: &'a BTreeSet<usize>) -> Series<'a> {
    Series::new(volume, alike, &ANY_SIZE)
}

/// The slices arrive in this order, as they do from several workers. Analyses, and the slices that
/// were said to look different afterwards.
fn arrived(
    volume: &Volume,
    slices: &[SliceAnalysis],
    order: &[usize],
) -> (Map<usize, SliceAnalysis>, Vec<usize>) {
    let (mut analyses, mut alike) = (Map::new(), BTreeSet::new());
    let mut changed = Vec::new();
    for &index in order {
        analyses.insert(index, slices[index].clone());
        alike.insert(index);
        changed.extend(series(volume, &alike).settle(index, &mut analyses));
    }
    (analyses, changed)
}

fn found(analyses: &Map<usize, SliceAnalysis>) -> Vec<usize> {
    analyses.values().map(|a| a.findings.len()).collect()
}

/// A nodule that is nowhere certain and goes on, and a certain spot on the middle slice alone.
fn nodule_and_spot() -> Vec<SliceAnalysis> {
    vec![
        seen(&[(2, 2, 220)]),
        seen(&[(2, 3, 222), (14, 14, 240)]),
        seen(&[(3, 3, 220)]),
    ]
}

#[test]
fn a_nodule_goes_on_and_a_spot_is_gone_a_slice_further() {
    let scan = tissue(EDGE, 3, Some(2.5));
    let (analyses, changed) = arrived(&scan, &nodule_and_spot(), &[0, 1, 2]);
    assert_eq!(found(&analyses), [1, 1, 1]);
    for analysis in analyses.values() {
        assert!(analysis.refined.contains(4, 4) && !analysis.refined.contains(15, 15));
    }
    assert_eq!(changed, [0, 1], "each when the slice after it came");
    let mask = &known(&analyses, 1).raw;
    assert!(mask.contains(15, 15), "what the network said is kept");
}

#[test]
fn a_faint_end_of_a_nodule_is_kept_beside_its_firm_part_and_no_further() {
    let scan = tissue(EDGE, 6, Some(2.5));
    // Firm on two slices, faint on both sides of them; elsewhere as faint a spot.
    let slices = [
        seen(&[(2, 2, 40)]),
        seen(&[(2, 2, 60)]),
        seen(&[(2, 2, 250)]),
        seen(&[(2, 3, 250)]),
        seen(&[(3, 3, 30), (14, 14, 60)]),
        seen(&[(3, 3, 20)]),
    ];
    let (analyses, _) = arrived(&scan, &slices, &[0, 1, 2, 3, 4, 5]);
    assert_eq!(found(&analyses), [0, 1, 1, 1, 1, 0]);
    assert!(
        known(&analyses, 4).refined.contains(4, 4) && !known(&analyses, 4).refined.contains(15, 15)
    );
    assert!(
        !known(&analyses, 4).raw.contains(4, 4),
        "the threshold says no"
    );

    // A fifth of the threshold is 26 of 255: fainter is nothing.
    let slices = [
        seen(&[(2, 2, 250)]),
        seen(&[(2, 2, 250)]),
        seen(&[(2, 2, 25)]),
    ];
    let (analyses, _) = arrived(&tissue(EDGE, 3, Some(2.5)), &slices, &[0, 1, 2]);
    assert_eq!(found(&analyses), [1, 1, 0]);
}

#[test]
fn what_a_slice_misses_inside_a_mass_is_taken_from_both_slices_beside() {
    let scan = tissue(EDGE, 3, Some(5.0));
    // Twelve pixels of 1 mm square, of which the slice between sees the left and upper third.
    let corners = |rows: &[usize], cols: &[usize]| -> Vec<(usize, usize, u8)> {
        let all = rows
            .iter()
            .flat_map(|&row| cols.iter().map(move |&col| (row, col, 250)));
        all.collect()
    };
    let mass = corners(&[4, 8, 12], &[4, 8, 12]);
    let rim = [corners(&[4], &[4, 8, 12]), corners(&[8, 12], &[4])].concat();
    let middle = |slices: &[SliceAnalysis]| {
        let (mut analyses, _) = arrived(&scan, slices, &[0, 2, 1]);
        analyses.remove(&1).unwrap()
    };
    let between = middle(&[seen(&mass), seen(&rim), seen(&mass)]);
    assert!(between.refined.contains(11, 11) && !between.raw.contains(11, 11));
    assert_eq!(between.findings.len(), 1);
    let all = |analysis: &SliceAnalysis| analysis.findings[0].area_px;
    assert!((130..=144).contains(&all(&between)), "{}", all(&between));

    // Less than 5 mm are what outlines of one lesion vary by.
    let narrow = [corners(&[4, 8], &[4, 8, 12]), corners(&[12], &[4, 8])].concat();
    let narrow = middle(&[seen(&mass), seen(&narrow), seen(&mass)]);
    assert_eq!(all(&narrow), 128);

    // One slice beside is not enough, nor is anything that the slice itself does not touch.
    let at_end = middle(&[seen(&mass), seen(&rim), seen(&rim)]);
    assert!(!at_end.refined.contains(11, 11));
    let elsewhere = middle(&[seen(&mass), seen(&[(18, 18, 250)]), seen(&mass)]);
    assert!(!elsewhere.refined.contains(11, 11));
}

/// Up to three squares, of any certainty.
fn any_slice() -> impl Strategy<Value = Vec<(usize, usize, u8)>> {
    let square = (0_usize..20, 0_usize..20, 10_u8..=255);
    prop::collection::vec(square, 0..=3)
}

proptest! {
    #[test]
    fn the_order_in_which_slices_arrive_does_not_matter(
        squares in prop::collection::vec(any_slice(), 7),
        order in Just(vec![0, 1, 2, 3, 4, 5, 6]).prop_shuffle(),
    ) {
        let scan = tissue(EDGE, 7, Some(1.25));
        let slices: Vec<SliceAnalysis> = squares.iter().map(|it| seen(it)).collect();
        let (analyses, _) = arrived(&scan, &slices, &order);
        let mut all: Map<usize, SliceAnalysis> = slices.into_iter().enumerate().collect();
        let alike = all.keys().copied().collect();
        series(&scan, &alike).refine(&mut all);
        for (index, analysis) in &analyses {
            prop_assert_eq!(&analysis.refined, &known(&all, *index).refined);
        }
    }
}

#[test]
fn while_a_slice_beside_is_missing_or_far_away_each_is_judged_alone() {
    let alone = [0, 1, 0];
    for scan in [
        tissue(EDGE, 3, None),
        tissue(EDGE, 3, Some(5.1)),
        tissue(EDGE, 9, Some(2.5)),
    ] {
        let slices = if scan.slices() == 9 {
            // Every other slice of a longer scan.
            let [a, b, c] = nodule_and_spot().try_into().unwrap();
            let blank = || seen(&[]);
            vec![blank(), a, blank(), b, blank(), c]
        } else {
            nodule_and_spot()
        };
        let order: &[usize] = if scan.slices() == 9 {
            &[1, 3, 5]
        } else {
            &[0, 1, 2]
        };
        let (analyses, changed) = arrived(&scan, &slices, order);
        assert_eq!(found(&analyses), alone);
        assert!(changed.is_empty());
    }
}

#[test]
fn nothing_has_a_say_across_a_gap() {
    let spot = || seen(&[(14, 14, 240)]);
    let slices = [seen(&[]), spot(), spot(), seen(&[])];
    let mut scan = tissue(EDGE, 4, Some(2.5));
    let (analyses, _) = arrived(&scan, &slices, &[0, 1, 2, 3]);
    assert_eq!(found(&analyses), [0, 1, 1, 0], "it goes on");
    scan.slice_positions_mm = vec![0.0, 2.5, 32.5, 35.0];
    let (analyses, _) = arrived(&scan, &slices, &[0, 1, 2, 3]);
    assert_eq!(
        found(&analyses),
        [0; 4],
        "two spots, each on one slice alone"
    );
}

#[test]
fn a_slice_that_was_analysed_differently_has_no_say() {
    let scan = tissue(EDGE, 3, Some(2.5));
    let slices = nodule_and_spot();
    let mut analyses: Map<usize, SliceAnalysis> = slices.into_iter().enumerate().collect();
    let alike = BTreeSet::from([0, 1]);
    series(&scan, &alike).refine(&mut analyses);
    // The first slice of the scan has one beside it, which is known.
    assert_eq!(found(&analyses), [1, 1, 0]);
    let middle = &known(&analyses, 1).refined;
    assert!(middle.contains(15, 15) && !middle.contains(4, 4));
}

#[test]
fn what_is_rejected_stays_so_when_the_slice_after_it_comes() {
    let scan = tissue(EDGE, 3, Some(2.5));
    let (mut analyses, _) = arrived(&scan, &nodule_and_spot(), &[0, 1]);
    assert!(analyses.get_mut(&0).unwrap().reject(0));
    let alike = BTreeSet::from([0, 1, 2]);
    analyses.insert(2, nodule_and_spot().remove(2));
    series(&scan, &alike).settle(2, &mut analyses);
    series(&scan, &alike).refine(&mut analyses);
    assert_eq!(found(&analyses), [0, 1, 1]);
    assert_eq!(known(&analyses, 0).rejected.len(), 1);
}
