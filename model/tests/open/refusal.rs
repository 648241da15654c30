//! Files that cannot be opened: the error names the cause and the way out.

use model::open::{OpenError, open_files};
use model::protocol::Failure;

use crate::fixture::{COLUMNS, ROWS, bytes, file, refused, replace, us, with_size};
use crate::slices::open;

fn assert_malformed(error: &OpenError, part: &str) {
    assert!(
        matches!(error, OpenError::Malformed { .. }) && error.to_string().contains(part),
        "{error}"
    );
}

#[test]
fn no_file() {
    assert_eq!(
        open_files(Vec::new(), &mut |_, _| {}),
        Err(OpenError::NoFiles)
    );
}

#[test]
fn an_empty_file() {
    assert_eq!(refused(Vec::new()), OpenError::EmptyFile);
}

#[test]
fn a_text_file_named_dcm() {
    assert_eq!(
        refused(b"This is a report, not a scan.\n".repeat(20)),
        OpenError::UnknownFormat
    );
}

#[test]
fn wrong_magic_bytes() {
    let mut dicom = bytes("lidc_explicit.dcm");
    dicom[128..132].copy_from_slice(b"DICK");
    assert_eq!(refused(dicom), OpenError::UnknownFormat);
    let mut nifti = bytes("phantom_ras.nii");
    nifti[344] = b'x';
    assert_eq!(refused(nifti), OpenError::UnknownFormat);
    let mut png = bytes("grey8.png");
    png[1] = b'p';
    assert_eq!(refused(png), OpenError::UnknownFormat);
}

#[test]
fn an_unknown_compression_with_the_way_out() {
    let failure = Failure::from(refused(bytes("htj2k.dcm")));
    assert_eq!(
        failure.to_string(),
        "High-throughput JPEG 2000 (HTJ2K) is not supported yet. \
         Ask your PACS for uncompressed files (Explicit VR Little Endian), or for JPEG 2000."
    );
}

#[test]
fn other_compressions_by_name() {
    for (uid, name) in [
        ("1.2.840.10008.1.2.4.201", "HTJ2K"),
        ("1.2.840.10008.1.2.4.102", "Video"),
        ("1.2.840.10008.1.2.4.110", "JPEG XL"),
        ("1.2.3.4", "The transfer syntax 1.2.3.4"),
    ] {
        let mut element = b"\x02\x00\x10\x00UI".to_vec();
        element.extend((uid.len() as u16 + uid.len() as u16 % 2).to_le_bytes());
        element.extend(uid.as_bytes());
        if uid.len() % 2 == 1 {
            element.push(0);
        }
        let explicit = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0";
        let error = refused(replace(&bytes("lidc_explicit.dcm"), explicit, &element));
        assert!(
            matches!(error, OpenError::Compression { .. }) && error.to_string().contains(name),
            "{error}"
        );
    }
}

#[test]
fn kinds_of_jpeg_that_are_not_read() {
    let grey = bytes("grey.jpg");
    let frame = grey
        .windows(2)
        .position(|two| two == [0xff, 0xc0])
        .expect("a frame");
    for (at, value, kind) in [(1, 0xc9, "arithmetic"), (4, 12, "12 bits"), (9, 4, "CMYK")] {
        let mut changed = grey.clone();
        changed[frame + at] = value;
        let error = refused(changed);
        assert!(
            matches!(error, OpenError::Unsupported { .. }) && error.to_string().contains(kind),
            "{error}"
        );
    }
}

#[test]
fn rows_and_columns_that_lie() {
    assert_malformed(
        &refused(with_size("lidc_explicit.dcm", 512, 512)),
        "more rows and columns than it has pixels",
    );
    assert_malformed(
        &refused(with_size("lidc_rle.dcm", 8192, 8192)),
        "more rows and columns than it has pixels",
    );
    assert_malformed(
        &refused(with_size("lidc_jpeg2000.dcm", 8192, 8192)),
        "its compressed image has 64 × 64",
    );
    assert_malformed(
        &refused(with_size("lidc_jpeg_ls.dcm", 8192, 8192)),
        "its compressed image has 64 × 64",
    );
    assert_malformed(
        &refused(with_size("lidc_jpeg_lossless.dcm", 63, 64)),
        "its compressed image has 64 × 64",
    );
    assert_eq!(
        refused(with_size("lidc_rle.dcm", 100, 64)),
        OpenError::Truncated
    );
}

#[test]
fn no_pixels_at_all() {
    assert_eq!(
        refused(with_size("lidc_explicit.dcm", 0, 0)),
        OpenError::EmptyImage
    );
}

#[test]
fn twenty_thousand_pixels_square() {
    let error = refused(with_size("lidc_explicit.dcm", 20_000, 20_000));
    assert_eq!(
        error,
        OpenError::TooLarge {
            what: "number of rows",
            found: 20_000,
            limit: 8192
        }
    );
    let mut png = bytes("grey8.png");
    png[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(
        refused(png),
        OpenError::TooLarge {
            what: "number of rows",
            found: 20_000,
            limit: 8192
        }
    );
    let mut nifti = bytes("phantom_ras.nii");
    nifti[42..46].copy_from_slice(&[0x20, 0x4e, 0x20, 0x4e]);
    assert!(matches!(
        refused(nifti),
        OpenError::TooLarge { found: 20_000, .. }
    ));
}

/// CRC-32 of a PNG chunk (PNG specification, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn too_many_frames() {
    let frames = [
        b"\x28\x00\x08\x00IS\x06\x00999999".as_slice(),
        &us(ROWS, 64),
    ]
    .concat();
    let error = refused(replace(&bytes("lidc_explicit.dcm"), &us(ROWS, 64), &frames));
    assert!(
        matches!(
            error,
            OpenError::TooLarge {
                what: "number of slices",
                found: 999_999,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn of_too_many_files_one_series_is_to_be_opened_and_of_too_large_slices_smaller_ones() {
    let many = vec![file("lidc_explicit.dcm"); 2001];
    let failure = Failure::from(open(many).expect_err("one too many"));
    assert_eq!(
        failure.to_string(),
        "The number of DICOM files is 2001; at most 2000 can be opened. \
         Open the folder of one series of the study, or fewer of its slices."
    );
    let failure = Failure::from(refused(with_size("lidc_explicit.dcm", 20_000, 20_000)));
    assert!(failure.way_out.ends_with("at a smaller size."), "{failure}");
}

#[test]
fn a_slope_that_is_no_number() {
    let slope = b"\x28\x00\x53\x10DS\x02\x001 ";
    let original = bytes("lidc_explicit.dcm");
    for (text, part) in [
        ("NaN     ", "rescale slope is not a number"),
        ("0       ", "rescale slope is zero"),
        ("inf     ", "rescale slope is not a number"),
        ("1,0     ", "rescale slope is not a number"),
    ] {
        let changed = [b"\x28\x00\x53\x10DS\x08\x00".as_slice(), text.as_bytes()].concat();
        assert_malformed(&refused(replace(&original, slope, &changed)), part);
    }
}

#[test]
fn contradicting_bits() {
    let original = bytes("lidc_explicit.dcm");
    assert_malformed(
        &refused(replace(&original, &us(0x0101, 16), &us(0x0101, 40))),
        "bits contradict",
    );
    assert_malformed(
        &refused(replace(&original, &us(0x0102, 15), &us(0x0102, 200))),
        "bits contradict",
    );
    let error = refused(replace(&original, &us(0x0100, 16), &us(0x0100, 32)));
    assert!(error.to_string().contains("32 bits a pixel"), "{error}");
}

#[test]
fn missing_columns() {
    assert_malformed(
        &refused(replace(&bytes("lidc_explicit.dcm"), &us(COLUMNS, 64), &[])),
        "number of columns",
    );
}

#[test]
fn dicom_without_an_image() {
    let whole = bytes("lidc_explicit.dcm");
    let pixels = whole
        .windows(4)
        .position(|four| four == b"\xe0\x7f\x10\x00")
        .expect("pixels");
    assert_eq!(refused(whole[..pixels].to_vec()), OpenError::NoPixels);
}

#[test]
fn sequences_nested_too_deeply() {
    let whole = bytes("lidc_explicit.dcm");
    let pixels = whole
        .windows(4)
        .position(|four| four == b"\xe0\x7f\x10\x00")
        .expect("pixels");
    let mut deep = whole[..pixels].to_vec();
    for _ in 0..100_000 {
        deep.extend(b"\x40\x00\x60\xa1SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff");
    }
    assert_malformed(&refused(deep), "nested too deeply");
}

#[test]
fn every_error_has_a_way_out() {
    for bytes in [
        Vec::new(),
        b"text".to_vec(),
        with_size("lidc_explicit.dcm", 0, 0),
        bytes("htj2k.dcm"),
    ] {
        let failure = Failure::from(refused(bytes));
        assert!(
            failure.way_out.ends_with('.') && failure.way_out.len() > 10,
            "{failure}"
        );
    }
}
