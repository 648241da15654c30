//! The recipes of the repository, and what is refused.

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
fn a_misspelt_name_is_refused() {
    let whole: serde_json::Value =
        serde_json::from_str(include_str!("../../config/unetpp-2b.json")).unwrap();
    let read = |change: fn(&mut serde_json::Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        serde_json::from_value::<Recipe>(changed).map_err(|error| error.to_string())
    };
    assert!(read(|_| {}).is_ok());
    let said = read(|recipe| recipe["windw_dice"] = 0.3.into()).unwrap_err();
    assert!(said.contains("windw_dice"), "{said}");
    let said = read(|recipe| recipe["network"]["atention"] = true.into()).unwrap_err();
    assert!(said.contains("atention"), "{said}");
}

#[test]
fn a_recipe_that_no_run_could_follow_is_refused_by_name() {
    let whole: serde_json::Value =
        serde_json::from_str(include_str!("../../config/unet-2.json")).unwrap();
    let folder = std::env::temp_dir();
    let path = folder.join(format!("neurocare-recipe-{}.json", std::process::id()));
    let read = |name: &str, value: serde_json::Value| {
        let mut changed = whole.clone();
        changed[name] = value;
        std::fs::write(&path, changed.to_string()).unwrap();
        Recipe::read(&path).map_err(|error| format!("{error:#}"))
    };
    assert!(read("scale", serde_json::json!([1.0, 1.0])).is_ok());
    for (name, value) in [
        ("scale", serde_json::json!([1.25, 0.8])),
        ("scale", serde_json::json!([0.0, 1.0])),
        ("window", serde_json::json!(100)),
        ("window", serde_json::json!(0)),
        ("late_window", serde_json::json!(72)),
        ("batch", serde_json::json!(0)),
        ("validate_every", serde_json::json!(0)),
        ("steps", serde_json::json!(0)),
        ("validation_crops", serde_json::json!(0)),
        ("patience", serde_json::json!(0)),
        ("empty_share", serde_json::json!(1.5)),
        ("noise_hu", serde_json::json!(-1.0)),
        ("learning_rate", serde_json::json!(0.0)),
        ("window_smooth", serde_json::json!(0.0)),
    ] {
        let said = read(name, value).unwrap_err();
        assert!(said.contains(&format!("\"{name}\"")), "{said}");
    }
    // 0.3 of the windows are empty.
    assert!(read("slice_share", serde_json::json!(0.7)).is_ok());
    let said = read("slice_share", serde_json::json!(0.71)).unwrap_err();
    assert!(said.contains("\"slice_share\" are 1.01 together"), "{said}");
    // What could not be published either.
    for (name, value) in [
        ("depth", serde_json::json!(7)),
        ("width", serde_json::json!(129)),
        ("attention", serde_json::json!(true)),
        ("deep_supervision", serde_json::json!(true)),
    ] {
        let mut network = whole["network"].clone();
        network[name] = value;
        assert!(
            read("network", network).unwrap_err().contains(name),
            "{name}"
        );
    }
    // The U-Net has no side heads that a weight of 0 would leave untaught.
    assert!(read("side_head_weight", serde_json::json!(0.0)).is_ok());
    let mut untaught = whole.clone();
    untaught["network"]["architecture"] = "unetpp".into();
    untaught["network"]["deep_supervision"] = true.into();
    untaught["side_head_weight"] = 0.into();
    std::fs::write(&path, untaught.to_string()).unwrap();
    let said = format!("{:#}", Recipe::read(&path).unwrap_err());
    assert!(said.contains("\"side_head_weight\" is 0"), "{said}");
    std::fs::remove_file(path).unwrap();
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

#[test]
fn patience_ends_only_runs_that_are_validated_more_often() {
    let recipe = |patience, steps| Recipe {
        steps,
        validate_every: 6,
        patience,
        ..crate::recipe()
    };
    // After 6 and 12 steps; after 6, 12 and 13.
    assert_eq!(recipe(2, 12).validations(), 2);
    assert!(!recipe(2, 12).can_stop_early());
    assert_eq!(recipe(2, 13).validations(), 3);
    assert!(recipe(2, 13).can_stop_early());
}
