//! Slices to make a series of, from one file.

use model::open::{NamedFile, OpenError, open_files};
use model::volume::Volume;

use crate::fixture::{bytes, replace};

/// `lidc_explicit.dcm` at another height and under another series.
pub(crate) fn slice(name: &str, z: &str, series: &str) -> NamedFile {
    let original = bytes("lidc_explicit.dcm");
    let start = original
        .windows(8)
        .position(|eight| eight == b"\x20\x00\x32\x00DS\x24\x00")
        .unwrap_or_else(|| panic!("the position must be 36 characters long"));
    let mut position = format!("-166.00\\-171.70\\{z}").into_bytes();
    position.resize(36, b' ');
    let mut moved = original;
    moved[start + 8..start + 44].copy_from_slice(&position);
    NamedFile {
        name: name.to_owned(),
        bytes: replace(
            &moved,
            b"UI\x06\x001.2.3\0",
            format!("UI\x06\x00{series}\0").as_bytes(),
        ),
    }
}

/// A slice that does not say where it lies, but how far along the table.
pub(crate) fn located(location_mm: &str) -> NamedFile {
    let mut placed = slice(location_mm, "0.0", "1.2.3");
    let start = placed
        .bytes
        .windows(8)
        .position(|eight| eight == b"\x20\x00\x32\x00DS\x24\x00")
        .unwrap_or_else(|| panic!("the position must be 36 characters long"));
    placed.bytes[start + 2..start + 4].copy_from_slice(b"\x41\x10");
    placed.bytes[start + 8..start + 44].copy_from_slice(format!("{location_mm:36}").as_bytes());
    placed
}

/// The scan in these files.
pub(crate) fn open(files: Vec<NamedFile>) -> Result<Volume, OpenError> {
    open_files(files, &mut |_, _| {})
}
