//! JPEG-LS in DICOM: the pixels that `CharLS` unpacks.
//!
//! The files are made by `tests/fixtures/open/make_jpeg_ls.py`.

use model::open::OpenError;
use model::volume::{Intensity, Volume};

use crate::fixture::{bytes, expected, open, refused, replace, try_open};

const FRAME: [u8; 5] = [0xff, 0xf7, 0, 11, 8];

fn size(volume: &Volume) -> (usize, usize, usize) {
    (volume.rows, volume.cols, volume.slices())
}

#[test]
fn twelve_bits_without_a_sign() {
    let volume = open("jpeg_ls_12.dcm");
    assert_eq!(volume.intensity, Intensity::Hounsfield);
    assert_eq!(size(&volume), (24, 40, 1));
    assert!(volume.voxels == expected("jpeg_ls_12.i16"));
}

#[test]
fn one_row_and_one_column() {
    let whole = expected("jpeg_ls_12.i16");
    let row = open("jpeg_ls_row.dcm");
    assert_eq!(size(&row), (1, 40, 1));
    assert_eq!(row.voxels, whole[23 * 40..]);
    let column = open("jpeg_ls_column.dcm");
    assert_eq!(size(&column), (24, 1, 1));
    assert!(
        column
            .voxels
            .iter()
            .eq(whole.chunks(40).map(|row| &row[39]))
    );
}

#[test]
fn near_lossless() {
    let volume = open("jpeg_ls_near_8.dcm");
    assert!(volume.voxels == expected("jpeg_ls_near_8.i16"));
}

#[test]
fn near_lossless_with_a_sign() {
    let volume = open("jpeg_ls_near.dcm");
    assert_eq!(volume.format, "DICOM, JPEG-LS near-lossless (lossy)");
    // Without a rescale: grey levels, and padding that has no name in the file is black.
    let levels = expected("jpeg_ls_near.i16").into_iter().map(|it| it.max(0));
    assert!(volume.voxels.into_iter().eq(levels));
}

#[test]
fn eight_bits() {
    let volume = open("jpeg_ls_8.dcm");
    assert_eq!(volume.intensity, Intensity::Grey { max: 255 });
    assert_eq!(size(&volume), (36, 60, 1));
    assert!(volume.voxels == expected("jpeg_ls_8.i16"));
}

#[test]
fn thresholds_and_reset_that_the_file_sets() {
    assert!(open("jpeg_ls_preset.dcm").voxels == expected("jpeg_ls_8.i16"));
    let other = replace(&bytes("jpeg_ls_preset.dcm"), &[0, 9, 0, 31], &[0, 9, 0, 64]);
    let other = try_open("scan.dcm", other).map(|volume| volume.voxels);
    assert!(other != Ok(expected("jpeg_ls_8.i16")));
}

#[test]
fn thresholds_that_the_file_leaves_out() {
    // CharLS writes them for more than twelve bits; as a comment they are passed over.
    let said = replace(&bytes("lidc_jpeg_ls.dcm"), &[0xff, 0xf8], &[0xff, 0xfe]);
    assert!(try_open("scan.dcm", said).expect("opens").voxels == expected("lidc.i16"));
}

#[test]
fn restarts_after_some_rows() {
    assert!(open("jpeg_ls_restarts.dcm").voxels == expected("jpeg_ls_8.i16"));
    // The seventh is missing.
    let whole = bytes("jpeg_ls_restarts.dcm");
    let damaged = refused(replace(&whole, &[0xff, 0xd6], &[0xff, 0xd7]));
    assert!(matches!(damaged, OpenError::Malformed { .. }), "{damaged}");
}

#[test]
fn parameters_that_the_standard_does_not_allow() {
    let whole = bytes("jpeg_ls_preset.dcm");
    for (old, new) in [
        // The second threshold below the first; fewer bits than the largest sample has.
        ([0, 9, 0, 9, 0, 9], [0, 9, 0, 8, 0, 9]),
        ([0, 11, 8, 0, 36, 0], [0, 11, 7, 0, 36, 0]),
        // Too many bits; a difference of half of all levels.
        ([0, 11, 8, 0, 36, 0], [0, 11, 17, 0, 36, 0]),
        ([0, 8, 1, 1, 0, 0], [0, 8, 1, 1, 0, 128]),
    ] {
        let error = refused(replace(&whole, &old, &new));
        assert!(
            error.to_string().contains("JPEG pixels cannot be decoded"),
            "{new:?}: {error}"
        );
    }
}

#[test]
fn colours_are_refused_by_name() {
    let whole = bytes("jpeg_ls_8.dcm");
    let start = whole.windows(5).position(|five| five == FRAME);
    let mut colour = whole.clone();
    colour[start.expect("a frame") + 9] = 3;
    let error = refused(colour);
    assert_eq!(
        error.to_string(),
        "A JPEG-LS in colour is not supported yet."
    );
}

#[test]
fn a_frame_that_was_not_checked_takes_no_memory() {
    // The first frame that is found is checked; a second one says that there are 65535 × 65535
    // samples.
    let lossless = [0xff, 0xc3, 0, 11, 8, 0, 36, 0, 60, 1, 1, 0x11, 0];
    let large = [0xff, 0xf7, 0, 11, 8, 0xff, 0xff, 0xff, 0xff, 1];
    let whole = bytes("jpeg_ls_8.dcm");
    let frame = [FRAME.as_slice(), &[0, 36, 0, 60, 1]].concat();
    let start = whole.windows(2).position(|two| two == [0xff, 0xd8]);
    let length = start.expect("a picture") - 4;
    let mut changed = replace(&whole, &frame, &[lossless.as_slice(), &large].concat());
    let packed = u32::from_le_bytes(changed[length..length + 4].try_into().expect("four bytes"));
    // One more, so that the length stays even.
    changed[length..length + 4].copy_from_slice(&(packed + 14).to_le_bytes());
    changed.insert(length + 4 + packed as usize + 13, 0);
    assert_eq!(refused(changed), OpenError::OutOfMemory);
}
