//! A mark in the patient's upper left front lung stays there, whatever the file's axes.

use model::volume::{Intensity, Volume};

use crate::fixture::{expected, open};

/// Column (to the left), row (to the back), slice (to the head) of the mark.
const MARK: [usize; 3] = [15, 3, 4];

pub(crate) fn assert_phantom(volume: &Volume, name: &str) {
    assert_eq!(
        [volume.cols, volume.rows, volume.slices()],
        [20, 16, 6],
        "{name}"
    );
    assert_eq!(volume.intensity, Intensity::Hounsfield, "{name}");
    let [col, row, slice] = MARK;
    assert_eq!(
        volume.slice(slice).expect("the slice")[row * volume.cols + col],
        900,
        "{name}: the mark has moved"
    );
    assert!(
        volume.voxels == expected("phantom.i16"),
        "{name}: voxels have moved"
    );
    let spacing = volume.spacing.expect("a spacing");
    assert!(
        (spacing.row_mm - 0.8).abs() < 1e-5 && (spacing.col_mm - 0.7).abs() < 1e-5,
        "{name}: {spacing:?}"
    );
    assert!(
        (volume.slice_spacing_mm.expect("a slice spacing") - 2.5).abs() < 1e-4,
        "{name}"
    );
    assert!(volume.is_oriented, "{name}");
    let patient_from_voxel = volume.patient_from_voxel.expect("a place in the patient");
    let expected = [
        [0.7, 0.0, 0.0, -100.5],
        [0.0, 0.8, 0.0, -120.25],
        [0.0, 0.0, 2.5, 30.0],
    ];
    for (found, expected) in patient_from_voxel
        .iter()
        .flatten()
        .zip(expected.iter().flatten())
    {
        assert!(
            (found - expected).abs() < 1e-4,
            "{name}: {patient_from_voxel:?}"
        );
    }
    assert_positions(volume, name);
}

fn assert_positions(volume: &Volume, name: &str) {
    let expected = (0..volume.slices()).map(|slice| 30.0 + 2.5 * slice as f32);
    let found = &volume.slice_positions_mm;
    assert_eq!(found.len(), volume.slices(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{name}: {found}");
    }
}

#[test]
fn of_a_prone_patient_it_is_said_that_the_image_is_turned() {
    let said = "The file shows the patient prone; the image is turned to be read as supine.";
    for (name, is_prone) in [
        ("phantom_supine.zip", false),
        ("phantom_feet_first.zip", false),
        ("phantom_transposed.zip", false),
        ("phantom_prone.zip", true),
        ("phantom_flipped_rows.zip", true),
    ] {
        let notes = open(name).notes;
        assert_eq!(notes.iter().any(|note| note == said), is_prone, "{name}");
    }
}

fn assert_all(names: &[&str]) {
    for name in names {
        assert_phantom(&open(name), name);
    }
}

#[test]
fn dicom_series_in_any_position_of_the_patient() {
    assert_all(&[
        "phantom_supine.zip",
        "phantom_feet_first.zip",
        "phantom_prone.zip",
        "phantom_flipped_rows.zip",
        "phantom_transposed.zip",
    ]);
}

#[test]
fn multi_frame_dicom_from_head_to_feet_with_a_rescale_a_frame() {
    assert_all(&["phantom_multiframe.dcm", "phantom_multiframe_rle.dcm"]);
}

#[test]
fn frames_in_several_fragments_are_found_by_the_offset_table() {
    assert_all(&["phantom_fragments.dcm"]);
}

#[test]
fn nifti_with_any_order_and_direction_of_axes() {
    assert_all(&[
        "phantom_ras.nii",
        "phantom_lps.nii",
        "phantom_psr.nii",
        "phantom_sla.nii",
        "phantom_ail.nii",
    ]);
}

#[test]
fn gzipped_nifti() {
    assert_all(&["phantom_psr.nii.gz"]);
}

#[test]
fn nifti_with_qform_alone_big_endian_and_scaled() {
    assert_all(&["phantom_qform.nii"]);
}

/// `phantom_qform.nii` with other distances of voxels (big-endian) along its axes, the first of
/// which are the slices.
fn with_distances(mm: [f32; 3]) -> Vec<u8> {
    let mut bytes = crate::fixture::bytes("phantom_qform.nii");
    bytes[80..92].copy_from_slice(&mm.map(f32::to_be_bytes).concat());
    bytes
}

#[test]
fn distances_below_zero_mirror_nothing_as_in_nibabel() {
    let bytes = with_distances([-2.5, -0.7, 0.8]);
    let volume = crate::fixture::try_open("scan.nii", bytes).expect("opens");
    assert_phantom(&volume, "phantom_qform.nii");
}

#[test]
fn a_slice_alone_needs_no_distance_to_the_next() {
    let mut bytes = with_distances([0.0, 0.7, 0.8]);
    bytes[42..44].copy_from_slice(&1_i16.to_be_bytes());
    let volume = crate::fixture::try_open("scan.nii", bytes).expect("opens");
    assert_eq!((volume.cols, volume.rows, volume.slices()), (20, 16, 1));
    assert!(volume.patient_from_voxel.is_some() && volume.spacing.is_some());
    assert_eq!(volume.slice_spacing_mm, None);
}

#[test]
fn a_ct_slice_whose_file_does_not_say_which_way_its_rows_run_has_no_sides() {
    let bytes = crate::fixture::bytes("lidc_explicit.dcm");
    // Another element in its place: the comments on the image.
    let silent = crate::fixture::replace(&bytes, b"\x20\x00\x37\x00DS", b"\x20\x00\x00\x40LT");
    let [told, silent] = [bytes, silent].map(|it| crate::fixture::try_open("slice.dcm", it));
    let (told, silent) = (told.expect("opens"), silent.expect("opens"));
    assert_eq!(silent.intensity, Intensity::Hounsfield);
    assert_eq!((told.is_oriented, silent.is_oriented), (true, false));
}

#[test]
fn values_without_air_say_nothing_of_how_the_patient_lies() {
    let mut bytes = crate::fixture::bytes("phantom_lps.nii");
    for value in bytes[352..].chunks_exact_mut(2) {
        let hu = i16::from_le_bytes([value[0], value[1]]);
        value.copy_from_slice(&hu.max(0).to_le_bytes());
    }
    let volume = crate::fixture::try_open("scan.nii", bytes).expect("opens");
    assert!(matches!(volume.intensity, Intensity::Grey { .. }) && volume.is_oriented);
}

#[test]
fn nifti_without_orientation_says_so() {
    let mut bytes = crate::fixture::bytes("phantom_lps.nii");
    bytes[252..256].fill(0);
    let volume = crate::fixture::try_open("scan.nii", bytes).expect("opens");
    assert_eq!(
        (volume.is_oriented, volume.patient_from_voxel),
        (false, None)
    );
    assert!(volume.slice_positions_mm.is_empty());
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("left and right may be swapped")),
        "{:?}",
        volume.notes
    );
}
