//! Which slices make up a series, in which order, and what the user is told about it.

use model::open::{NamedFile, OpenError, open_files};

use crate::fixture::{bytes, file, replace};
use crate::slices::{located, open, slice};

#[test]
fn slices_are_sorted_and_gaps_are_told() {
    let files = ["-20.0", "-30.0", "-22.5", "-25.0"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 4);
    assert_eq!(volume.slice_spacing_mm, Some(2.5));
    assert_eq!(volume.slice_positions_mm, [-30.0, -25.0, -22.5, -20.0]);
    assert_eq!(volume.steps_mm(), [5.0, 2.5, 2.5]);
    assert_eq!(volume.slabs_mm(), [5.0, 3.75, 2.5, 2.5]);
    assert_eq!(volume.goes_on(), [true; 4], "one thin slice is missing");
    assert!((volume.patient_from_voxel.expect("a place")[2][3] + 30.0).abs() < 1e-9);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("1 slice(s) seem to be missing")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn a_scan_does_not_go_on_over_a_gap() {
    let files = ["0.0", "2.5", "5.0", "35.0", "37.5"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.goes_on(), [true, true, false, true, true]);
}

#[test]
fn slices_without_a_position_are_as_far_apart_as_their_locations() {
    let files = ["20.0", "0.0", "10.0"].map(located);
    let volume = open(files.to_vec()).expect("opens");
    assert_eq!(volume.slices(), 3);
    assert_eq!(volume.slice_spacing_mm, Some(10.0), "not their thickness");
    // How thick a slice is does not tell it.
    let files = ["5.0", "5.0"].map(located);
    assert_eq!(open(files.to_vec()).expect("opens").slice_spacing_mm, None);
}

#[test]
fn uneven_spacing_is_told() {
    let files = ["0.0", "2.5", "5.0", "7.9"].map(|z| slice(z, z, "1.2.3"));
    let volume = open(files.to_vec()).expect("opens");
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("unevenly spaced")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn the_series_with_most_slices_is_opened() {
    let files = vec![
        slice("a", "0.0", "1.2.9"),
        slice("b", "10.0", "1.2.3"),
        slice("c", "11.0", "1.2.3"),
    ];
    let volume = open(files).expect("opens");
    assert_eq!(volume.slices(), 2);
    assert!(
        volume.notes.iter().any(|note| note.contains("2 series")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn files_of_two_patients_are_said_to_be_so() {
    let of = |name: &str, z: &str, patient: &[u8]| {
        let mut file = slice(name, z, "1.2.3");
        file.bytes = replace(&file.bytes, b"secret-id", patient);
        file
    };
    let is_told = |files: Vec<NamedFile>| {
        let notes = open(files).expect("opens").notes;
        notes.iter().any(|note| note.contains("2 patients"))
    };
    let (one, padded) = (of("a", "0.0", b"secret-id"), of("b", "1.0", b"secret-id"));
    assert!(!is_told(vec![one.clone(), padded]));
    assert!(is_told(vec![one, of("b", "1.0", b"secret-ie")]));
}

#[test]
fn a_tilted_gantry_is_told() {
    let mut second = slice("b", "2.5", "1.2.3");
    second.bytes = replace(
        &second.bytes,
        b"-166.00\\-171.70\\2.5",
        b"-166.00\\-171.20\\2.5",
    );
    let volume = open(vec![slice("a", "0.0", "1.2.3"), second]).expect("opens");
    assert!(
        volume.notes.iter().any(|note| note.contains("tilted")),
        "{:?}",
        volume.notes
    );
    assert_eq!(volume.slice_spacing_mm, Some(2.5));
}

#[test]
fn progress_ends_at_its_total() {
    let mut last = (0, 0);
    open_files(vec![file("phantom_supine.zip")], &mut |done, total| {
        assert!(done > last.0 && done <= total);
        last = (done, total);
    })
    .expect("opens");
    assert_eq!(last, (12, 12));
}

#[test]
fn pictures_stack_in_the_order_of_their_names() {
    let named = |name: &str, fixture: &str| NamedFile {
        name: name.to_owned(),
        bytes: bytes(fixture),
    };
    let volume = open(vec![
        named("s10.png", "grey8.png"),
        named("s9.png", "rgb.png"),
    ])
    .expect("opens");
    assert_eq!(volume.slices(), 2);
    assert_eq!(
        volume.slice(1).expect("slice"),
        crate::fixture::expected("grey8.i16")
    );
}

#[test]
fn coronal_slices_are_refused() {
    let error = open(vec![file("phantom_coronal.zip")]).expect_err("coronal");
    assert_eq!(error, OpenError::NotAxial);
}

#[test]
fn an_axial_ct_series_comes_before_longer_ones() {
    let changed = |mut file: NamedFile, old: &[u8], new: &[u8]| {
        file.bytes = replace(&file.bytes, old, new);
        file
    };
    let axial = b"1.000000\\0.000000\\0.000000\\0.000000\\1.000000\\0.000000";
    let coronal = b"1.000000\\0.000000\\0.000000\\0.000000\\0.00000\\-1.000000";
    let (ct, pet) = (b"CS\x02\x00CT", b"CS\x02\x00PT");
    for other in ["coronal", "pet"] {
        let longer = ["0.0", "1.0", "2.0"].map(|z| match other {
            "coronal" => changed(slice(z, z, "1.2.4"), axial, coronal),
            _ => changed(slice(z, z, "1.2.4"), ct, pet),
        });
        let mut files = longer.to_vec();
        files.extend(["10.0", "11.0"].map(|z| slice(z, z, "1.2.3")));
        let volume = open(files).expect("opens");
        assert_eq!(volume.slices(), 2, "{other}");
        let said = |note: &String| note.contains("axial CT series with most slices (2)");
        assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
    }
}
