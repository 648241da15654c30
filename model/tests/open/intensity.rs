//! Whether the values of a DICOM file are Hounsfield units.

use model::volume::Intensity;

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

/// `lidc_explicit.dcm` from a scanner of another modality, with another intercept and unit.
fn rewritten(modality: &str, intercept: &[u8], unit: &[u8]) -> Intensity {
    let original = bytes("lidc_explicit.dcm");
    let modality = [b"\x08\x00\x60\x00CS\x02\x00", modality.as_bytes()].concat();
    let changed = replace(&original, b"\x08\x00\x60\x00CS\x02\x00CT", &modality);
    let air = b"\x28\x00\x52\x10DS\x06\x00-1024 ";
    let changed = replace(&changed, air, intercept);
    let slope = b"\x28\x00\x53\x10DS\x02\x001 ";
    let changed = replace(&changed, slope, &[slope.as_slice(), unit].concat());
    try_open("scan", changed).expect("opens").intensity
}

#[test]
fn hounsfield_units_are_known_by_scanner_unit_and_intercept() {
    let (zero, air) = (
        b"\x28\x00\x52\x10DS\x02\x000 ",
        b"\x28\x00\x52\x10DS\x06\x00-1024 ",
    );
    let (none, hu) = (b"", b"\x28\x00\x54\x10LO\x02\x00HU");
    let unspecified = b"\x28\x00\x54\x10LO\x02\x00US";
    let density = b"\x28\x00\x54\x10LO\x02\x00OD";
    let is_grey = |intensity| matches!(intensity, Intensity::Grey { .. });
    assert_eq!(rewritten("CT", zero, hu), Intensity::Hounsfield);
    assert_eq!(rewritten("CT", zero, unspecified), Intensity::Hounsfield);
    assert!(is_grey(rewritten("CT", zero, density)));
    assert_eq!(rewritten("OT", zero, hu), Intensity::Hounsfield);
    assert_eq!(rewritten("OT", air, unspecified), Intensity::Hounsfield);
    assert!(is_grey(rewritten("OT", zero, none)));
    assert!(is_grey(rewritten("MR", air, none)));
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
