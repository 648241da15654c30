//! That a run goes on as what it began: with the same recipe, the same data, and the same networks
//! beside it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::crops::Crop;
use super::recipe::Recipe;
use super::run::Place;
use super::whole;
use crate::hex::hex;

const RECIPE: &str = "recipe.json";
const INPUTS: &str = "inputs.json";

/// What a run computes with beside its recipe, each by its SHA-256 in hexadecimal.
#[derive(Debug, Serialize, Deserialize)]
struct Inputs {
    /// Crops and whole slices, of training and of validation.
    data: String,
    /// The weights that it began with, if they were not random.
    start_from: Option<String>,
    /// The networks that it learns from.
    teachers: Vec<String>,
}

/// Notes recipe and inputs in the folder of a run that begins, and holds those of one that goes on
/// against them.
///
/// Of the recipe only `patience` may differ: it says when to give up, and changes no weight. All
/// else would make a network that no recipe describes: the learning rate, for one, follows from the
/// number of steps. `--start-from` may be left out: the weights are those of the checkpoint by now.
///
/// # Errors
/// A run that goes on with something else; what the disk says. Runs begun by earlier versions have
/// no note of their inputs, and go on with any.
pub(super) fn check<'a>(
    recipe: &Recipe,
    crops: impl Iterator<Item = &'a Crop>,
    place: &Place<'_>,
    goes_on: bool,
) -> Result<()> {
    let folder = place.folder;
    let mut inputs = Inputs::of(crops, place)?;
    if goes_on {
        check_recipe(recipe, folder)?;
        if let Some(before) = Inputs::read(folder)? {
            let differ = before.differing(&inputs);
            ensure!(
                differ.is_empty(),
                "the run in {} was begun with other {}: go on with those, or choose another folder",
                folder.display(),
                differ.join(" and other ")
            );
            inputs.start_from = before.start_from;
        }
    }
    whole::write(folder, |part| {
        let json = serde_json::to_string_pretty(recipe)?;
        fs::write(part.join(RECIPE), json).context("writing the recipe")?;
        let json = serde_json::to_string_pretty(&inputs)?;
        fs::write(part.join(INPUTS), json).context("writing what the run computes with")
    })
}

/// Holds a recipe against that of the run in a folder: before its weights are read, which do not
/// fit another network.
///
/// # Errors
/// Another recipe, but for `patience`; what the disk says.
pub(super) fn check_recipe(recipe: &Recipe, folder: &Path) -> Result<()> {
    let differ = differing(&Recipe::read(&folder.join(RECIPE))?, recipe)?;
    ensure!(
        differ.is_empty(),
        "the run in {} was begun with another recipe, which differs in {}: only \"patience\" may. Go on with that one ({RECIPE}), or choose another folder",
        folder.display(),
        differ.join(", ")
    );
    Ok(())
}

/// The names of the recipe's fields that are not the same, and may not differ.
fn differing(before: &Recipe, now: &Recipe) -> Result<Vec<String>> {
    let with_patience = Recipe {
        patience: now.patience,
        ..before.clone()
    };
    let before = serde_json::to_value(with_patience)?;
    let now = serde_json::to_value(now)?;
    let fields = now.as_object().into_iter().flatten();
    let differ = fields.filter(|(name, value)| before.get(name.as_str()) != Some(*value));
    Ok(differ.map(|(name, _)| format!("\"{name}\"")).collect())
}

impl Inputs {
    fn of<'a>(crops: impl Iterator<Item = &'a Crop>, place: &Place<'_>) -> Result<Self> {
        let teachers = place.teachers.iter().map(|run| weights(run));
        Ok(Self {
            data: data(crops),
            start_from: place.start_from.map(weights).transpose()?,
            teachers: teachers.collect::<Result<_>>()?,
        })
    }

    fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(INPUTS);
        let wrong = || format!("reading {}", path.display());
        match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            text => serde_json::from_slice(&text.with_context(wrong)?).with_context(wrong),
        }
    }

    fn differing(&self, now: &Self) -> Vec<&'static str> {
        let starts_elsewhere = now.start_from.is_some() && self.start_from != now.start_from;
        [
            (self.data != now.data, "crops or whole slices"),
            (starts_elsewhere, "weights to start from (--start-from)"),
            (self.teachers != now.teachers, "teachers (--teacher)"),
        ]
        .into_iter()
        .filter_map(|(differs, name)| differs.then_some(name))
        .collect()
    }
}

/// Images and marks, and whose they are, in their order.
fn data<'a>(crops: impl Iterator<Item = &'a Crop>) -> String {
    let mut digest = Sha256::new();
    for crop in crops {
        let size = (crop.rows, crop.columns, crop.pixel_mm.to_bits());
        digest.update(format!("{:?}\n", (&crop.patient, crop.row, size)));
        let hu: Vec<u8> = crop.hu.iter().flat_map(|hu| hu.to_le_bytes()).collect();
        digest.update(hu);
        digest.update(&crop.label);
    }
    hex(&digest.finalize())
}

/// The averaged weights of a run, or those of a file.
fn weights(of: &Path) -> Result<String> {
    let path = if of.is_dir() {
        of.join("average.bpk")
    } else {
        of.to_owned()
    };
    let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    Ok(hex(&Sha256::digest(bytes)))
}
