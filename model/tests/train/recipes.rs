use std::path::{Path, PathBuf};

use model::net::Normalisation;
use model::train::recipe::Recipe;

fn recipes(folder: &str) -> Vec<(PathBuf, Recipe)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("config")
        .join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| Recipe::read(path).unwrap();
    paths
        .iter()
        .map(|path| (path.clone(), read(path)))
        .collect()
}

#[test]
fn every_recipe_of_the_repository_is_one() {
    assert!(recipes("").len() >= 4);
}

#[test]
fn a_recipe_that_no_run_can_follow_is_refused_with_a_reason() {
    let file = std::env::temp_dir().join(format!("neurocare-recipe-{}.json", std::process::id()));
    let [(_, sound), ..] = &recipes("")[..] else {
        panic!("there are none");
    };
    let refused = |change: &dyn Fn(&mut Recipe)| {
        let mut recipe = sound.clone();
        change(&mut recipe);
        std::fs::write(&file, serde_json::to_string(&recipe).unwrap()).unwrap();
        Recipe::read(&file).err().map(|error| format!("{error:#}"))
    };
    assert_eq!(refused(&|_| {}), None);
    assert_eq!(refused(&|it| it.scale = (1.0, 1.0)), None, "no zoom at all");
    let because = |change: &dyn Fn(&mut Recipe), reason: &str| {
        let said = refused(change).unwrap();
        assert!(said.contains(reason), "{said}");
    };
    because(&|it| it.window = 100, "no multiple of the network's 16");
    because(&|it| it.late_window = Some(0), "0 pixels");
    because(&|it| it.scale = (2.0, 0.5), "from 2 to 0.5");
    because(&|it| it.batch = 0, "at least one window");
    because(&|it| it.validate_every = 0, "one step apart");
    std::fs::remove_file(file).unwrap();
}

#[test]
fn runs_of_the_ablation_differ_in_one_thing() {
    let recipes = recipes("ablation");
    let fields = |recipe: &Recipe| -> Vec<(String, serde_json::Value)> {
        let mut whole = serde_json::to_value(recipe).unwrap();
        let network = whole["network"].take();
        let parts = [whole, network].into_iter();
        parts
            .flat_map(|part| part.as_object().unwrap().clone())
            .collect()
    };
    let named = |name: &str| {
        let found = recipes.iter().find(|(path, _)| path.ends_with(name));
        fields(&found.unwrap().1)
    };
    let base = named("unetpp.json");
    for (name, changed) in [
        ("unetpp-no-attention.json", vec!["attention"]),
        ("unetpp-no-side-heads.json", vec!["deep_supervision"]),
        ("unetpp-no-dice.json", vec!["dice"]),
        (
            "unet.json",
            vec!["architecture", "attention", "deep_supervision"],
        ),
    ] {
        let other = named(name);
        let differ = base.iter().zip(&other).filter(|(a, b)| a != b);
        let mut names: Vec<&str> = differ.map(|(a, _)| a.0.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, changed, "{name}");
    }
}

#[test]
fn no_patient_is_in_two_splits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/splits.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let lines: Vec<(String, String)> = reader.deserialize().map(Result::unwrap).collect();
    let patients: std::collections::BTreeSet<&String> = lines.iter().map(|line| &line.0).collect();
    assert_eq!(patients.len(), lines.len());
    let count = |split: &str| lines.iter().filter(|line| line.1 == split).count();
    // As the card says.
    assert_eq!(
        [count("train"), count("val"), count("test")],
        [602, 128, 79]
    );
}

#[test]
fn recipes_that_name_no_normalisation_have_that_of_the_batch() {
    let read = |text: &str| serde_json::from_str::<Recipe>(text).map(|it| it.normalisation);
    let mut whole: serde_json::Value =
        serde_json::from_str(include_str!("../../config/unet-2.json")).unwrap();
    assert_eq!(read(&whole.to_string()).unwrap(), Normalisation::Batch);
    for (name, expected) in [
        ("batch", Normalisation::Batch),
        ("group", Normalisation::Group),
        ("none", Normalisation::None),
    ] {
        whole["normalisation"] = name.into();
        assert_eq!(read(&whole.to_string()).unwrap(), expected);
    }
    whole["normalisation"] = "layer".into();
    assert!(read(&whole.to_string()).is_err());
}
