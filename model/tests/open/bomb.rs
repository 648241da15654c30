//! Compressed data that swell: refused before they fill the memory.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::{DeflateEncoder, GzEncoder};
use model::open::{NamedFile, OpenError, open_files};

use crate::fixture::{COLUMNS, ROWS, bytes, refused, replace, us, zip_of};

const ZEROS: usize = 64 << 20;

fn zeros(mut sink: impl std::io::Write) {
    let block = vec![0; 1 << 20];
    for _ in 0..ZEROS / block.len() {
        sink.write_all(&block).expect("writes");
    }
}

#[test]
fn a_deflate_bomb() {
    let deflated = bytes("lidc_deflated.dcm");
    // The data set begins after group 0002, whose length its first element gives.
    let meta = u32::from_le_bytes(deflated[140..144].try_into().unwrap()) as usize;
    let mut encoder = DeflateEncoder::new(deflated[..144 + meta].to_vec(), Compression::best());
    zeros(&mut encoder);
    assert_eq!(
        refused(encoder.finish().expect("finishes")),
        OpenError::Bomb
    );
}

/// `lidc_deflated.dcm` with 8 × 8 pixels and so many zeros before them.
fn padded(zeros: usize) -> Vec<u8> {
    let deflated = bytes("lidc_deflated.dcm");
    let meta = 144 + u32::from_le_bytes(deflated[140..144].try_into().unwrap()) as usize;
    let mut set = Vec::new();
    DeflateDecoder::new(&deflated[meta..])
        .read_to_end(&mut set)
        .expect("inflates");
    for place in [ROWS, COLUMNS] {
        set = replace(&set, &us(place, 64), &us(place, 8));
    }
    let pixels = b"\xe0\x7f\x10\x00OW\x00\x00";
    let at = set.windows(pixels.len()).position(|it| it == pixels);
    set.truncate(at.expect("pixels"));
    let mut padding = b"\x29\x00\x10\x10OB\x00\x00".to_vec();
    padding.extend((zeros as u32).to_le_bytes());
    padding.resize(padding.len() + zeros, 0);
    set.extend(padding);
    set.extend(pixels);
    set.extend(128_u32.to_le_bytes());
    set.resize(set.len() + 128, 0);
    let mut encoder = DeflateEncoder::new(deflated[..meta].to_vec(), Compression::best());
    encoder.write_all(&set).expect("writes");
    encoder.finish().expect("finishes")
}

#[test]
fn a_folder_of_many_small_bombs() {
    // Each file stays below what a single one may swell to; together they do not.
    let file = NamedFile {
        name: "scan.dcm".to_owned(),
        bytes: padded(15 << 20),
    };
    let alone = open_files(vec![file.clone()], &mut |_, _| {}).expect("opens");
    assert!(alone.notes.iter().all(|note| !note.contains("Left out")));
    let volume = open_files(vec![file; 4], &mut |_, _| {}).expect("opens");
    let said = volume.notes.concat();
    assert!(
        said.contains("3 DICOM files that cannot be read") && said.contains("swell far beyond"),
        "{said}"
    );
}

#[test]
fn a_zip_bomb() {
    let bytes = zip_of(&[vec![0; ZEROS]]);
    assert!(bytes.len() < ZEROS / 900);
    assert_eq!(refused(bytes), OpenError::Bomb);
}

#[test]
fn a_zip_of_many_small_bombs() {
    // Each entry stays below what a single file may swell to; together they do not.
    let bytes = zip_of(&vec![vec![0; 15 << 20]; 4]);
    assert_eq!(refused(bytes), OpenError::Bomb);
}

#[test]
fn a_gzip_of_zeros_is_no_image() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    zeros(&mut encoder);
    assert_eq!(
        refused(encoder.finish().expect("finishes")),
        OpenError::UnknownFormat
    );
}

#[test]
fn a_gzip_bomb_behind_a_nifti_header() {
    let mut header = bytes("phantom_ras.nii")[..352].to_vec();
    // 4000 × 4000 × 16 voxels of two bytes: 488 MiB of zeros from half a megabyte.
    for (at, length) in [(42, 4000_u16), (44, 4000), (46, 16)] {
        header[at..at + 2].copy_from_slice(&length.to_le_bytes());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&header).expect("writes");
    for _ in 0..8 {
        zeros(&mut encoder);
    }
    assert_eq!(
        refused(encoder.finish().expect("finishes")),
        OpenError::Bomb
    );
}

#[test]
fn a_gzip_is_not_unpacked_past_its_image() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(&bytes("phantom_ras.nii"))
        .expect("writes");
    zeros(&mut encoder);
    let volume = crate::fixture::try_open("scan.nii.gz", encoder.finish().expect("finishes"))
        .expect("opens");
    assert!(volume.voxels == crate::fixture::expected("phantom.i16"));
}

#[test]
fn an_empty_mask_of_a_long_scan_is_no_bomb() {
    // 512 × 512 × 200 voxels that are all zero shrink a thousandfold.
    let mut header = bytes("phantom_mask.nii")[..352].to_vec();
    for (at, length) in [(42, 512_u16), (44, 512), (46, 200)] {
        header[at..at + 2].copy_from_slice(&length.to_le_bytes());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&header).expect("writes");
    zeros(&mut encoder);
    let volume = crate::fixture::try_open("mask.nii.gz", encoder.finish().expect("finishes"))
        .expect("opens");
    assert_eq!(volume.slices(), 200);
}
