//! NRRD in words: voxels that are text, and units.

use model::open::OpenError;
use model::protocol::Failure;
use model::volume::Volume;

use crate::fixture::{bytes, refused, replace, try_open};
use crate::orientation::assert_phantom;

/// A file with other words in its header.
fn changed(name: &str, from: &str, to: &str) -> Vec<u8> {
    replace(&bytes(name), from.as_bytes(), to.as_bytes())
}

fn open(bytes: Vec<u8>) -> Volume {
    try_open("scan.nrrd", bytes).expect("opens")
}

#[test]
fn voxels_may_be_text() {
    let text = "phantom_text.nrrd";
    let volume = open(bytes(text));
    assert_phantom(&volume, text);
    assert_eq!((volume.format.as_str(), volume.notes.len()), ("NRRD", 0));
    for (from, to) in [
        ("encoding: ascii", "encoding: TXT"),
        ("encoding: ascii", "encoding: text\nendian: big"),
        ("type: int16", "type: double"),
        ("\n-1000\n-993\n", "\r\n-1e3,\t-993.0 "),
    ] {
        assert_phantom(&open(changed(text, from, to)), to);
    }
    let skipped = changed(text, "encoding: ascii", "encoding: ascii\nbyte skip: 3");
    assert_phantom(
        &open(replace(&skipped, b"\n-1000", b"\nabc-1000")),
        "skipped",
    );
}

#[test]
fn text_that_is_no_number_or_too_short_is_no_image() {
    let said = |changed: Vec<u8>| Failure::from(refused(changed)).to_string();
    for no_number in ["\nx\n", "\n-1000x\n", "\nnan\n"] {
        assert_eq!(
            said(changed("phantom_text.nrrd", "\n-1000\n", no_number)),
            "The NRRD file is damaged: one of its voxels is no number. Export the scan again from \
             the scanner's or the viewer's software."
        );
    }
    let mut binary = bytes("phantom_text.nrrd");
    binary.extend([0xff, 0xfe]);
    assert!(said(binary).contains("one of its voxels is no number"));
    let short = changed("phantom_text.nrrd", "\n-1000\n", "\n");
    assert_eq!(refused(short), OpenError::Truncated);
    // Whatever the header says, no more memory is taken than the text can fill.
    let huge = changed("phantom_text.nrrd", "sizes: 6 20 16", "sizes: 500 500 500");
    assert_eq!(refused(huge), OpenError::Truncated);
}

#[test]
fn places_are_in_the_units_that_the_file_says() {
    let space = "space: left-posterior-superior";
    for (units, factor) in [
        ("mm", 1.0),
        ("", 1.0),
        ("um", 0.001),
        ("\u{b5}m", 0.001),
        ("\u{3bc}m", 0.001),
        ("cm", 10.0),
        ("m", 1000.0),
    ] {
        let file = bytes("phantom_psr.nrrd");
        let end = file.windows(2).position(|it| it == b"\n\n");
        let (header, voxels) = file.split_at(end.expect("an end of the header"));
        let header = str::from_utf8(header).expect("words");
        let lines = header.lines().map(|line| match line.split_once(": ") {
            Some((name @ ("space directions" | "space origin"), numbers)) => {
                format!("{name}: {}", divided(numbers, factor))
            }
            _ => line.to_owned(),
        });
        let header = lines.collect::<Vec<_>>().join("\n");
        let to = format!("{space}\nspace units: \"{units}\" \"{units}\" \"{units}\"");
        let header = header.replace(space, &to);
        let changed = [header.as_bytes(), voxels].concat();
        assert_phantom(&open(changed), units);
    }
}

/// Numbers of vectors by another one.
fn divided(words: &str, by: f64) -> String {
    let is_between = |it: char| "(), ".contains(it);
    let number = |word: &str| match word.trim_end_matches(is_between).parse::<f64>() {
        Ok(number) => {
            let rest = word.trim_start_matches(|it| !is_between(it));
            format!("{}{rest}", number / by)
        }
        Err(_) => word.to_owned(),
    };
    words.split_inclusive(is_between).map(number).collect()
}

#[test]
fn distances_alone_have_units_too() {
    let directions = "space directions: (0,0,0.25) (-0.06999999880790711,0,0) \
                      (-0,-0.080000001192092898,-0)";
    let plain = changed("phantom_text.nrrd", "space: right-anterior-superior\n", "");
    let plain = replace(&plain, b"space units", b"units");
    let spacings = "spacings: 0.25 0.07 0.08";
    let volume = open(replace(&plain, directions.as_bytes(), spacings.as_bytes()));
    assert!(!volume.is_oriented);
    let spacing = volume.spacing.expect("distances");
    assert!((spacing.col_mm - 2.5).abs() < 1e-5 && (spacing.row_mm - 0.7).abs() < 1e-5);
    assert!((volume.slice_spacing_mm.expect("one") - 0.8).abs() < 1e-5);
}

#[test]
fn other_units_are_refused() {
    for unit in ["inch", "MM", "pixels"] {
        let to = format!("\"cm\" \"cm\" \"{unit}\"");
        let said = refused(changed("phantom_text.nrrd", "\"cm\" \"cm\" \"cm\"", &to));
        assert_eq!(
            Failure::from(said).to_string(),
            "An NRRD with distances in other units than mm, cm, m or µm cannot be opened as it is. \
             Save it with distances in mm."
        );
    }
}
