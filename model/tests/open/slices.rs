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

/// A slice so many mm thick.
pub(crate) fn thick(z: &str, mm: [u8; 4]) -> NamedFile {
    let mut file = slice(z, z, "1.2.3");
    let element = [*b"\x18\x00\x50\x00", *b"DS\x04\x00", mm].concat();
    let start = file
        .bytes
        .windows(6)
        .position(|six| six == b"\x18\x00\x50\x00DS");
    let start = start.unwrap_or_else(|| panic!("a thickness"));
    let end = start + 8 + usize::from(file.bytes[start + 6]);
    file.bytes.splice(start..end, element);
    file
}

/// The same file in a series with this number.
pub(crate) fn numbered(mut file: NamedFile, number: [u8; 2]) -> NamedFile {
    let next = b"\x20\x00\x13\x00IS";
    let mut element = [&b"\x20\x00\x11\x00IS\x02\x00"[..], &number].concat();
    element.extend(next);
    file.bytes = replace(&file.bytes, next, &element);
    file
}

/// The scan in these files.
pub(crate) fn open(files: Vec<NamedFile>) -> Result<Volume, OpenError> {
    open_files(files, &mut |_, _| {})
}
