//! Voxels, or whole files, that are packed.

use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use super::super::error::Result;
use super::super::inflate::{Budget, damaged, read_all};
use super::super::limit;
use super::header::Packing;

/// Whether a file may take no more memory than a browser has for it ([`limit`]).
pub(super) const LIMITED: bool = true;
/// Or as much as its header says: as many voxels as a volume may have, of up to eight bytes each.
pub(super) const UNLIMITED: bool = false;

/// The first bytes of a gzipped file, `most` at most.
pub(super) fn head(file: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    MultiGzDecoder::new(file)
        .take(most as u64)
        .read_to_end(&mut head)
        .map_err(|error| damaged(&error))?;
    Ok(head)
}

/// Unpacks the first `end` bytes.
///
/// Without limits whatever they swell to: a header has said how far they go, and a mask of nothing
/// but zeros in eight bytes each swells as a bomb does.
///
/// # Arguments
/// `IS_LIMITED`: [`LIMITED`] or [`UNLIMITED`]; a constant, so that the browser's engine holds one
/// way only.
pub(super) fn unpack<const IS_LIMITED: bool>(
    packed: &[u8],
    packing: Packing,
    end: u64,
) -> Result<Vec<u8>> {
    let (mut gzip, mut zlib);
    let source: &mut dyn Read = if packing == Packing::Zlib {
        zlib = ZlibDecoder::new(packed);
        &mut zlib
    } else {
        gzip = MultiGzDecoder::new(packed);
        &mut gzip
    };
    let mut source = source.take(end);
    if IS_LIMITED {
        let budget = Budget {
            free_bytes: limit::INFLATION_FREE_MASK_BYTES,
            ..Budget::of(packed.len())
        };
        return read_all(source, budget);
    }
    let mut bytes = Vec::new();
    limit::reserve(&mut bytes, end as usize)?;
    source
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(&error))?;
    Ok(bytes)
}
