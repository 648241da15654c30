use model::train::score::{best, sparing};

#[test]
fn of_thresholds_that_are_as_good_the_highest_is_published() {
    let dice = [(0.5, 0.700), (0.6, 0.720), (0.7, 0.719), (0.8, 0.715)];
    assert_eq!(best(&dice), (0.6, 0.720));
    assert_eq!(sparing(&dice), (0.7, 0.719));
}

#[test]
fn a_clear_best_threshold_is_published() {
    let dice = [(0.5, 0.700), (0.6, 0.720), (0.7, 0.710)];
    assert_eq!(sparing(&dice), best(&dice));
}
