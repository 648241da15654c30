//! What is left out of a series, and what is refused because too much would be.

use model::open::{NamedFile, OpenError};

use crate::fixture::{file, replace, with_size};
use crate::slices::{located, open, slice};

/// A slice whose rows and columns run in other directions.
fn turned(z: &str, directions: &[u8]) -> NamedFile {
    let axial = b"1.000000\\0.000000\\0.000000\\0.000000\\1.000000\\0.000000";
    let slice = slice("turned", z, "1.2.3");
    let bytes = replace(&slice.bytes, axial, directions);
    NamedFile { bytes, ..slice }
}

#[test]
fn an_overview_across_the_slices_is_left_out() {
    let coronal = b"1.000000\\0.000000\\0.000000\\0.000000\\0.00000\\-1.000000";
    let files = vec![
        turned("0.0", coronal),
        slice("a", "0.0", "1.2.3"),
        slice("b", "2.5", "1.2.3"),
    ];
    let volume = open(files).expect("opens");
    assert_eq!(volume.slices(), 2);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("in another direction")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn slices_of_the_patient_in_another_position_are_left_out() {
    let prone = b"-1.00000\\0.000000\\0.000000\\0.000000\\-1.00000\\0.000000";
    let files = [
        vec![turned("5.0", prone)],
        ["0.0", "2.5"].map(|z| slice(z, z, "1.2.3")).into(),
    ]
    .concat();
    let volume = open(files).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 2.5]);
    assert_eq!(volume.notes, ["Left out: 1 image in another direction."]);
}

#[test]
fn mixed_sizes_are_refused() {
    let files = vec![
        file("lidc_explicit.dcm"),
        NamedFile {
            name: "small.dcm".to_owned(),
            bytes: with_size("lidc_explicit.dcm", 32, 64),
        },
    ];
    let error = open(files).expect_err("sizes differ");
    assert_eq!(
        error,
        OpenError::MixedSizes {
            first: "64 × 64".to_owned(),
            other: "32 × 64".to_owned()
        }
    );
}

/// A slice with other distances of its pixels, in as many characters.
fn spaced(z: &str, mm: &str) -> NamedFile {
    let mut file = slice(z, z, "1.2.3");
    let original = b"0.820312\\0.820312";
    file.bytes = replace(&file.bytes, original, format!("{mm}\\{mm}").as_bytes());
    file
}

#[test]
fn slices_with_pixels_of_another_size_are_left_out() {
    let with_third = |third: NamedFile| {
        let files = ["0.0", "2.5"].map(|z| spaced(z, "0.700000"));
        let volume = open([vec![third], files.to_vec()].concat()).expect("opens");
        let spacing = volume.spacing.expect("a spacing");
        assert!((spacing.row_mm - 0.7).abs() < 1e-3 && (spacing.col_mm - 0.7).abs() < 1e-3);
        (volume.slices(), volume.notes)
    };
    let (slices, notes) = with_third(spaced("5.0", "0.700500"));
    assert_eq!((slices, notes.len()), (3, 0), "rounded: {notes:?}");
    let smaller = NamedFile {
        name: "small.dcm".to_owned(),
        bytes: with_size("lidc_explicit.dcm", 32, 64),
    };
    for other in [spaced("5.0", "0.800000"), smaller] {
        let (slices, notes) = with_third(other);
        assert_eq!(slices, 2);
        let said = "Left out: 1 image with pixels of another number or size.";
        assert!(notes.iter().any(|note| note == said), "{notes:?}");
    }
}

#[test]
fn a_slice_that_does_not_say_how_its_values_are_rescaled_is_left_out() {
    let silent = |z: &str| {
        let mut file = slice(z, z, "1.2.3");
        // Another element in the place of the intercept.
        file.bytes = replace(&file.bytes, b"\x28\x00\x52\x10", b"\x28\x00\x31\x00");
        file
    };
    let scan = |files: &[NamedFile]| {
        let volume = open(files.to_vec()).expect("opens");
        (volume.slice_positions_mm, volume.notes)
    };
    let [a, b] = ["0.0", "2.5"].map(|z| slice(z, z, "1.2.3"));
    let said = vec!["Left out: 1 image with values on another scale.".to_owned()];
    let found = scan(&[silent("5.0"), a.clone(), b]);
    assert_eq!(found, (vec![0.0, 2.5], said.clone()));
    let found = scan(&[silent("5.0"), silent("2.5"), a.clone()]);
    // None of them is as low as air.
    assert_eq!((found.0, &found.1[..1]), (vec![2.5, 5.0], &said[..]));
    assert_eq!(scan(&[silent("5.0"), a]), (vec![0.0], said));
}

#[test]
fn slices_of_which_no_size_is_the_usual_one_are_refused() {
    let files = vec![spaced("0.0", "0.700000"), spaced("2.5", "0.800000")];
    assert_eq!(
        open(files).expect_err("sizes differ"),
        OpenError::MixedSpacing
    );
}

#[test]
fn a_broken_slice_is_named_and_left_out_and_its_gap_is_said() {
    let mut files: Vec<NamedFile> = ["0.0", "2.5", "5.0", "7.5", "10.0"]
        .map(|z| spaced(z, "0.700000"))
        .into();
    files[2].name = "slice7.dcm".to_owned();
    files[2].bytes.truncate(3000);
    let broken = files[2].clone();
    let volume = open(files).expect("the others are whole");
    assert_eq!(volume.slice_positions_mm, [0.0, 2.5, 7.5, 10.0]);
    for said in [
        "Left out: 1 DICOM file that cannot be read: “slice7.dcm”: The file is cut short",
        "The series seems to lack about 1 slice;",
    ] {
        let mut notes = volume.notes.iter();
        assert!(
            notes.any(|note| note.starts_with(said)),
            "{:?}",
            volume.notes
        );
    }

    let error = open(vec![broken.clone(), broken]).expect_err("nothing is whole");
    assert!(
        error
            .to_string()
            .starts_with("“slice7.dcm”: The file is cut short"),
        "{error}"
    );
}

#[test]
fn other_files_of_a_folder_are_left_out() {
    let text = NamedFile {
        name: "notes.txt".to_owned(),
        bytes: b"hello".to_vec(),
    };
    let volume = open(vec![text, file("lidc_explicit.dcm")]).expect("opens");
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note == "Left out: 1 file of another kind."),
        "{:?}",
        volume.notes
    );
}

#[test]
fn a_picture_of_a_series_that_does_not_say_where_it_lies_is_left_out() {
    let mut files = ["0.0", "2.5"].map(|z| slice(z, z, "1.2.3")).to_vec();
    files.push(located("1.0"));
    let volume = open(files).expect("opens");
    assert_eq!(volume.slice_positions_mm, [0.0, 2.5]);
    let said = |note: &String| note == "Left out: 1 image without a place.";
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
}

#[test]
fn what_cannot_be_read_beside_a_scan_is_left_out() {
    let volume = open(vec![file("htj2k.dcm"), file("lidc_explicit.dcm")]).expect("opens");
    assert_eq!(volume.slices(), 1);
    let said = |note: &String| {
        note.starts_with("Left out: 1 DICOM file that cannot be read: “htj2k.dcm”: High-throughput")
    };
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
    let two = vec![file("htj2k.dcm"), file("htj2k.dcm")];
    assert!(matches!(open(two), Err(OpenError::InFile { .. })));
}
