//! Files beside this test, and ways to open them.

use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use model::open::{NamedFile, OpenError, open_files};
use model::volume::Volume;
use rawzip::{CompressionMethod, ZipArchiveWriter};

/// Bytes of a fixture.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/open")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A fixture as the user chooses it.
pub(crate) fn file(name: &str) -> NamedFile {
    NamedFile {
        name: name.to_owned(),
        bytes: bytes(name),
    }
}

/// Opens one fixture.
pub(crate) fn open(name: &str) -> Volume {
    open_files(vec![file(name)], &mut |_, _| {}).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Opens bytes under a name.
pub(crate) fn try_open(name: &str, bytes: Vec<u8>) -> Result<Volume, OpenError> {
    open_files(
        vec![NamedFile {
            name: name.to_owned(),
            bytes,
        }],
        &mut |_, _| {},
    )
}

/// The error of bytes that must not open.
pub(crate) fn refused(bytes: Vec<u8>) -> OpenError {
    match try_open("scan.dcm", bytes) {
        Err(error) => error,
        Ok(volume) => panic!(
            "opened as {} with {} slices",
            volume.format,
            volume.slices()
        ),
    }
}

/// Expected values.
pub(crate) fn expected(name: &str) -> Vec<i16> {
    bytes(name)
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}

/// A zip of files, each deflated.
pub(crate) fn zip_of(files: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (index, file) in files.iter().enumerate() {
        let name = format!("scan{index}.dcm");
        let entry = archive.new_file(&name);
        let entry = entry.compression_method(CompressionMethod::DEFLATE);
        let (mut entry, config) = entry.start().expect("starts");
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::best()));
        writer.write_all(file).expect("writes");
        let (encoder, descriptor) = writer.finish().expect("finishes");
        encoder.finish().expect("finishes");
        entry.finish(descriptor).expect("finishes");
    }
    archive.finish().expect("finishes");
    bytes
}

/// Replaces the only occurrence of `old` in `bytes`.
pub(crate) fn replace(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..bytes.len() - old.len())
        .filter(|&at| bytes[at..].starts_with(old))
        .collect();
    assert_eq!(places.len(), 1, "{old:?} must be there once");
    let mut changed = bytes[..places[0]].to_vec();
    changed.extend(new);
    changed.extend(&bytes[places[0] + old.len()..]);
    changed
}

/// Explicit little-endian US element of group 0028.
pub(crate) fn us(element: u16, value: u16) -> Vec<u8> {
    let mut bytes = vec![0x28, 0x00];
    bytes.extend(element.to_le_bytes());
    bytes.extend(b"US\x02\x00");
    bytes.extend(value.to_le_bytes());
    bytes
}

pub(crate) const ROWS: u16 = 0x0010;
pub(crate) const COLUMNS: u16 = 0x0011;

/// `lidc_explicit.dcm` with other rows and columns in its header.
pub(crate) fn with_size(name: &str, rows: u16, cols: u16) -> Vec<u8> {
    let changed = replace(&bytes(name), &us(ROWS, 64), &us(ROWS, rows));
    replace(&changed, &us(COLUMNS, 64), &us(COLUMNS, cols))
}

/// No value is further than `tolerance` from that in `name`.
pub(crate) fn assert_close(volume: &Volume, name: &str, tolerance: i16) {
    let expected = expected(name);
    assert_eq!(volume.voxels.len(), expected.len());
    for (index, (&found, &wanted)) in volume.voxels.iter().zip(&expected).enumerate() {
        assert!(
            (found - wanted).abs() <= tolerance,
            "{name}, pixel {index}: {found}, not {wanted}"
        );
    }
}
