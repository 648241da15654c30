//! How large the pixels of a folder are where its files do not say it.

use std::path::Path;

/// Sizes of pixels in mm that a folder's name or notes can mean; what is larger is a thickness of
/// slices.
const PIXELS_MM: std::ops::RangeInclusive<f32> = 0.2..=3.0;
/// Where those who make a folder of data write down what they did.
const NOTES: [&str; 2] = ["PROVENANCE.md", "README.md"];

/// A size of pixels, and what says it.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) mm: f32,
    pub(crate) by: &'static str,
}

/// The size in a folder's name, as in `patches-2mm`, or in that of one around it; else that in the
/// notes beside the data.
pub(crate) fn said(folder: &Path) -> Option<Said> {
    let folder = folder.canonicalize().ok()?;
    let named = folder.ancestors().take(2).find_map(of_name);
    let named = named.map(|mm| Said {
        mm,
        by: "the folder's name",
    });
    named.or_else(|| {
        NOTES.into_iter().find_map(|by| {
            let text = std::fs::read_to_string(folder.join(by)).ok()?;
            Some(Said {
                mm: of_notes(&text)?,
                by,
            })
        })
    })
}

fn of_name(folder: &Path) -> Option<f32> {
    let name = folder.file_name()?.to_str()?;
    let mut parts = name.split(['-', '_']);
    parts.find_map(|part| of_pixels(part.strip_suffix("mm")?))
}

/// The size in words as "48×48 px at 2 mm"; `None` where the text has several: one of them may be
/// that of the scans which the data were cut from.
fn of_notes(text: &str) -> Option<f32> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_mm = |unit: &str| unit.trim_end_matches(|it: char| it.is_ascii_punctuation()) == "mm";
    let mut sizes = words.windows(4).filter_map(|words| match words {
        ["px" | "pixels", "at" | "of", mm, unit] if is_mm(unit) => of_pixels(mm),
        _ => None,
    });
    let first = sizes.next()?;
    sizes.all(|mm| (mm - first).abs() < 1e-6).then_some(first)
}

fn of_pixels(text: &str) -> Option<f32> {
    let mm = text.parse().ok()?;
    PIXELS_MM.contains(&mm).then_some(mm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_how_large_pixels_are() {
        let cases = [
            ("260 patches, 48×48 px at 2 mm (96 mm field)", Some(2.0)),
            ("pixels\nof 0.75 mm, and\nothers", Some(0.75)),
            ("128×128 px at native in-plane resolution", None),
            ("512 px at 5 mm", None),
            ("slices of 2 mm", None),
            ("pixels of 2 mm² each", None),
            ("512 px at 0.7 mm, cut and resampled to 48 px at 2 mm", None),
            (
                "48 px at 2 mm; masks, too, have pixels of 2.0 mm.",
                Some(2.0),
            ),
        ];
        for (text, mm) in cases {
            assert_eq!(of_notes(text), mm, "{text}");
        }
    }

    #[test]
    fn the_name_goes_before_the_notes() {
        let outer = std::env::temp_dir().join(format!("neurocare-size-{}", std::process::id()));
        let (plain, named) = (outer.join("patches"), outer.join("patches-2mm"));
        for folder in [&plain, &named] {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(folder.join("PROVENANCE.md"), "48 px at 1.5 mm").unwrap();
        }
        let mm = |folder| said(folder).map(|it| (it.mm, it.by));
        assert_eq!(mm(&plain), Some((1.5, "PROVENANCE.md")));
        assert_eq!(mm(&named), Some((2.0, "the folder's name")));
        std::fs::remove_dir_all(outer).unwrap();
    }
}
