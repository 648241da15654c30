use std::path::{Path, PathBuf};

use burn::tensor::Device;
use model::train::checkpoint::{Progress, load_network};
use model::train::fit::fit;
use model::train::recipe::Recipe;
use model::train::run::Place;
use model::train::sample::Sampler;

use crate::{crop, recipe, turn};

/// A folder of this test alone, empty.
fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("neurocare-train-{}-{name}", std::process::id()));
    std::fs::remove_dir_all(&folder).ok();
    folder
}

fn run(recipe: &Recipe, folder: &Path, stop_after: Option<usize>) -> Progress {
    let crops = vec![crop("a", 6.0), crop("b", 12.0), crop("c", 0.0)];
    let validation = [crop("d", 8.0), crop("e", 10.0)];
    let place = Place {
        folder,
        device: Device::flex(),
        loaders: 2,
        stop_after,
        start_from: None,
    };
    let progress = fit(
        recipe,
        Sampler::new(crops, Vec::new(), recipe.clone()),
        &validation,
        &place,
    );
    progress.unwrap()
}

fn weights(recipe: &Recipe, folder: &Path) -> Vec<f32> {
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
    load_network(folder, "average.bpk", recipe, &Device::flex())
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
    let (a, b) = (weights(&recipe, &unbroken), weights(&recipe, &broken));
    let off = a
        .iter()
        .zip(&b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(a.len() == b.len() && off == 0.0, "off by {off}");
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
