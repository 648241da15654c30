//! NIfTI whose header and voxels are files of their own.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use model::open::{NamedFile, OpenError, open_files, voxels_among};
use model::volume::Volume;

use crate::fixture::bytes;
use crate::orientation::assert_phantom;

/// NIfTI in two files.
fn pair(header: Vec<u8>, voxels: Vec<u8>) -> Result<Volume, OpenError> {
    let file = |name: &str, bytes| NamedFile {
        name: name.to_owned(),
        bytes,
    };
    let files = vec![
        file("scans/Scan.HDR", header),
        file("scans/scan.img", voxels),
    ];
    open_files(files, &mut |_, _| {})
}

#[test]
fn nifti_in_two_files_has_its_voxels_where_the_header_says() {
    let whole = bytes("phantom_2.nii");
    let mut wide = whole[..540].to_vec();
    wide[4..8].copy_from_slice(b"ni2\0");
    wide[168..176].fill(0);
    let volume = pair(wide, whole[544..].to_vec()).expect("opens");
    assert_phantom(&volume, "NIfTI-2");
    assert_eq!(volume.format, "NIfTI-2");

    // Bytes of the second file before its voxels.
    let mut later = bytes("phantom_pair.hdr");
    later[108..112].copy_from_slice(&16_f32.to_le_bytes());
    let voxels = [&[7; 16], bytes("phantom_pair.img").as_slice()].concat();
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&voxels).expect("packs");
    for voxels in [voxels, packer.finish().expect("packs")] {
        assert_phantom(&pair(later.clone(), voxels).expect("opens"), "later");
    }

    let mut short = bytes("phantom_pair.img");
    short.pop();
    let error = pair(bytes("phantom_pair.hdr"), short).expect_err("a voxel too few");
    assert_eq!(error, OpenError::Truncated);
}

#[test]
fn nifti_in_two_files_is_told_by_one_name_with_two_endings() {
    let header = bytes("phantom_pair.hdr");
    let among = |name: &str, other| voxels_among(name, &header, [other]).is_some();
    for (name, other) in [
        ("scan.hdr", "scan.img"),
        ("SCAN.HDR", "scan.img.gz"),
        ("a.b/c.d.hdr", "e/c.d.img"),
    ] {
        assert!(among(name, other), "{name} {other}");
    }
    for (name, other) in [
        ("scan.hdr", "scan1.img"),
        ("scan.hdr", "scan.hdr"),
        ("scan.hdr", "scan.raw"),
        ("scan", "scan.img"),
        ("ß", "ß"),
    ] {
        assert!(!among(name, other), "{name} {other}");
    }
}
