//! Files that say how the patient lies, and not where each slice does.

use model::open::{NamedFile, OpenError};
use model::volume::Volume;

use crate::fixture::{expected, replace};
use crate::slices::{open, slice};

const SUPINE: &[u8] = b"1.000000\\0.000000\\0.000000\\0.000000\\1.000000\\0.000000";
const PRONE: &[u8] = b"-1.00000\\0.000000\\0.000000\\0.000000\\-1.00000\\0.000000";
const CORONAL: &[u8] = b"1.000000\\0.000000\\0.000000\\0.000000\\0.00000\\-1.000000";
const TURNED: &str = "The file shows the patient prone; the image is turned to be read as supine.";

/// A slice that says nothing but its directions.
fn placeless(directions: &[u8]) -> NamedFile {
    let mut file = slice("scan", "0.0", "1.2.3");
    file.bytes = replace(&file.bytes, SUPINE, directions);
    file.bytes = replace(&file.bytes, b"\x20\x00\x32\x00DS", b"\x20\x00\x33\x00DS");
    file
}

/// Half a turn of each slice.
fn turned(slices: usize) -> Vec<i16> {
    let mut slice = expected("lidc.i16");
    slice.reverse();
    slice.repeat(slices)
}

fn is_said(volume: &Volume, said: &str) -> bool {
    volume.notes.iter().any(|note| note == said)
}

#[test]
fn a_prone_slice_without_a_place_is_turned() {
    let volume = open(vec![placeless(PRONE)]).expect("opens");
    assert!(volume.voxels == turned(1));
    assert!(is_said(&volume, TURNED), "{:?}", volume.notes);
    assert!(is_said(
        &volume,
        "The file does not say where the slice lies in the patient."
    ));
    assert_eq!(volume.patient_from_voxel, None);
    assert!(volume.is_oriented, "its sides are known");
    let supine = open(vec![placeless(SUPINE)]).expect("opens");
    assert!(supine.voxels == expected("lidc.i16") && !is_said(&supine, TURNED));
}

#[test]
fn prone_slices_without_places_are_turned_and_stay_in_order() {
    let volume = open(vec![placeless(PRONE); 2]).expect("opens");
    assert!(volume.voxels == turned(2));
    assert!(
        !volume.is_oriented,
        "nobody knows which slice is nearer to the head"
    );
    let said =
        "The files do not say where each slice lies; they are in the order of their numbers.";
    assert!(is_said(&volume, said), "{:?}", volume.notes);
}

#[test]
fn slices_that_all_claim_one_place_have_none() {
    let mut files = vec![slice("a", "7.0", "1.2.3"), slice("b", "7.0", "1.2.3")];
    for file in &mut files {
        file.bytes = replace(&file.bytes, SUPINE, PRONE);
    }
    let volume = open(files).expect("opens");
    assert!(volume.voxels == turned(2));
    assert!(volume.slice_positions_mm.is_empty() && volume.patient_from_voxel.is_none());
}

#[test]
fn coronal_slices_without_places_are_refused() {
    for files in [vec![placeless(CORONAL)], vec![placeless(CORONAL); 2]] {
        assert_eq!(open(files).expect_err("coronal"), OpenError::NotAxial);
    }
}
