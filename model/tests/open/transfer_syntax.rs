//! The same pixels come out of every way in which a DICOM file can hold them.

use model::open::OpenError;
use model::volume::{Intensity, Volume};

use crate::fixture::{assert_close, bytes, expected, open, replace, try_open, us};

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
fn jpeg_ls_lossless() {
    assert_lidc("lidc_jpeg_ls.dcm", "DICOM, JPEG-LS lossless");
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

/// `name` that says its pixels have lost something, by this ratio.
fn once_lossy(name: &str, ratio: [u8; 4]) -> Vec<String> {
    let pixels = b"\xe0\x7f\x10\x00O";
    let lossy = b"\x28\x00\x10\x21CS\x02\x0001\x28\x00\x12\x21DS\x04\x00";
    let changed = [&lossy[..], &ratio, pixels].concat();
    let bytes = replace(&bytes(name), pixels, &changed);
    try_open("scan", bytes).expect("opens").notes
}

#[test]
fn what_was_once_compressed_with_loss_is_said_where_the_format_does_not() {
    let said = |ratio| {
        vec![format!(
            "The file says that it was once compressed with loss{ratio}."
        )]
    };
    assert_eq!(
        once_lossy("lidc_explicit.dcm", *b"20.5"),
        said(" (20.5 : 1)")
    );
    assert_eq!(
        once_lossy("lidc_explicit.dcm", *b"20\\5"),
        said(" (20 : 1)")
    );
    assert_eq!(once_lossy("lidc_explicit.dcm", *b"much"), said(""));
    let notes = once_lossy("jpeg_baseline.dcm", *b"20.5");
    assert!(
        notes.iter().all(|note| !note.contains("with loss")),
        "{notes:?}"
    );
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
