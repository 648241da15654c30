//! The same pixels come out of every format and transfer syntax.

use model::open::OpenError;
use model::volume::{Intensity, Volume};

use crate::fixture::{bytes, expected, open, replace, try_open, us};

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

/// `lidc_jpeg2000.dcm` with other bytes for its codestream.
fn jpeg2000(packed: impl Fn(&[u8]) -> Vec<u8>) -> Result<Volume, OpenError> {
    let whole = bytes("lidc_jpeg2000.dcm");
    let is_start = |four: &[u8]| four == b"\xff\x4f\xff\x51";
    let start = whole.windows(4).position(is_start).expect("a codestream");
    let length = u32::from_le_bytes(whole[start - 4..start].try_into().expect("four bytes"));
    let (stream, rest) = whole[start..].split_at(length as usize);
    let mut packed = packed(stream);
    packed.resize(packed.len().next_multiple_of(2), 0);
    let length = (packed.len() as u32).to_le_bytes();
    let changed = [&whole[..start - 4], &length, &packed, rest].concat();
    try_open("scan.dcm", changed)
}

/// Boxes of a JP2 file.
fn jp2(boxes: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"\0\0\0\x0cjP  \r\n\x87\n".to_vec();
    let colour = b"\0\0\0\x0fcolr\x01\0\0\0\0\0\x11";
    let header: [(&[u8; 4], &[u8]); 2] = [(b"ftyp", b"jp2 \0\0\0\0jp2 "), (b"jp2h", colour)];
    for (kind, content) in header.iter().chain(boxes) {
        file.extend((content.len() as u32 + 8).to_be_bytes());
        file.extend(*kind);
        file.extend(*content);
    }
    file
}

/// A codestream that says it is twice as wide.
fn wider(stream: &[u8]) -> Vec<u8> {
    let mut stream = stream.to_vec();
    stream[11] = 128;
    stream
}

#[test]
fn the_first_codestream_of_a_jp2_file_wherever_it_lies() {
    let far = |stream: &[u8]| jp2(&[(b"free", &[0; 6000]), (b"jp2c", stream)]);
    let two = |stream: &[u8]| jp2(&[(b"jp2c", stream), (b"jp2c", &wider(stream))]);
    for packed in [far, two] {
        let volume = jpeg2000(packed).expect("opens");
        assert!(volume.voxels == expected("lidc.i16"));
    }
}

#[test]
fn the_size_of_a_jp2_file_is_that_of_what_is_decoded() {
    let decoy = |stream: &[u8]| jp2(&[(b"free", stream), (b"jp2c", &wider(stream))]);
    let error = jpeg2000(decoy).expect_err("another size");
    assert!(error.to_string().contains("has 64 × 128"), "{error}");
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
fn jpeg_lossless_whose_prediction_begins_anew_after_some_rows() {
    let volume = open("phantom_restarts.dcm");
    assert!(volume.voxels == expected("phantom.i16")[..320]);
    assert_close(&open("lossless_6_0.jpg"), "lossless.i16", 0);
}

#[test]
fn jpeg_of_which_the_lowest_bits_are_cut() {
    let expected = expected("lossless.i16");
    let cut = expected.iter().map(|grey| grey >> 2 << 2);
    assert!(open("lossless_1_2.jpg").voxels.into_iter().eq(cut));
}

#[test]
fn padding_in_its_unsigned_spelling_is_air() {
    assert!(expected("lidc.i16").contains(&-1024));
    assert_lidc("lidc_padding_unsigned.dcm", "DICOM, uncompressed");
}

#[test]
fn padding_that_the_stored_bits_do_not_hold_is_air() {
    let changes = [(us(0x101, 16), 12), (us(0x102, 15), 11), (us(0x103, 1), 0)];
    let bytes = changes
        .into_iter()
        .fold(bytes("lidc_explicit.dcm"), |bytes, (old, new)| {
            let element = u16::from_le_bytes([old[2], old[3]]);
            replace(&bytes, &old, &us(element, new))
        });
    assert!(try_open("scan", bytes).expect("opens").voxels == expected("lidc.i16"));
}

#[test]
fn padding_above_all_hounsfield_units_is_air() {
    let bytes = replace(&bytes("lidc_explicit.dcm"), &us(0x103, 1), &us(0x103, 0));
    assert!(try_open("scan", bytes).expect("opens").voxels == expected("lidc.i16"));
}

#[test]
fn a_file_of_no_frames_has_one() {
    let rows = us(0x10, 64);
    let none = [b"\x28\x00\x08\x00IS\x02\x000 ".as_slice(), &rows].concat();
    let bytes = replace(&bytes("lidc_explicit.dcm"), &rows, &none);
    assert!(try_open("scan", bytes).expect("opens").voxels == expected("lidc.i16"));
}

#[test]
fn private_elements_of_no_known_type_are_passed_over() {
    let pixels = b"\xe0\x7f\x10\x00OW";
    let private = [b"\x29\x00\x10\x10??\x04\x00abcd".as_slice(), pixels].concat();
    let bytes = replace(&bytes("lidc_explicit.dcm"), pixels, &private);
    assert!(try_open("scan", bytes).expect("opens").voxels == expected("lidc.i16"));
}

#[test]
fn unsigned_twelve_bits_in_the_upper_part_of_sixteen() {
    assert_lidc("lidc_upper_bits.dcm", "DICOM, uncompressed");
}

#[test]
fn of_a_scan_that_no_file_could_refer_to_nothing_of_the_patient_is_kept() {
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

/// `phantom_ras.nii` with other numbers in its header.
fn nifti(at: usize, numbers: &[f32]) -> Volume {
    let mut changed = bytes("phantom_ras.nii");
    for (place, number) in numbers.iter().enumerate() {
        changed[at + 4 * place..][..4].copy_from_slice(&number.to_le_bytes());
    }
    try_open("scan.nii", changed).expect("opens")
}

#[test]
fn nifti_of_small_or_large_numbers_keeps_its_shades() {
    const SLOPE: usize = 112;
    let full = nifti(SLOPE, &[1.0, 0.0]);
    assert_eq!(full.intensity, Intensity::Hounsfield);
    let low = full.voxels.iter().copied().min().expect("voxels");
    let high = full.voxels.iter().copied().max().expect("voxels");
    for scaling in [[1.0 / 4096.0, 0.25], [30.0, 30_000.0]] {
        let scaled = nifti(SLOPE, &scaling);
        assert_eq!(scaled.intensity, Intensity::Grey { max: 4095 });
        for (&hu, &grey) in full.voxels.iter().zip(&scaled.voxels) {
            let share = f32::from(hu - low) / f32::from(high - low);
            assert!(
                (share * 4095.0 - f32::from(grey)).abs() < 1.0,
                "{hu}: {grey}"
            );
        }
    }
}

/// `phantom_ras.nii` as decimals, of which some differ.
fn decimals(shift: f32, others: &[f32]) -> Volume {
    let whole = bytes("phantom_ras.nii");
    let (header, voxels) = whole.split_at(352);
    let mut changed = header.to_vec();
    changed[70..74].copy_from_slice(&[16, 0, 32, 0]);
    let stored = voxels.chunks_exact(2);
    let stored = stored.map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) + shift);
    for (place, value) in stored.enumerate() {
        let value = others.get(place).copied().unwrap_or(value);
        changed.extend(value.to_le_bytes());
    }
    try_open("scan.nii", changed).expect("opens")
}

#[test]
fn infinite_values_of_a_nifti_change_no_others() {
    const NONE: [f32; 3] = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    // Greys as they are, greys that are stretched, and Hounsfield units.
    for shift in [2000.0, 40_000.0, 0.0] {
        let (plain, with) = (decimals(shift, &[]), decimals(shift, &NONE));
        assert_eq!(with.intensity, plain.intensity, "{shift}");
        let differ = with.voxels.iter().zip(&plain.voxels);
        assert!(differ.filter(|(a, b)| a != b).count() <= NONE.len());
        let said = |volume: &Volume| volume.notes.iter().any(|note| note.contains("infinite"));
        assert!(said(&with) && !said(&plain));
    }
}

#[test]
fn distances_that_no_ct_has_are_not_used() {
    const SROW_X: usize = 280;
    let thousandths = [
        0.001, 0.0, 0.0, 0.0, 0.0, 0.001, 0.0, 0.0, 0.0, 0.0, 0.001, 0.0,
    ];
    let volume = nifti(SROW_X, &thousandths);
    assert_eq!((volume.spacing, volume.slice_spacing_mm), (None, None));
    assert!(volume.slice_positions_mm.is_empty() && volume.patient_from_voxel.is_none());
    let said = |note: &String| note.contains("cannot be that of a CT");
    assert!(volume.notes.iter().any(said), "{:?}", volume.notes);
}
