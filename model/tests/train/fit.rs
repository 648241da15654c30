//! Runs that are stopped and go on.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use model::net::Normalisation;
use model::train::checkpoint::{Progress, load_network};
use model::train::crops::{Crop, TARGET};
use model::train::fit::fit;
use model::train::hard::file;
use model::train::recipe::Recipe;
use model::train::run::Place;
use model::train::sample::Sampler;

use crate::{crop, recipe, turn, with_vessel};

/// A folder of this test alone, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("neurocare-train-{}-{name}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    folder
}

/// A run on the processor, from its beginning or from the checkpoint in `folder` to its end.
pub(crate) fn place(folder: &Path) -> Place<'_> {
    Place {
        folder,
        device: Device::flex(),
        beside: Vec::new(),
        loaders: 2,
        stop_after: None,
        stop_after_minutes: None,
        start_from: None,
        teachers: Vec::new(),
    }
}

/// Small, large and no nodule.
pub(crate) fn crops() -> Vec<Crop> {
    vec![crop("a", 6.0), crop("b", 12.0), crop("c", 0.0)]
}

/// Crops of other patients.
pub(crate) fn validation() -> [Crop; 2] {
    [crop("d", 8.0), crop("e", 10.0)]
}

fn run(recipe: &Recipe, folder: &Path, stop_after: Option<usize>) -> Progress {
    train(recipe, folder, crops(), |place| {
        place.stop_after = stop_after;
    })
    .unwrap()
}

fn train<'a>(
    recipe: &Recipe,
    folder: &'a Path,
    crops: Vec<Crop>,
    change: impl FnOnce(&mut Place<'a>),
) -> anyhow::Result<Progress> {
    let mut place = place(folder);
    change(&mut place);
    let sampler = Sampler::new(crops, Vec::new(), recipe.clone());
    fit(recipe, sampler, &validation(), &place)
}

/// All that was learnt, one after another.
pub(crate) fn weights(recipe: &Recipe, folder: &Path) -> Vec<f32> {
    learnt(recipe, folder, "average.bpk")
}

/// The same of the file `name`.
fn learnt(recipe: &Recipe, folder: &Path, name: &str) -> Vec<f32> {
    use burn::module::{Module as _, ModuleVisitor, Param};
    use burn::tensor::Tensor;
    struct All(Vec<f32>);
    impl ModuleVisitor for All {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0
                .extend(param.val().into_data().try_into_vec::<f32>().unwrap());
        }
    }
    let mut all = All(Vec::new());
    load_network(folder, name, recipe, &Device::flex())
        .unwrap()
        .visit(&mut all);
    all.0
}

#[test]
fn a_resumed_run_ends_exactly_where_an_unbroken_one_does() {
    let _turn = turn();
    let recipe = recipe();
    let (unbroken, broken) = (folder("unbroken"), folder("broken"));
    run(&recipe, &unbroken, None);
    run(&recipe, &broken, Some(6));
    let progress = run(&recipe, &broken, None);
    assert_eq!(progress.step, recipe.steps);
    assert_eq!(weights(&recipe, &unbroken), weights(&recipe, &broken));
    for folder in [unbroken, broken] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

/// What a run writes that does not depend on time: progress, and steps, names and values of the
/// log.
fn written(folder: &Path) -> (serde_json::Value, Vec<String>) {
    let progress = std::fs::read_to_string(folder.join("progress.json")).unwrap();
    let mut progress: serde_json::Value = serde_json::from_str(&progress).unwrap();
    progress["seconds"].take();
    progress["unlogged"]["waited_seconds"].take();
    let log = std::fs::read_to_string(folder.join("log.csv")).unwrap();
    let without_waits = |line: &str| line.rsplit_once(',').unwrap().0.to_owned();
    (progress, log.lines().map(without_waits).collect())
}

#[test]
fn a_run_that_was_stopped_between_its_validations_leaves_what_an_unbroken_one_does() {
    let _turn = turn();
    let recipe = Recipe {
        steps: 57,
        validate_every: 15,
        ..recipe()
    };
    let (unbroken, broken) = (folder("odd-unbroken"), folder("odd-broken"));
    let whole = run(&recipe, &unbroken, None);
    assert!(whole.best_dice > 0.0);
    for stop_after in [Some(17), Some(37), Some(51), None] {
        run(&recipe, &broken, stop_after);
    }
    let (progress, log) = written(&unbroken);
    assert_eq!(written(&broken), (progress, log.clone()));
    let validated = log.iter().filter(|line| line.contains("val_dice"));
    // After 15, 30 and 45 steps, and at the end.
    assert_eq!(validated.count(), 4);
    assert!(log.iter().any(|line| line.starts_with("50,train_loss,")));
    for name in ["average.bpk", "best.bpk"] {
        let values = |folder| learnt(&recipe, folder, name);
        assert_eq!(values(&unbroken), values(&broken), "{name}");
    }
    for folder in [unbroken, broken] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn progress_of_earlier_versions_is_read() {
    let old = r#"{"step":6,"best_dice":0.5,"best_threshold":0.4,"best_step":6,"since_best":0,"seconds":1.5}"#;
    let progress: Progress = serde_json::from_str(old).unwrap();
    assert_eq!((progress.step, progress.best_step), (6, 6));
}

#[test]
fn a_run_goes_on_with_its_own_recipe_and_data_only() {
    let _turn = turn();
    let recipe = recipe();
    let folder = folder("same");
    run(&recipe, &folder, Some(6));
    let refused = |recipe: &Recipe, crops| {
        let refused = train(recipe, &folder, crops, |_| {}).unwrap_err();
        refused.to_string()
    };
    let other = Recipe {
        batch: 4,
        seed: 9,
        ..recipe.clone()
    };
    let said = refused(&other, crops());
    assert!(said.contains("differs in \"batch\", \"seed\":"), "{said}");
    // Its weights do not fit, and are not read.
    let mut wider = recipe.clone();
    wider.network.width *= 2;
    let said = refused(&wider, crops());
    assert!(said.contains("differs in \"network\":"), "{said}");
    let mut brighter = crops();
    brighter[0].hu[0] += 1;
    let mut marked = crops();
    marked[0].label[0] = TARGET;
    for other in [brighter, marked, crops().split_off(1)] {
        let said = refused(&recipe, other);
        assert!(said.contains("begun with other crops or whole"), "{said}");
    }
    let patient = Recipe {
        patience: 11,
        ..recipe
    };
    assert_eq!(run(&patient, &folder, None).step, patient.steps);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_run_goes_on_from_its_own_start_with_its_own_teachers_only() {
    let _turn = turn();
    let recipe = recipe();
    let (one, two, begun) = (folder("start-one"), folder("start-two"), folder("started"));
    run(&recipe, &one, Some(1));
    run(&recipe, &two, Some(2));
    let go_on = |steps, from, teacher: Option<&PathBuf>| {
        train(&recipe, &begun, crops(), |place| {
            place.stop_after = Some(steps);
            place.start_from = from;
            place.teachers = teacher.cloned().into_iter().collect();
        })
        .map(|progress| progress.step)
        .map_err(|error| error.to_string())
    };
    assert_eq!(go_on(2, Some(&one), Some(&two)), Ok(2));
    assert_eq!(go_on(3, Some(&one), Some(&two)), Ok(3));
    // What it began with is not needed any more, and is not forgotten.
    assert_eq!(go_on(4, None, Some(&two)), Ok(4));
    let said = go_on(5, Some(&two), Some(&two)).unwrap_err();
    assert!(said.contains("other weights to start from"), "{said}");
    let said = go_on(5, Some(&one), Some(&one)).unwrap_err();
    assert!(said.contains("begun with other teachers"), "{said}");
    let said = go_on(5, Some(&one), None).unwrap_err();
    assert!(said.contains("begun with other teachers"), "{said}");
    // Runs of earlier versions say nothing of it.
    std::fs::remove_file(begun.join("inputs.json")).unwrap();
    assert_eq!(go_on(5, Some(&two), None), Ok(5));
    for folder in [one, two, begun] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_run_with_another_normalisation_goes_on_exactly_too_and_begins_no_other() {
    let _turn = turn();
    for normalisation in [Normalisation::Group, Normalisation::None] {
        let recipe = Recipe {
            normalisation,
            ..recipe()
        };
        let (unbroken, broken) = (folder("normal-unbroken"), folder("normal-broken"));
        run(&recipe, &unbroken, None);
        run(&recipe, &broken, Some(6));
        run(&recipe, &broken, None);
        assert_eq!(weights(&recipe, &unbroken), weights(&recipe, &broken));
        let other = folder("normal-other");
        let crops = vec![crop("a", 6.0)];
        let refused = train(&crate::recipe(), &other, crops, |place| {
            place.start_from = Some(&unbroken);
        });
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains("the recipe wants Batch"), "{refused}");
        for folder in [unbroken, broken] {
            std::fs::remove_dir_all(folder).unwrap();
        }
    }
}

#[test]
fn a_run_that_is_out_of_time_goes_on_exactly_where_it_stopped() {
    let _turn = turn();
    let recipe = recipe();
    let (unbroken, broken) = (folder("in-time"), folder("out-of-time"));
    run(&recipe, &unbroken, None);
    for steps in 1..=3 {
        let progress = train(&recipe, &broken, crops(), |place| {
            place.stop_after_minutes = Some(0.0);
        });
        assert_eq!(progress.unwrap().step, steps);
    }
    run(&recipe, &broken, None);
    assert_eq!(weights(&recipe, &unbroken), weights(&recipe, &broken));
    for folder in [unbroken, broken] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn a_network_learns_to_see_a_bright_disc() {
    let _turn = turn();
    let recipe = Recipe {
        steps: 80,
        validate_every: 80,
        average_decay: 0.9,
        batch: 4,
        ..recipe()
    };
    let folder = folder("disc");
    let progress = run(&recipe, &folder, None);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(progress.best_dice > 0.7, "Dice {}", progress.best_dice);
}

#[test]
fn a_run_with_hard_negatives_goes_on_exactly_too() {
    let _turn = turn();
    let recipe = Recipe {
        steps: 40,
        validate_every: 10,
        batch: 4,
        hard_share: 0.5,
        hard_every: 10,
        hard_from: 20,
        hard_crops: 4,
        ..recipe()
    };
    let (unbroken, broken) = (folder("hard-unbroken"), folder("hard-broken"));
    let run = |folder, stop_after| {
        let crops = vec![crop("a", 8.0), with_vessel("b"), with_vessel("c")];
        train(&recipe, folder, crops, |place| {
            place.stop_after = stop_after;
        })
        .unwrap()
    };
    run(&unbroken, None);
    run(&broken, Some(24));
    run(&broken, None);
    assert_eq!(weights(&recipe, &unbroken), weights(&recipe, &broken));
    for step in [20, 30] {
        let found = std::fs::read_to_string(file(&unbroken, step)).unwrap();
        assert!(found.lines().count() > 1, "no false alarm after {step}");
        assert_eq!(found, std::fs::read_to_string(file(&broken, step)).unwrap());
        let log = std::fs::read_to_string(unbroken.join("log.csv")).unwrap();
        let count = found.lines().count() - 1;
        assert!(
            log.contains(&format!("\n{step},false_alarms,{count}.000000,")),
            "{log}"
        );
    }
    for folder in [unbroken, broken] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn devices_that_share_a_batch_learn_and_go_on_exactly() {
    let _turn = turn();
    let recipe = Recipe {
        steps: 60,
        validate_every: 30,
        batch: 8,
        ..recipe()
    };
    let (unbroken, broken) = (folder("shared"), folder("shared-broken"));
    let on = |folder, devices: usize, stop_after| {
        let crops = vec![crop("a", 6.0), crop("b", 12.0), crop("c", 0.0)];
        train(&recipe, folder, crops, |place| {
            place.beside = vec![Device::flex(); devices - 1];
            place.stop_after = stop_after;
        })
    };
    let progress = on(&unbroken, 2, None).unwrap();
    assert!(progress.best_dice > 0.6, "Dice {}", progress.best_dice);
    on(&broken, 2, Some(30)).unwrap();
    on(&broken, 2, None).unwrap();
    assert_eq!(weights(&recipe, &unbroken), weights(&recipe, &broken));
    let odd = folder("shared-odd");
    let three = on(&odd, 3, None).unwrap_err();
    assert!(three.to_string().contains("cannot be shared"), "{three}");
    for folder in [unbroken, broken, odd] {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
