//! Zip archives.

use std::io::Cursor;

use super::NamedFile;
use super::error::{OpenError, Result};
use super::inflate::{Budget, read_all};
use super::limit;

/// What the zips opened so far have cost.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    packed_bytes: usize,
    bytes: u64,
}

/// The files inside a zip. Folders, hidden files and archives inside are left out.
pub(super) fn unpack(bytes: &[u8], so_far: &mut Unpacked) -> Result<Vec<NamedFile>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > limit::FILES * 2 {
        return Err(OpenError::TooLarge {
            what: "number of files in the zip",
            found: archive.len() as u64,
            limit: limit::FILES as u64,
        });
    }
    let mut files = Vec::new();
    so_far.packed_bytes += bytes.len();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(_) => OpenError::Unsupported {
                what: "An encrypted or unusually compressed zip".to_owned(),
            },
            _ => damaged(),
        })?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        if is_clutter(&name) {
            continue;
        }
        let budget = Budget {
            before_bytes: so_far.bytes,
            ..Budget::of(so_far.packed_bytes)
        };
        let bytes = read_all(entry, budget)?;
        so_far.bytes += bytes.len() as u64;
        files.push(NamedFile { name, bytes });
    }
    Ok(files)
}

fn is_clutter(name: &str) -> bool {
    name.ends_with('/')
        || name.starts_with("__MACOSX/")
        || name
            .rsplit('/')
            .next()
            .is_some_and(|last| last.starts_with('.'))
}

fn damaged() -> OpenError {
    OpenError::Malformed {
        format: "zip",
        detail: "its table of contents cannot be read".to_owned(),
    }
}
