//! What a run may learn from: never a patient that its scores are of.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, ensure};

use super::crops::{self, Crop, Split};

/// Checks the crops of a run, and the patients of the whole slices that it is to learn from, too.
///
/// # Errors
/// There is nothing to learn from or to score by, or a patient is on both sides.
pub fn check(
    data: &Path,
    training: &[Crop],
    validation: &[Crop],
    of_slices: &[&str],
) -> Result<()> {
    for (crops, name) in [(training, "train"), (validation, "val")] {
        ensure!(
            crops.iter().any(|crop| crop.target_pixels() > 0),
            "the index has {} crops of the split \"{name}\", and none with a target",
            crops.len()
        );
    }
    let learnt = crops::patients(data, &[Split::Train])?;
    let held_out = crops::patients(data, &[Split::Val, Split::Test])?;
    apart(&learnt, &held_out)?;
    apart(
        &of_slices.iter().map(|it| (*it).to_owned()).collect(),
        &held_out,
    )
}

fn apart(learnt: &BTreeSet<String>, held_out: &BTreeSet<String>) -> Result<()> {
    let both: Vec<&str> = learnt.intersection(held_out).map(String::as_str).collect();
    ensure!(
        both.is_empty(),
        "a network must not learn from patients that it is scored by: {}",
        both.join(", ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_on_both_sides_are_named() {
        let of = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
        assert!(apart(&of(&["1", "2"]), &of(&["3"])).is_ok());
        let said = apart(&of(&["1", "2", "3"]), &of(&["3", "2"])).unwrap_err();
        assert!(said.to_string().ends_with("scored by: 2, 3"), "{said}");
    }
}
