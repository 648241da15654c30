//! Whose scan it is, in the words of the file and in any script.
//!
//! `tests/fixtures/identity/names.json` holds names as files spell them and as pydicom reads them
//! (`make.py`). The browser's `TextDecoder` follows the WHATWG's Encoding Standard, and so does the
//! crate that decodes here.
#![cfg(feature = "open")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its example shall fail"
)]

use std::path::Path;

use encoding_rs::Encoding;
use model::identity::{Identity, read, words_of_series};
use model::open::{FoundSeries, NamedFile, Opened, open_series};
use model::volume::CopiedElement;
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

/// What a file says that states no more than a name, and how that is encoded.
fn stated(declared: &str, name: &[u8]) -> Vec<CopiedElement> {
    let element = |tag, vr: &[u8; 2], value: &[u8]| CopiedElement {
        tag,
        vr: *vr,
        value: value.to_vec(),
    };
    vec![
        element((0x08, 0x05), b"CS", declared.as_bytes()),
        element((0x10, 0x10), b"PN", name),
    ]
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
        let is = read(&stated(&case.declared, &bytes(&case.name)), &decode).name;
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
    let padded = stated("", b" Doe ^ Jane Mary ^ ^Dr. = ^ =\xe9");
    assert_eq!(read(&padded, &decode).name, "Doe, Jane Mary Dr. · é");
}

/// A file of one slice that says all there is to say.
fn single() -> Vec<u8> {
    std::fs::read(fixtures().join("dicom_seg/single.dcm")).unwrap()
}

fn opened(files: Vec<Vec<u8>>) -> Opened {
    let named = files.into_iter().map(|bytes| NamedFile {
        name: "scan.dcm".to_owned(),
        bytes,
    });
    open_series(named.collect(), None, &mut |_, _| {}).unwrap()
}

#[test]
fn a_scan_says_whose_it_is() {
    let identity = read(&opened(vec![single()]).stated, &decode);
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
    let words = words_of_series(opened(vec![single()]).series.first().unwrap(), &decode);
    assert_eq!(
        words,
        "3 · Lunge dünn · B70f · 3.00 mm thick · 1 slice · 2026-01-02"
    );
    let unsaid = FoundSeries {
        number: None,
        patient: None,
        described: Vec::new(),
        slices: 7,
        thickness_mm: None,
        is_projection: false,
    };
    assert_eq!(words_of_series(&unsaid, &decode), "7 slices");
    let projected = FoundSeries {
        is_projection: true,
        ..unsaid
    };
    assert_eq!(words_of_series(&projected, &decode), "MIP · 7 slices");
    for (place, words) in [(0, "patient A"), (25, "patient Z"), (26, "patient 27")] {
        let patient = Some(place);
        let told = words_of_series(
            &FoundSeries {
                patient,
                ..projected.clone()
            },
            &decode,
        );
        assert_eq!(told, format!("{words} · MIP · 7 slices"));
    }
}

/// A file with an element in a private group, which nobody reads.
fn without(bytes: &[u8], tag: [u8; 4]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = bytes.windows(4).position(|it| it == tag).unwrap();
    bytes[place] += 1;
    bytes
}

#[test]
fn a_scan_that_no_file_can_refer_to_says_whose_it_is_all_the_same() {
    let whole = opened(vec![single()]);
    for (tag, what) in [
        (*b"\x08\0\x18\0", "SOP Instance UID"),
        (*b"\x20\0\x0d\0", "Study Instance UID"),
        (*b"\x20\0\x0e\0", "Series Instance UID"),
        (*b"\x20\0\x32\0", "position"),
        (*b"\x20\0\x37\0", "orientation"),
        (*b"\x20\0\x52\0", "Frame of Reference UID"),
        (*b"\x28\0\x30\0", "pixel spacing"),
    ] {
        let scan = opened(vec![without(&single(), tag)]);
        assert_eq!(scan.volume.dicom, None, "{what}");
        let identity = |scan: &Opened| read(&scan.stated, &decode);
        assert_eq!(identity(&scan), identity(&whole), "{what}");
        let words = |scan: &Opened| words_of_series(&scan.series[0], &decode);
        assert_eq!(words(&scan), words(&whole), "{what}");
    }
}

#[test]
fn of_files_of_two_patients_no_name_is_shown_and_what_both_say_is() {
    // As anonymising leaves it behind: no series is named, so that all files are taken for one.
    let first = without(&single(), *b"\x20\0\x0e\0");
    let mut second = first.clone();
    for (old, new) in [
        (b"P 17".as_slice(), b"P 18".as_slice()),
        (b"40.000000", b"42.500000"),
    ] {
        let place = second.windows(old.len()).position(|it| it == old).unwrap();
        second[place..place + old.len()].copy_from_slice(new);
    }
    let scan = opened(vec![first, second]);
    assert_eq!(scan.volume.slices(), 2);
    let identity = read(&scan.stated, &decode);
    assert_eq!(identity.number, "");
    assert_eq!(identity.examined_on, "2026-01-02");
}

#[test]
fn what_is_strange_is_shown_as_it_is_and_nothing_as_nothing() {
    assert!(read(&stated("", b"^="), &decode).lines().is_empty());
    let mut strange = stated("ISO_IR 999", b"^\x1b");
    let birth = (0x10, 0x30);
    strange.push(CopiedElement {
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
