//! What result folders are called.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use super::input::ENDINGS;

/// A name for each place, no two the same (nor but for capitals, which some disks do not tell
/// apart): its last part, after those before it where that is needed, and after that by a number.
pub(crate) fn names(places: &[&Path]) -> Vec<String> {
    let parts: Vec<Vec<String>> = places.iter().map(|place| parts(place)).collect();
    let deepest = parts.iter().map(Vec::len).max().unwrap_or(0);
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for own in &parts {
        let is_alone = |depth: &usize| {
            let same = parts
                .iter()
                .filter(|it| key(it, *depth) == key(own, *depth));
            same.count() == 1
        };
        let depth = (1..=deepest).find(is_alone).unwrap_or(1);
        let name = last(own, depth);
        let numbered = (2..).map(|number| format!("{name}-{number}"));
        let mut tries = std::iter::once(name.clone()).chain(numbered);
        let free = tries.find(|name| taken.insert(name.to_lowercase()));
        names.push(free.unwrap_or(name));
    }
    names
}

fn key(parts: &[String], depth: usize) -> String {
    last(parts, depth).to_lowercase()
}

fn last(parts: &[String], depth: usize) -> String {
    parts
        .get(parts.len().saturating_sub(depth)..)
        .unwrap_or_default()
        .join("-")
}

fn parts(place: &Path) -> Vec<String> {
    let mut parts: Vec<String> = place
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    let name = parts.pop().unwrap_or_else(|| "scan".to_owned());
    let mut endings = ENDINGS.iter().chain(&[".dcm"]);
    let ending = endings.find_map(|end| name.strip_suffix(end));
    parts.push(ending.unwrap_or(&name).to_owned());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_names(places: &[&str], expected: &[&str]) {
        let places: Vec<&Path> = places.iter().map(Path::new).collect();
        assert_eq!(names(&places), expected, "{places:?}");
    }

    #[test]
    fn scans_are_named_as_their_files_are() {
        assert_names(&["data/one.nii.gz", "/data/two"], &["one", "two"]);
        assert_names(&["one.mhd", "two.nrrd", "3.dcm"], &["one", "two", "3"]);
        assert_names(&["four.hdr", "five.hdr.gz"], &["four", "five"]);
        assert_names(&["."], &["scan"]);
    }

    #[test]
    fn no_two_scans_have_the_same_name() {
        assert_names(&["a/scan.nii.gz", "b/scan.nii"], &["a-scan", "b-scan"]);
        assert_names(&["a/Scan.png", "b/scan.png"], &["a-Scan", "b-scan"]);
        assert_names(&["s/1/ct", "s/2/ct", "s/3"], &["1-ct", "2-ct", "3"]);
        assert_names(&["a/scan", "a/scan"], &["scan", "scan-2"]);
        assert_names(&["x", "x", "x-2"], &["x", "x-2", "x-2-2"]);
    }
}
