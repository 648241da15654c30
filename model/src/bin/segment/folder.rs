//! The folder of a scan's results: what its files are called, and that none of a former run stays
//! among them.

use std::path::Path;

use anyhow::Result;
use model::results;

/// Findings, measurements and settings.
pub(crate) const FINDINGS: &str = "findings.json";
/// The final mask.
pub(crate) const MASK: &str = "mask.nii";
/// The mask as a DICOM Segmentation.
pub(crate) const SEGMENTATION: &str = "mask.dcm";
/// The same as a DICOM RT Structure Set.
pub(crate) const CONTOURS: &str = "contours.dcm";
/// What was measured, as a DICOM Structured Report.
pub(crate) const MEASUREMENTS: &str = "measurements.dcm";

/// The picture of a slice.
pub(crate) fn overlay(slice: usize) -> String {
    format!("overlay_{:04}.png", slice + 1)
}

/// Removes what a former run wrote.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    results::clear(folder, is_ours)
}

fn is_ours(name: &str) -> bool {
    let number = name
        .strip_prefix("overlay_")
        .and_then(|it| it.strip_suffix(".png"));
    [FINDINGS, MASK, SEGMENTATION, CONTOURS, MEASUREMENTS].contains(&name)
        || number.is_some_and(|it| it.len() >= 4 && it.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_program_writes_is_its_own() {
        for name in [
            FINDINGS,
            MASK,
            SEGMENTATION,
            CONTOURS,
            MEASUREMENTS,
            "overlay_0001.png",
            "overlay_12345.png",
        ] {
            assert!(is_ours(name), "{name}");
        }
        assert_eq!(overlay(11), "overlay_0012.png");
        for name in [
            "scan.nii",
            "overlay_1.png",
            "overlay_000a.png",
            "overlay_0001.jpg",
            "mask.nii.gz",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
