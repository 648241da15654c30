//! The learning rate, held to PyTorch's schedulers.

use model::train::recipe::Recipe;

use crate::oracle::oracle;
use crate::recipe;

#[test]
fn the_learning_rate_is_that_of_pytorchs_schedulers() {
    for schedule in oracle().schedules {
        let recipe = Recipe {
            steps: schedule.steps,
            warm_up: schedule.warm_up,
            learning_rate: schedule.highest,
            ..recipe()
        };
        assert_eq!(schedule.rates.len(), schedule.steps);
        for (step, expected) in schedule.rates.into_iter().enumerate() {
            let found = recipe.rate(step);
            assert!(
                (found / expected - 1.0).abs() < 1e-5,
                "step {step}: {found}, not {expected}"
            );
        }
    }
}

#[test]
fn without_a_warm_up_the_highest_rate_comes_first_and_a_hundredth_is_left() {
    let recipe = Recipe {
        steps: 400,
        warm_up: 0.0,
        learning_rate: 0.2,
        ..recipe()
    };
    assert!((recipe.rate(0) - 0.2).abs() < 1e-12);
    assert!((recipe.rate(400) - 0.002).abs() < 1e-12);
    // Half of the way, half of what falls: 0.002 + 0.198 / 2.
    assert!((recipe.rate(200) - 0.101).abs() < 1e-12);
}
