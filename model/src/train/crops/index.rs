//! `index.csv`: a line for every crop.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Split;

/// A line. Numbers that are not there, or are none, are not known.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    patient: Option<String>,
    /// The strip, where it is not named after the patient.
    file: Option<String>,
    #[serde(default)]
    split: String,
    pub(super) row: usize,
    nodule: Option<String>,
    slice: Option<String>,
    /// HU = slope · grey + intercept; 16-bit strips without it hold HU + 1024.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    hu_slope: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    hu_intercept: Option<f32>,
    pub(super) hu_method: Option<String>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pixel_mm: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub(super) malignancy_mean: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub(super) diameter_mm: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    nodule_annotators: Option<f32>,
}

impl Line {
    /// Name of the strip's files, without ending.
    pub(super) fn strip(&self) -> &str {
        let name = self.file.as_deref().or(self.patient.as_deref());
        let name = name.unwrap_or_default();
        name.strip_suffix(".png").unwrap_or(name)
    }

    pub(super) fn patient(&self) -> &str {
        self.patient.as_deref().unwrap_or_else(|| self.strip())
    }

    /// `None`: the index does not say it, or has a name of its own.
    pub(super) fn split(&self) -> Option<Split> {
        match self.split.to_lowercase().as_str() {
            "train" => Some(Split::Train),
            "val" => Some(Split::Val),
            "test" => Some(Split::Test),
            _ => None,
        }
    }

    /// Slope and intercept of the greys.
    pub(super) fn scale(&self) -> Option<(f32, f32)> {
        self.hu_slope.zip(self.hu_intercept)
    }

    /// Edge of a pixel, if it is one.
    pub(super) fn pixel_mm(&self) -> Option<f32> {
        self.pixel_mm.filter(|&mm| mm > 0.0)
    }

    pub(super) fn annotators(&self) -> Option<u8> {
        self.nodule_annotators.map(|count| count as u8)
    }

    /// Nodule, and number of the slice in it. Not every index has numbers there.
    pub(super) fn place(&self) -> Option<(String, i32)> {
        let slice = self.slice.as_ref()?.parse().ok()?;
        Some((self.nodule.clone()?, slice))
    }
}

/// Reads the index of a folder, whichever of the usual separators it has.
pub(super) fn read(data: &Path) -> Result<Vec<Line>> {
    let path = data.join("index.csv");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let head = text.lines().next().unwrap_or_default();
    let separator = ['\t', ';', ',']
        .into_iter()
        .max_by_key(|&separator| head.matches(separator).count());
    let lines = csv::ReaderBuilder::new()
        .delimiter(separator.unwrap_or(',') as u8)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
        .into_deserialize()
        .collect::<Result<_, csv::Error>>();
    lines.with_context(|| format!("reading {}", path.display()))
}

/// The lines of a split; those without one belong to any. Not asked for one, those of `test`, or
/// all where the index has none of these.
///
/// # Errors
/// An asked-for split that no line has.
pub(super) fn choose(
    lines: Vec<Line>,
    split: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Vec<Line>> {
    let names: BTreeSet<String> = lines.iter().map(|line| line.split.to_lowercase()).collect();
    let named: Vec<&str> = names.iter().map(String::as_str).collect();
    let known = named.join(", ");
    let split = split.map(str::to_lowercase);
    let wanted = match split.as_deref() {
        None if names.contains("test") => "test",
        None | Some("all") => {
            if named.iter().any(|name| !name.is_empty()) {
                notes.push(format!("lines of all splits ({known}) are scored"));
            }
            return Ok(lines);
        }
        Some(name) => name,
    };
    if !names.contains("") && !names.contains(wanted) {
        bail!("no line of the index has the split {wanted}; there are: {known}");
    }
    let is_wanted = |line: &Line| line.split.is_empty() || line.split.eq_ignore_ascii_case(wanted);
    Ok(lines.into_iter().filter(is_wanted).collect())
}
