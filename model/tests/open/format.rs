//! The same pixels come out of every format and transfer syntax.

use model::volume::{Intensity, Volume};

use crate::fixture::{bytes, expected, open, replace, try_open};

fn assert_lidc(name: &str, format: &str) {
    let volume = open(name);
    assert_eq!(volume.format, format, "{name}");
    assert_eq!(
        (volume.rows, volume.cols, volume.slices()),
        (64, 64, 1),
        "{name}"
    );
    assert_eq!(volume.intensity, Intensity::Hounsfield, "{name}");
    assert!(
        volume.voxels == expected("lidc.i16"),
        "{name}: other pixels than pydicom's"
    );
    assert_eq!(
        volume.slice_spacing_mm,
        Some(2.5),
        "{name}: from the slice thickness"
    );
    let spacing = volume.spacing.expect("a spacing");
    assert!(
        (spacing.row_mm - 0.820_312).abs() < 1e-5 && (spacing.col_mm - 0.820_312).abs() < 1e-5,
        "{spacing:?}"
    );
}

#[test]
fn explicit_little_endian() {
    assert_lidc("lidc_explicit.dcm", "DICOM, uncompressed");
}

#[test]
fn implicit_little_endian() {
    assert_lidc("lidc_implicit.dcm", "DICOM, uncompressed");
}

#[test]
fn implicit_without_preamble_and_meta_information() {
    assert_lidc("lidc_bare.dcm", "DICOM, uncompressed");
}

#[test]
fn meta_information_without_preamble() {
    let volume = try_open("scan", bytes("lidc_explicit.dcm").split_off(132)).expect("opens");
    assert!(volume.voxels == expected("lidc.i16"));
}

#[test]
fn explicit_big_endian() {
    assert_lidc("lidc_big_endian.dcm", "DICOM, uncompressed big endian");
}

#[test]
fn deflated() {
    assert_lidc("lidc_deflated.dcm", "DICOM, deflated");
}

#[test]
fn rle_lossless() {
    assert_lidc("lidc_rle.dcm", "DICOM, RLE lossless");
}

#[test]
fn jpeg_2000_lossless() {
    assert_lidc("lidc_jpeg2000.dcm", "DICOM, JPEG 2000 lossless");
}

#[test]
fn jpeg_lossless() {
    assert_lidc("lidc_jpeg_lossless.dcm", "DICOM, JPEG lossless");
}

#[test]
fn padding_in_its_unsigned_spelling_is_air() {
    assert!(expected("lidc.i16").contains(&-1024));
    assert_lidc("lidc_padding_unsigned.dcm", "DICOM, uncompressed");
}

#[test]
fn unsigned_twelve_bits_in_the_upper_part_of_sixteen() {
    assert_lidc("lidc_upper_bits.dcm", "DICOM, uncompressed");
}

#[test]
fn nothing_of_the_patient_is_kept() {
    let text = format!("{:?}", open("lidc_explicit.dcm"));
    assert!(!text.contains("Secret") && !text.contains("secret-id"));
}

fn assert_close(volume: &Volume, name: &str, tolerance: i16) {
    let expected = expected(name);
    assert_eq!(volume.voxels.len(), expected.len());
    for (index, (&found, &wanted)) in volume.voxels.iter().zip(&expected).enumerate() {
        assert!(
            (found - wanted).abs() <= tolerance,
            "{name}, pixel {index}: {found}, not {wanted}"
        );
    }
}

#[test]
fn pictures_become_grey_levels() {
    // Rounding of brightness and alpha may differ by one level.
    for (name, expected, tolerance) in [
        ("grey8.png", "grey8.i16", 0),
        ("rgb.png", "rgb.i16", 1),
        ("rgba.png", "rgba.i16", 1),
        ("palette.png", "palette.i16", 1),
        ("grey.jpg", "grey.jpg.i16", 1),
    ] {
        let volume = open(name);
        assert_eq!(
            (volume.rows, volume.cols, volume.slices()),
            (10, 12, 1),
            "{name}"
        );
        assert_eq!(volume.intensity, Intensity::Grey { max: 255 }, "{name}");
        assert_eq!(
            (volume.spacing, volume.patient_from_voxel),
            (None, None),
            "{name}"
        );
        assert_close(&volume, expected, tolerance);
    }
}

#[test]
fn sixteen_bit_png_keeps_fifteen_bits() {
    let volume = open("grey16.png");
    assert_eq!(volume.intensity, Intensity::Grey { max: i16::MAX });
    assert_close(&volume, "grey16.i16", 0);
}

#[test]
fn jpeg_baseline_in_dicom() {
    let volume = open("jpeg_baseline.dcm");
    let expected: Vec<i16> = expected("grey.jpg.i16")
        .iter()
        .map(|level| level - 1000)
        .collect();
    assert_eq!(volume.intensity, Intensity::Hounsfield);
    let far = volume
        .voxels
        .iter()
        .zip(&expected)
        .filter(|(a, b)| (*a - *b).abs() > 1)
        .count();
    assert_eq!(far, 0, "the two JPEG decoders differ by more than rounding");
}

#[test]
fn coloured_dicom_becomes_brightness() {
    let volume = open("colour.dcm");
    assert_eq!(volume.intensity, Intensity::Grey { max: 255 });
    assert_close(&volume, "rgb.i16", 1);
    assert!(
        volume
            .notes
            .iter()
            .any(|note| note.contains("not marked as CT")),
        "{:?}",
        volume.notes
    );
}

#[test]
fn monochrome1_is_inverted() {
    assert_close(&open("monochrome1.dcm"), "monochrome1.i16", 0);
}

#[test]
fn monochrome1_does_not_touch_hounsfield_units() {
    let bytes = replace(
        &bytes("lidc_explicit.dcm"),
        b"MONOCHROME2 ",
        b"MONOCHROME1 ",
    );
    assert!(try_open("scan", bytes).expect("opens").voxels == expected("lidc.i16"));
}

#[test]
fn ct_is_known_by_its_kind_of_object_where_the_modality_is_left_out() {
    let bytes = replace(
        &bytes("lidc_explicit.dcm"),
        b"\x08\x00\x60\x00CS\x02\x00CT",
        b"",
    );
    let volume = try_open("scan", bytes).expect("opens");
    assert_eq!(volume.intensity, Intensity::Hounsfield);
}
