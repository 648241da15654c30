//! Pictures, in files of their own or in DICOM, become grey levels.

use model::volume::Intensity;

use crate::fixture::{assert_close, expected, open};

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
            (volume.spacing, volume.is_oriented),
            (None, false),
            "{name}"
        );
        assert_close(&volume, expected, tolerance);
    }
}

#[test]
fn a_picture_in_colour_is_said_to_be_so() {
    let is_told = |name| open(name).notes.iter().any(|it| it.contains("in colour"));
    assert!(is_told("rgb.png") && is_told("rgba.png"));
    assert!(!is_told("grey8.png") && !is_told("grey16.png") && !is_told("grey.jpg"));
}

#[test]
fn sixteen_bit_png_keeps_fifteen_bits_up_to_its_brightest() {
    let volume = open("grey16.png");
    let brightest = expected("grey16.i16").into_iter().max().expect("pixels");
    assert!(
        brightest < i16::MAX,
        "12 bits of a scanner are far from white, too"
    );
    assert_eq!(volume.intensity, Intensity::Grey { max: brightest });
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
