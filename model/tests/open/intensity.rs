//! Whether the values of a DICOM file are Hounsfield units.

use model::volume::{Intensity, Volume};

use crate::fixture::{bytes, expected, replace, try_open};

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

const ZERO: &[u8] = b"\x28\x00\x52\x10DS\x02\x000 ";
const AIR: &[u8] = b"\x28\x00\x52\x10DS\x06\x00-1024 ";

/// `lidc_explicit.dcm` from a scanner of another modality, with another intercept and unit.
fn rewritten(modality: &str, intercept: &[u8], unit: &[u8]) -> Volume {
    let original = bytes("lidc_explicit.dcm");
    let modality = [b"\x08\x00\x60\x00CS\x02\x00", modality.as_bytes()].concat();
    let changed = replace(&original, b"\x08\x00\x60\x00CS\x02\x00CT", &modality);
    let changed = replace(&changed, AIR, intercept);
    let slope = b"\x28\x00\x53\x10DS\x02\x001 ";
    let changed = replace(&changed, slope, &[slope.as_slice(), unit].concat());
    try_open("scan", changed).expect("opens")
}

#[test]
fn hounsfield_units_are_known_by_scanner_unit_and_intercept() {
    let (none, hu) = (b"", b"\x28\x00\x54\x10LO\x02\x00HU");
    let unspecified = b"\x28\x00\x54\x10LO\x02\x00US";
    let density = b"\x28\x00\x54\x10LO\x02\x00OD";
    let is_grey = |volume: Volume| matches!(volume.intensity, Intensity::Grey { .. });
    let is_hounsfield = |volume: Volume| volume.intensity == Intensity::Hounsfield;
    assert!(is_hounsfield(rewritten("CT", ZERO, hu)));
    assert!(is_hounsfield(rewritten("CT", AIR, unspecified)));
    assert!(is_grey(rewritten("CT", ZERO, density)));
    assert!(is_hounsfield(rewritten("OT", ZERO, hu)));
    assert!(is_hounsfield(rewritten("OT", AIR, unspecified)));
    assert!(is_grey(rewritten("OT", ZERO, none)));
    assert!(is_grey(rewritten("MR", AIR, none)));
}

/// The greys of `lidc.i16`: what is measured from 0 on, and padding black.
fn greys() -> Vec<i16> {
    let mut values = expected("lidc.i16");
    // Padding is all that is at -1024 there.
    let measured = values.iter().filter(|hu| **hu > -1024);
    let low = *measured.min().expect("values");
    assert!(low < 0);
    for value in &mut values {
        *value = (*value - low).max(0);
    }
    values
}

#[test]
fn a_ct_without_a_value_as_low_as_air_is_taken_as_grey_levels() {
    let said =
        "No value is as low as air in Hounsfield units; the values are taken as grey levels.";
    let unspecified = b"\x28\x00\x54\x10LO\x02\x00US";
    for (intercept, unit) in [(ZERO, &b""[..]), (b"", b""), (ZERO, unspecified)] {
        let volume = rewritten("CT", intercept, unit);
        let stored = expected("lidc.i16").into_iter().map(|hu| hu + 1024);
        assert!(volume.voxels.into_iter().eq(stored));
        assert!(matches!(volume.intensity, Intensity::Grey { .. }));
        assert!(volume.notes.iter().any(|note| note == said));
    }
    let without = |volume: Volume| volume.notes.iter().all(|note| note != said);
    assert!(without(rewritten("CT", AIR, b"")));
}

/// A signed CT without a rescale, with these values again and again.
fn signed(values: &[i16]) -> Volume {
    let original = bytes("lidc_explicit.dcm");
    let mut changed = replace(&original, AIR, ZERO);
    let begin = changed.len() - 2 * expected("lidc.i16").len();
    for (pixel, value) in changed[begin..]
        .chunks_exact_mut(2)
        .zip(values.iter().cycle())
    {
        pixel.copy_from_slice(&value.to_le_bytes());
    }
    try_open("scan", changed).expect("opens")
}

#[test]
fn a_ct_of_tissue_alone_is_known_by_its_fat() {
    let volume = signed(&[-150, -60, 40, 300]);
    assert_eq!(volume.intensity, Intensity::Hounsfield);
    assert_eq!(volume.voxels[..4], [-150, -60, 40, 300]);
}

#[test]
fn padding_that_no_file_names_is_no_air() {
    let volume = signed(&[-2000, 24, 1064, 1324]);
    assert!(matches!(volume.intensity, Intensity::Grey { .. }));
    assert_eq!(volume.voxels[..4], [0, 24, 1064, 1324]);
}

#[test]
fn grey_levels_below_zero_keep_their_shades() {
    let density = b"\x28\x00\x54\x10LO\x02\x00OD";
    for volume in [rewritten("MR", AIR, b""), rewritten("CT", AIR, density)] {
        assert!(volume.voxels == greys());
    }
}

#[test]
fn monochrome1_turns_grey_levels_round() {
    let bytes = replace(
        &bytes("lidc_explicit.dcm"),
        b"MONOCHROME2 ",
        b"MONOCHROME1 ",
    );
    let bytes = replace(&bytes, b"CS\x02\x00CT", b"CS\x02\x00MR");
    let volume = try_open("scan", bytes).expect("opens");
    let original = expected("lidc.i16");
    let high = *original.iter().max().expect("values");
    let turned = original
        .iter()
        .map(|&hu| if hu == -1024 { 0 } else { high - hu });
    assert!(volume.voxels.into_iter().eq(turned));
}

#[test]
fn frames_of_one_file_say_for_themselves_what_their_values_are() {
    let opened = |unit: &[u8; 2]| {
        let mut file = bytes("phantom_multiframe.dcm");
        let said = b"LO\x02\x00HU";
        for at in 0..file.len() - said.len() {
            if file[at..].starts_with(said) {
                file[at + 4..at + 6].copy_from_slice(unit);
            }
        }
        try_open("scan.dcm", file).expect("opens").intensity
    };
    assert_eq!(opened(b"HU"), Intensity::Hounsfield);
    assert_eq!(opened(b"US"), Intensity::Hounsfield, "unspecified, of a CT");
    assert!(
        matches!(opened(b"ED"), Intensity::Grey { .. }),
        "electron density"
    );
}
