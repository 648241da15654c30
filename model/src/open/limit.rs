//! What is refused before memory is spent on it.
//!
//! | what | limit | why |
//! |---|---|---|
//! | one file | 512 MiB | the largest chest CT in one file is about 400 MiB |
//! | all files | 1 GiB | the engine lives in 4 GiB of wasm memory, with the volume beside the files |
//! | number of files | 10 000 | a disc holds programs, reports and several series |
//! | number of DICOM files | 2000 | the longest thin-slice series have about 1200 |
//! | rows, columns | 8192 | CT is 512 or 1024; the rest is room for scanned films |
//! | slices or frames | 2000 | as DICOM files |
//! | frames of all files | 8000 | four long series, of which one is opened |
//! | voxels | 512 Mi (1 GiB of `i16`) | half of what 32 bits can address as bytes is left |
//! | bits a sample | 16 | a volume stores `i16` |
//! | inflated data | 512 MiB a file, 1 GiB in all | same as files, counted while inflating |
//! | inflation ratio | 900 : 1 past 16 MiB (NIfTI, NRRD, `MetaImage`: 256 MiB) | images reach 10 : 1, masks some 100 : 1, a bomb 1030 : 1 |
//! | items of a DICOM sequence | 8000 | one for each frame |
//! | nesting of DICOM sequences | 16 | real files reach 5 |
//!
//! Bytes and inflation of NIfTI, NRRD and `MetaImage` are limited for the browser's sake: [`open_grid`] and
//! [`open_labels`], which only command-line programs call, ask for no more than that the voxels fit
//! a volume.
//!
//! [`open_grid`]: super::open_grid
//! [`open_labels`]: super::open_labels

use super::error::OpenError;
use super::kind::Kind;
use super::{NamedFile, error::Result};

/// Bytes of one file, also of one inflated file.
pub const FILE_BYTES: u64 = 512 << 20;
/// Bytes of all files together.
pub const TOTAL_BYTES: u64 = crate::protocol::OPEN_BYTES;
/// What [`TOTAL_BYTES`] limits.
pub(super) const TOTAL: &str = "size of all files in MB";
/// Number of files of any kind, also in a zip, where folders count, too.
pub const ALL_FILES: usize = 10_000;
/// What [`ALL_FILES`] limits.
const ALL: &str = "number of files";
/// The same in a zip.
const ZIPPED: &str = "number of files and folders in the zip";
/// Number of DICOM files.
pub const FILES: usize = 2000;
/// What [`FILES`] limits.
const COUNT: &str = "number of DICOM files";
/// What [`FILE_BYTES`] limits where the file is a zip.
const ZIP: &str = "size of the zip in MB";
/// What is no limit any more once a zip is unpacked.
pub(super) const OF_ZIP: [&str; 2] = [ZIP, ZIPPED];
/// What [`FRAMES`] limits.
const ALL_FRAMES: &str = "number of frames of all files";
/// What is smaller where one series is opened instead of a whole study.
pub(super) const OF_STUDY: [&str; 4] = [TOTAL, ALL, COUNT, ALL_FRAMES];
/// Rows and columns of a slice.
pub const EDGE_PX: u64 = 8192;
/// Slices of a volume, frames of a file.
pub const SLICES: u64 = 2000;
/// Frames of all files together; they may be of several series.
pub const FRAMES: u64 = 4 * SLICES;
/// Voxels of a volume.
pub const VOXELS: u64 = 512 << 20;
/// Bits of a stored sample.
pub const BITS: u16 = 16;
/// Inflated bytes per compressed byte …
pub const INFLATION: u64 = 900;
/// … once this many bytes have come out.
pub const INFLATION_FREE_BYTES: u64 = 16 << 20;
/// The same for NIfTI, NRRD and `MetaImage`, whose header already bounds the size: a mask without a
/// single set voxel shrinks a thousandfold.
pub const INFLATION_FREE_MASK_BYTES: u64 = 256 << 20;
/// Sequences inside sequences of a DICOM file.
pub const DEPTH: usize = 16;

/// Checks number and size of the files.
pub(super) fn check_files(files: &[NamedFile]) -> Result<()> {
    if files.is_empty() {
        return Err(OpenError::NoFiles);
    }
    check(ALL, files.len() as u64, ALL_FILES as u64)?;
    let mut total = 0;
    for file in files {
        let bytes = file.bytes.len() as u64;
        total += bytes;
        if Kind::of(&file.bytes) == Some(Kind::Zip) {
            check(ZIP, mb(bytes), mb(FILE_BYTES))?;
        }
        check_bytes(bytes, total)?;
    }
    Ok(())
}

/// Checks the number of entries of a zip.
pub(super) fn check_entries(entries: u64) -> Result<()> {
    check(ZIPPED, entries, ALL_FILES as u64)
}

/// Checks the number of DICOM files.
pub(super) fn check_dicom_files(files: usize) -> Result<()> {
    check(COUNT, files as u64, FILES as u64)
}

fn mb(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// Checks the size of a file, and of all files so far.
pub(super) fn check_bytes(bytes: u64, total: u64) -> Result<()> {
    check("size of a file in MB", mb(bytes), mb(FILE_BYTES))?;
    check(TOTAL, mb(total), mb(TOTAL_BYTES))
}

/// Checks a grid and returns its number of voxels.
pub(super) fn check_grid(rows: u64, cols: u64, slices: u64) -> Result<usize> {
    if rows == 0 || cols == 0 || slices == 0 {
        return Err(OpenError::EmptyImage);
    }
    check("number of rows", rows, EDGE_PX)?;
    check("number of columns", cols, EDGE_PX)?;
    check("number of slices", slices, SLICES)?;
    check_voxels(rows * cols * slices)
}

/// Checks the number of voxels of a volume and returns it.
pub(super) fn check_voxels(voxels: u64) -> Result<usize> {
    check("number of voxels", voxels, VOXELS)?;
    Ok(voxels as usize)
}

/// Checks the frames counted so far.
pub(super) fn check_frames(frames: u64) -> Result<()> {
    check(ALL_FRAMES, frames, FRAMES)
}

/// Checks the items of a sequence so far: each takes some hundred bytes of memory, and may be eight
/// in the file.
pub(super) fn check_items(items: u64) -> Result<()> {
    check("number of items of a sequence", items, FRAMES)
}

fn check(what: &'static str, found: u64, limit: u64) -> Result<()> {
    if found > limit {
        return Err(OpenError::TooLarge { what, found, limit });
    }
    Ok(())
}

/// Room for `voxels` more values, or an error instead of an abort.
pub(crate) fn reserve<T>(values: &mut Vec<T>, voxels: usize) -> Result<()> {
    values
        .try_reserve_exact(voxels)
        .map_err(|_| OpenError::OutOfMemory)
}
