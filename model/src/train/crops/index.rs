//! `index.csv`: a line for every crop.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Error, Result, bail, ensure};
use csv::StringRecord;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{PIXEL_MM, Split};

/// A line. Numbers that are not there, or are none, are not known.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    patient: Option<String>,
    /// The strip, where it is not named after the patient.
    file: Option<String>,
    #[serde(default)]
    split: String,
    #[serde(deserialize_with = "whole")]
    pub(super) row: usize,
    nodule: Option<String>,
    slice: Option<String>,
    /// HU = slope · grey + intercept; 16-bit strips without it hold HU + 1024.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    hu_slope: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    hu_intercept: Option<f32>,
    hu_method: Option<String>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pixel_mm: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub(super) malignancy_mean: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    pub(super) diameter_mm: Option<f32>,
    #[serde(default, deserialize_with = "csv::invalid_option")]
    nodule_annotators: Option<f32>,
    /// Pixels of the target, as counted by who made the index.
    #[serde(default, deserialize_with = "csv::invalid_option")]
    area_target: Option<f32>,
}

/// A whole number, also one that a program wrote as `12.0` because others of its column are
/// missing.
///
/// # Errors
/// Anything else.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    let text = String::deserialize(deserializer)?;
    let number: f64 = text.parse().map_err(D::Error::custom)?;
    if number >= 0.0 && number.fract() == 0.0 && number <= f64::from(u32::MAX) {
        Ok(number as usize)
    } else {
        Err(D::Error::custom(format!("{text} is no whole number")))
    }
}

impl Line {
    /// Name of the strip's files, without ending.
    pub(super) fn strip(&self) -> &str {
        let file = self.file.as_deref();
        let name = file.or(self.patient.as_deref()).unwrap_or_default();
        let inside = name.strip_prefix("images");
        let inside = inside.and_then(|rest| rest.strip_prefix(['/', '\\']));
        let name = inside.unwrap_or(name);
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

    /// Whether the index says that it is of one of these splits.
    pub(super) fn is_of(&self, splits: &[Split]) -> bool {
        self.split().is_some_and(|split| splits.contains(&split))
    }

    /// Slope and intercept of the greys, if they give HU: a slope of 0 makes all greys the same.
    pub(super) fn scale(&self) -> Option<(f32, f32)> {
        let scale = self.hu_slope.zip(self.hu_intercept);
        scale.filter(|(slope, intercept)| {
            slope.is_finite() && *slope != 0.0 && intercept.is_finite()
        })
    }

    /// How HU were come by, if the index says it.
    pub(super) fn hu_method(&self) -> Option<&str> {
        self.hu_method.as_deref().filter(|it| !it.is_empty())
    }

    /// Edge of a pixel, if it is one.
    pub(super) fn pixel_mm(&self) -> Option<f32> {
        self.pixel_mm.filter(|mm| PIXEL_MM.contains(mm))
    }

    pub(super) fn target_px(&self) -> Option<usize> {
        let pixels = self.area_target.filter(|it| it.is_finite() && *it >= 0.0);
        pixels.map(|pixels| pixels as usize)
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

/// The column of splits.
const SPLIT: &str = "split";

/// Other names of columns, and ours.
const ALIASES: [(&str, &str); 20] = [
    ("patient_id", "patient"),
    ("patientid", "patient"),
    ("case", "patient"),
    ("case_id", "patient"),
    ("subject", "patient"),
    ("subject_id", "patient"),
    ("image", "file"),
    ("filename", "file"),
    ("subset", SPLIT),
    ("partition", SPLIT),
    ("slope", "hu_slope"),
    ("rescale_slope", "hu_slope"),
    ("intercept", "hu_intercept"),
    ("rescale_intercept", "hu_intercept"),
    ("tumour_pixels", "area_target"),
    ("target_px", "area_target"),
    ("spacing_mm", "pixel_mm"),
    ("pixel_spacing", "pixel_mm"),
    ("pixel_spacing_mm", "pixel_mm"),
    ("pixel_size_mm", "pixel_mm"),
];

/// Names of columns in lower case, each once: an alias stands for ours where that is not there, and
/// the first of several columns of one name has it.
fn known_names(names: &StringRecord) -> StringRecord {
    let mut known: Vec<String> = Vec::new();
    let lower: Vec<String> = names.iter().map(str::to_lowercase).collect();
    for name in &lower {
        let ours = ALIASES.iter().find(|(alias, _)| alias == name);
        let ours = ours.map(|(_, ours)| (*ours).to_owned());
        let name = ours
            .filter(|ours| !lower.contains(ours))
            .unwrap_or_else(|| name.clone());
        known.push(if known.contains(&name) {
            String::new()
        } else {
            name
        });
    }
    known.into()
}

/// The name of an index.
const FILE: &str = "index.csv";

/// The lines of an index, and why some cannot be read.
pub(super) struct Index {
    pub(super) lines: Vec<Line>,
    pub(super) unread: Vec<Error>,
}

/// Whether the folder has an index of crops: beside scans there are indices of other things.
pub(super) fn is_there(data: &Path) -> bool {
    let names = std::fs::read(data.join(FILE)).map(|bytes| {
        let text = String::from_utf8_lossy(&bytes);
        let names = reader(&text).headers().map(known_names);
        names.is_ok_and(|names| names.iter().any(|name| name == "row"))
    });
    data.join("images").is_dir() && names.unwrap_or(false)
}

/// Reads a table, whichever of the usual separators it has.
fn reader(text: &str) -> csv::Reader<&[u8]> {
    let head = text.lines().next().unwrap_or_default();
    let separator = ['\t', ';', ',']
        .into_iter()
        .max_by_key(|&separator| head.matches(separator).count());
    csv::ReaderBuilder::new()
        .delimiter(separator.unwrap_or(',') as u8)
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Reads the index of a folder.
///
/// # Errors
/// A file that cannot be read or is no text.
pub(super) fn read(data: &Path) -> Result<Index> {
    let path = data.join(FILE);
    let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let text = String::from_utf8(bytes)
        .with_context(|| format!("{} is not UTF-8 text: save it as such", path.display()))?;
    let mut reader = reader(&text);
    let wrong = || format!("reading {}", path.display());
    let given = reader.headers().with_context(wrong)?;
    let is_split = given.iter().any(|name| name.eq_ignore_ascii_case(SPLIT));
    let names = known_names(given);
    reader.set_headers(names);
    let (mut lines, mut unread) = (Vec::new(), Vec::new());
    for line in reader.into_deserialize() {
        match named(line) {
            Ok(line) => lines.push(line),
            Err(error) => unread.push(error.context(wrong())),
        }
    }
    if !is_split {
        forget_parts(&mut lines);
    }
    Ok(Index { lines, unread })
}

/// What only an alias calls a split is one where a value of it is the name of one: the subsets of
/// LUNA16, `subset0` to `subset9`, are folds of a cross-validation.
fn forget_parts(lines: &mut [Line]) {
    if lines.iter().all(|line| line.split().is_none()) {
        for line in lines {
            line.split.clear();
        }
    }
}

/// A line that says whose it is.
fn named(line: Result<Line, csv::Error>) -> Result<Line> {
    let line = line?;
    ensure!(
        !line.strip().is_empty(),
        "a line with neither patient nor file"
    );
    Ok(line)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(names: &str, values: &str) -> Line {
        let text = format!("patient,row,{names}\none,0,{values}\n");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.deserialize().next().unwrap().unwrap()
    }

    #[test]
    fn what_gives_no_hu_is_no_scale() {
        let scale = |values| line("hu_slope,hu_intercept", values).scale();
        assert_eq!(scale("8.5,-1000"), Some((8.5, -1000.0)));
        assert_eq!(scale("-1,0"), Some((-1.0, 0.0)));
        for wrong in ["nan,-1000", "0,-1000", "inf,-1000", "1,nan", "1,inf", "1,"] {
            assert_eq!(scale(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_strip_is_called_as_its_file_is() {
        let strip = |file: &str| line("file", file).strip().to_owned();
        for file in ["P", "P.png", "images/P.png", "images\\P.png"] {
            assert_eq!(strip(file), "P", "{file}");
        }
        assert_eq!(strip("images-P"), "images-P");
        assert_eq!(strip(""), "one", "the patient's");
    }

    #[test]
    fn edges_of_pixels_that_no_scanner_has_are_not_given() {
        let edge = |value| line("pixel_mm", value).pixel_mm();
        assert_eq!([edge("0.7"), edge("2")], [Some(0.7), Some(2.0)]);
        for wrong in ["nan", "inf", "0", "-0.7", "0.01", "700", "NA", ""] {
            assert_eq!(edge(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_target_has_a_number_of_pixels_or_none() {
        let target = |value| line("area_target", value).target_px();
        assert_eq!([target("12.0"), target("0")], [Some(12), Some(0)]);
        assert_eq!(["nan", "-1", "inf"].map(target), [None; 3]);
    }

    #[test]
    fn parts_of_a_data_set_are_no_splits() {
        let splits = |values: &[&str]| {
            let mut lines: Vec<_> = values.iter().map(|it| line(SPLIT, it)).collect();
            forget_parts(&mut lines);
            lines.into_iter().map(|it| it.split).collect::<Vec<_>>()
        };
        assert_eq!(splits(&["subset0", "subset9", ""]), ["", "", ""]);
        assert_eq!(splits(&["Train", "Held out"]), ["Train", "Held out"]);
    }

    #[test]
    fn columns_have_names_of_their_own() {
        let names = |given: &[&str]| {
            let known = known_names(&StringRecord::from(given.to_vec()));
            known.iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(names(&["Patient_ID", "Row"]), ["patient", "row"]);
        assert_eq!(names(&["case", "patient"]), ["case", "patient"]);
        assert_eq!(names(&["case", "patient_id"]), ["patient", ""]);
        assert_eq!(names(&["Patient", "patient"]), ["patient", ""]);
        assert_eq!(
            names(&["Subject", "Image", "Target_px", "pixel_spacing"]),
            ["patient", "file", "area_target", "pixel_mm"]
        );
        assert_eq!(
            names(&["subset", "Filename", "slope", "rescale_intercept"]),
            ["split", "file", "hu_slope", "hu_intercept"]
        );
        assert_eq!(names(&["subset", "split"]), ["subset", "split"]);
        for alias in ["spacing_mm", "pixel_spacing_mm", "pixel_size_mm"] {
            assert_eq!(names(&[alias]), ["pixel_mm"]);
            assert_eq!(names(&[alias, "pixel_mm"]), [alias, "pixel_mm"]);
        }
    }
}
