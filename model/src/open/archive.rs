//! Zip archives.

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipVerification};

use super::NamedFile;
use super::error::{OpenError, Result};
use super::inflate::{Unpacked, corrupt};
use super::limit;

/// The files inside a zip. Folders, hidden files and archives inside are left out.
pub(super) fn unpack(bytes: &[u8], so_far: &mut Unpacked) -> Result<Vec<NamedFile>> {
    let archive = ZipArchive::from_slice(bytes).map_err(|_| damaged())?;
    limit::check_entries(archive.entries_hint())?;
    let mut files = Vec::new();
    so_far.add(bytes.len());
    let mut entries = archive.entries();
    for _ in 0..archive.entries_hint() {
        let entry = entries
            .next_entry()
            .map_err(|_| damaged())?
            .ok_or_else(damaged)?;
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        if is_clutter(&name) {
            continue;
        }
        let method = entry.compression_method();
        let packed = archive
            .get_entry(entry.wayfinder())
            .map_err(|_| damaged())?;
        let bytes = match method {
            _ if entry.flags().is_encrypted() => return Err(unusual()),
            CompressionMethod::STORE => so_far.read(packed.data()),
            CompressionMethod::DEFLATE => so_far.read(DeflateDecoder::new(packed.data())),
            _ => return Err(unusual()),
        }?;
        // With rawzip's own reader its tables of checksums would be sent too.
        let mut crc = Crc::new();
        crc.update(&bytes);
        let found = ZipVerification {
            crc: crc.sum(),
            uncompressed_size: bytes.len() as u64,
        };
        packed
            .claim_verifier()
            .valid(found)
            .map_err(|_| corrupt())?;
        files.push(NamedFile { name, bytes });
    }
    Ok(files)
}

fn unusual() -> OpenError {
    OpenError::AsItIs {
        what: "An encrypted or unusually compressed zip",
        way_out: "Unpack it first.",
    }
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
