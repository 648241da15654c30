//! Runs whose answers are made up, so that it is known which validation is the best.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use burn::tensor::Device;
use model::analysis::preprocess::NetworkInput;
use model::train::checkpoint::Progress;
use model::train::crops::Crop;
use model::train::recipe::Recipe;
use model::train::run::{Answer, Place, Trainee, run};
use model::train::sample::{Batch, Sampler};
use model::train::score::predict;

use crate::{crop, recipe};

/// A network that marks everything brighter than −500 HU in as large a share of the image's rows
/// as its script says for each validation in turn: the more rows, the better.
struct Scripted {
    progress: Progress,
    shares: Vec<f32>,
    /// The step whose loss is none.
    fails_at: Option<usize>,
    /// Steps after which weights were kept.
    kept: Rc<RefCell<Vec<usize>>>,
}

impl Trainee for Scripted {
    fn progress(&mut self) -> &mut Progress {
        &mut self.progress
    }

    fn advance(&mut self, _recipe: &Recipe, _batch: Batch) -> anyhow::Result<f64> {
        let fails = self.fails_at == Some(self.progress.step + 1);
        Ok(if fails { f64::NAN } else { 1.0 })
    }

    fn predictor(&self, recipe: &Recipe) -> anyhow::Result<Box<Answer<'_>>> {
        let share = self.shares[self.progress.step / recipe.validate_every - 1];
        let stride = recipe.network.stride();
        let answer = move |input: &NetworkInput| -> Vec<f32> {
            let marked = (input.pixels.len() as f32 * share) as usize;
            let logit = |(at, &value): (usize, &f32)| {
                if value > -0.3 && at < marked {
                    9.0
                } else {
                    -9.0
                }
            };
            input.pixels.iter().enumerate().map(logit).collect()
        };
        Ok(Box::new(move |crop: &Crop| predict(&answer, stride, crop)))
    }

    fn keep(&self, _folder: &Path) -> anyhow::Result<()> {
        self.kept.borrow_mut().push(self.progress.step);
        Ok(())
    }

    fn save(&self, _folder: &Path) -> anyhow::Result<()> {
        Ok(())
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("neurocare-stop-{}-{name}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    folder
}

/// Validated every 5 of 60 steps with a patience of 3.
fn patient() -> Recipe {
    Recipe {
        steps: 60,
        validate_every: 5,
        patience: 3,
        ..recipe()
    }
}

/// Goes on with such a run in a folder.
fn go_on(trainee: Scripted, recipe: &Recipe, folder: &Path) -> anyhow::Result<Progress> {
    go_on_until(trainee, recipe, folder, None)
}

/// The same, and stops after a step.
fn go_on_until(
    trainee: Scripted,
    recipe: &Recipe,
    folder: &Path,
    stop_after: Option<usize>,
) -> anyhow::Result<Progress> {
    let place = Place {
        folder,
        device: Device::flex(),
        beside: Vec::new(),
        loaders: 1,
        stop_after,
        stop_after_minutes: None,
        start_from: None,
        teachers: Vec::new(),
    };
    let sampler = Sampler::new(vec![crop("a", 9.0)], Vec::new(), recipe.clone());
    let validation = [crop("d", 20.0), crop("e", 24.0)];
    run(trainee, recipe, sampler, &validation, &place)
}

fn scripted(shares: &[f32]) -> Scripted {
    Scripted {
        progress: Progress::default(),
        shares: shares.to_vec(),
        fails_at: None,
        kept: Rc::default(),
    }
}

/// Where a run with these shares ends, and the steps after which weights were kept.
fn end(name: &str, shares: &[f32]) -> (Progress, Vec<usize>) {
    let folder = folder(name);
    let trainee = scripted(shares);
    let kept = Rc::clone(&trainee.kept);
    let progress = go_on(trainee, &patient(), &folder).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    (progress, kept.take())
}

#[test]
fn a_loss_that_is_none_ends_the_run_before_it_is_saved() {
    let folder = folder("none");
    let trainee = Scripted {
        fails_at: Some(7),
        ..scripted(&[0.5; 12])
    };
    let error = go_on(trainee, &patient(), &folder).unwrap_err();
    assert!(error.to_string().contains("step 7 is NaN"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_run_that_is_over_does_not_go_on_but_with_more_patience() {
    let folder = folder("over");
    let over = go_on(scripted(&[0.5; 12]), &patient(), &folder).unwrap();
    assert_eq!(over.step, 20);
    let again = |recipe: &Recipe| {
        let trainee = Scripted {
            progress: over.clone(),
            ..scripted(&[0.5; 12])
        };
        go_on(trainee, recipe, &folder).unwrap().step
    };
    assert_eq!(again(&patient()), 20);
    let longer = Recipe {
        patience: 4,
        ..patient()
    };
    assert_eq!(again(&longer), 25);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_run_that_gets_no_better_stops_after_its_patience_and_keeps_the_best() {
    let (progress, kept) = end("worse", &[0.5, 0.6, 0.55, 0.6, 0.5, 1.0]);
    // The best after step 10; then three validations that are no better, one of them equal.
    assert_eq!((progress.best_step, progress.step), (10, 25));
    assert_eq!((progress.since_best, kept), (3, vec![5, 10]));
}

#[test]
fn a_run_that_never_finds_anything_stops_too() {
    let (progress, kept) = end("nothing", &[0.0; 12]);
    assert_eq!((progress.step, kept.len()), (15, 0));
}

#[test]
fn a_run_that_gets_better_now_and_then_goes_on_to_its_end() {
    let shares = [0.45, 0.4, 0.4, 0.5, 0.4, 0.4, 0.6, 0.4, 0.4, 0.7, 0.4, 0.5];
    let (progress, kept) = end("better", &shares);
    assert_eq!((progress.best_step, progress.step), (50, 60));
    assert_eq!(kept, [5, 20, 35, 50]);
}

/// What counts towards the end of a run is saved with it, to the last bit of the best Dice: one
/// that is as good is none that is better, whether the run was stopped between them or not.
#[test]
fn a_run_that_is_stopped_again_and_again_ends_by_its_patience_where_an_unbroken_one_does() {
    // A third and two thirds of the rows give values of Dice that need all their digits.
    let shares = [0.5, 2.0 / 3.0, 1.0 / 3.0, 2.0 / 3.0, 0.5, 1.0];
    let (whole, kept) = end("unbroken", &shares);
    let folder = folder("again");
    let mut progress = Progress::default();
    let mut kept_again = Vec::new();
    // In the middle, on a validation, right after one.
    for stop_after in [3, 10, 11, 15, 18, 20, 24, 60] {
        let trainee = Scripted {
            progress,
            ..scripted(&shares)
        };
        let kept = Rc::clone(&trainee.kept);
        let left = go_on_until(trainee, &patient(), &folder, Some(stop_after)).unwrap();
        let saved = serde_json::to_string(&left).unwrap();
        progress = serde_json::from_str(&saved).unwrap();
        kept_again.extend(kept.take());
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!((progress.step, progress.best_step), (25, 10));
    assert_eq!((whole.step, whole.best_step), (25, 10));
    assert_eq!(progress.best_dice.to_bits(), whole.best_dice.to_bits());
    assert_eq!(progress.since_best, whole.since_best);
    assert_eq!(kept_again, kept);
}
