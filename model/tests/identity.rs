//! Whose scan it is, in the words of the file and in any script.
//!
//! `tests/fixtures/identity/names.json` holds names as files spell them and as pydicom reads them (`make.py`). The browser's
//! `TextDecoder` follows the WHATWG's Encoding Standard, and so does the crate that decodes here.
#![cfg(feature = "open")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

use std::path::Path;

use encoding_rs::Encoding;
use model::identity::{Identity, read, words_of_series};
use model::open::{FoundSeries, NamedFile, open_files, open_series};
use model::volume::{CopiedElement, DicomSeries, FilePlane};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    declared: String,
    /// Hex.
    name: String,
    groups: Vec<String>,
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn decode(label: &'static str, bytes: &[u8]) -> String {
    let encoding = Encoding::for_label(label.as_bytes()).unwrap();
    let (text, has_faults) = encoding.decode_without_bom_handling(bytes);
    assert!(!has_faults, "{label}: {text}");
    text.into_owned()
}

fn series(declared: &str, name: &[u8]) -> DicomSeries {
    let element = |tag, vr: &[u8; 2], value: &[u8]| CopiedElement {
        tag,
        vr: *vr,
        value: value.to_vec(),
    };
    DicomSeries {
        study_uid: String::new(),
        series_uid: String::new(),
        frame_of_reference_uid: String::new(),
        copied: vec![
            element((0x08, 0x05), b"CS", declared.as_bytes()),
            element((0x10, 0x10), b"PN", name),
        ],
        described: Vec::new(),
        plane: FilePlane {
            size: [1, 1],
            is_transposed: false,
            flip: [false; 2],
            direction: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
            spacing_mm: [1.0; 2],
            thickness_mm: 1.0,
            slice_spacing_mm: None,
        },
        slices: Vec::new(),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn names_are_read_in_every_script_as_pydicom_reads_them() {
    let text = std::fs::read_to_string(fixtures().join("identity/names.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_str(&text).unwrap();
    assert!(cases.len() > 20);
    for case in cases {
        let is = read(&series(&case.declared, &bytes(&case.name)), &decode).name;
        // Family name and the rest, as they are shown.
        let was = case.groups.iter().map(|group| {
            let parts: Vec<&str> = group.split('^').filter(|it| !it.is_empty()).collect();
            let (family, others) = parts.split_first().unwrap();
            let comma = if others.is_empty() { "" } else { ", " };
            format!("{family}{comma}{}", others.join(" "))
        });
        assert_eq!(is, was.collect::<Vec<_>>().join(" · "), "{}", case.declared);
    }
}

#[test]
fn blanks_around_the_parts_of_a_name_are_left_out() {
    let padded = series("", b" Doe ^ Jane Mary ^ ^Dr. = ^ =\xe9");
    assert_eq!(read(&padded, &decode).name, "Doe, Jane Mary Dr. · é");
}

#[test]
fn a_scan_says_whose_it_is() {
    let name = "single.dcm".to_owned();
    let bytes = std::fs::read(fixtures().join("dicom_seg").join(&name)).unwrap();
    let scan = open_files(vec![NamedFile { name, bytes }], &mut |_, _| {}).unwrap();
    let identity = read(scan.dicom.as_ref().unwrap(), &decode);
    assert_eq!(
        identity,
        Identity {
            name: "Müller, Jörg".to_owned(),
            number: "P 17".to_owned(),
            born_on: "1950-01-02".to_owned(),
            sex: "male".to_owned(),
            examined_on: "2026-01-02".to_owned(),
            study: "Thorax nativ".to_owned(),
            series: "3 · Lunge dünn · B70f".to_owned(),
        }
    );
    assert!(!format!("{identity:?}").contains("ller"));
    assert_eq!(
        identity.lines(),
        "Patient: Müller, Jörg\nPatient ID: P 17\nBorn: 1950-01-02\nSex: male\nExamined: 2026-01-02\nStudy: Thorax nativ\nSeries: 3 · Lunge dünn · B70f\n"
    );
}

#[test]
fn a_series_is_told_by_what_the_file_says_of_it_and_not_by_whose_it_is() {
    let name = "single.dcm".to_owned();
    let bytes = std::fs::read(fixtures().join("dicom_seg").join(&name)).unwrap();
    let opened = open_series(vec![NamedFile { name, bytes }], None, &mut |_, _| {}).unwrap();
    let words = words_of_series(opened.series.first().unwrap(), &decode);
    assert_eq!(
        words,
        "3 · Lunge dünn · B70f · 3.00 mm thick · 1 slice · 2026-01-02"
    );
    let unsaid = FoundSeries {
        number: None,
        described: Vec::new(),
        slices: 7,
        thickness_mm: None,
    };
    assert_eq!(words_of_series(&unsaid, &decode), "7 slices");
}

#[test]
fn what_is_strange_is_shown_as_it_is_and_nothing_as_nothing() {
    assert!(read(&series("", b"^="), &decode).lines().is_empty());
    let mut strange = series("ISO_IR 999", b"^\x1b");
    let birth = (0x10, 0x30);
    strange.copied.push(CopiedElement {
        tag: birth,
        vr: *b"DA",
        value: b"1950.01.02".to_vec(),
    });
    let identity = read(&strange, &decode);
    assert_eq!(
        (identity.name.as_str(), identity.born_on.as_str()),
        ("", "1950.01.02")
    );
}
