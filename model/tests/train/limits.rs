//! The limits that are published with a network.

use model::settings::Postprocess;
use model::train::crops::{Crop, TARGET};
use model::train::limits::{alone, effect, generous, least_peak};
use model::train::score::best;
use model::train::stack::in_series;

use crate::crop;

#[test]
fn of_thresholds_that_are_as_good_the_lowest_is_published() {
    let dice = [(0.5, 0.700), (0.6, 0.719), (0.7, 0.720), (0.8, 0.715)];
    assert_eq!(best(&dice), (0.7, 0.720));
    assert_eq!(generous(&dice), (0.6, 0.719));
}

#[test]
fn a_clear_best_threshold_is_published() {
    let dice = [(0.5, 0.700), (0.6, 0.720), (0.7, 0.710)];
    assert_eq!(generous(&dice), best(&dice));
}

/// A crop whose target is answered exactly, as surely as `target`, and beside it a square where
/// nothing is, as surely as `vessel`.
fn answer(crop: &Crop, target: u8, vessel: u8) -> Vec<u8> {
    let mut answer: Vec<u8> = crop
        .label
        .iter()
        .map(|&label| if label == TARGET { target } else { 0 })
        .collect();
    for row in 2..8 {
        for column in 2..8 {
            let at = row * crop.columns + column;
            assert_eq!(crop.label[at], 0, "the vessel lies beside every mark");
            answer[at] = vessel;
        }
    }
    answer
}

#[test]
fn the_least_peak_leaves_out_what_is_nowhere_certain() {
    let crop = crop("one", 3.0);
    let answers = [
        (&crop, answer(&crop, 250, 190)),
        (&crop, answer(&crop, 245, 220)),
    ];
    let without = effect(&alone(&answers, &Postprocess::advised(0.5, 0.0)));
    assert!(
        (without.false_regions, without.touched) == (1.0, 1.0),
        "{without:?}"
    );
    let (peak, with) = least_peak(&answers, 0.5);
    // 245 of 255 is 0.961: at 0.97 the second target would be lost.
    assert!((peak - 0.96).abs() < 1e-6, "{peak}");
    assert!((with.false_regions, with.touched) == (0.0, 1.0), "{with:?}");
    assert!(with.dice > without.dice, "{with:?} {without:?}");
    assert!(with.left_empty == 0.0, "no crop is without a target");
}

#[test]
fn crops_of_consecutive_slices_are_judged_as_a_series() {
    let place = |patient: &str, nodule: &str, slice: i32| {
        let mut crop = crop(patient, 3.0);
        crop.about.place = Some((nodule.to_owned(), slice));
        crop
    };
    // The series are slices 7 to 9 and 11 to 12 of the first nodule.
    let crops = [
        place("one", "0", 7),
        place("one", "1", 8),
        place("one", "0", 8),
        place("two", "0", 10),
        place("one", "0", 9),
        crop("one", 3.0),
        place("one", "0", 12),
        place("one", "0", 11),
    ];
    // What is no tumour is seen on slice 8 alone.
    let answers: Vec<(&Crop, Vec<u8>)> = crops
        .iter()
        .zip([0, 0, 250, 0, 0, 0, 0, 0])
        .map(|(crop, vessel)| (crop, answer(crop, 250, vessel)))
        .collect();
    let settings = Postprocess::advised(0.5, 0.97);
    let series = in_series(&answers, &settings);
    let slices: Vec<i32> = series
        .iter()
        .filter_map(|it| Some(it.crop.about.place.as_ref()?.1))
        .collect();
    assert_eq!(slices, [7, 8, 9, 11, 12]);
    let with = effect(&series);
    assert!((with.false_regions, with.touched) == (0.0, 1.0), "{with:?}");
    let without = effect(&alone(&answers, &settings));
    assert!(without.false_regions > 0.0, "{without:?}");
}
