//! Unpacking with a budget that counts what really comes out.

use std::io::Read;

use super::error::{OpenError, Result};
use super::limit;

/// How much may come out of compressed data.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "bytes is the unit")]
pub(super) struct Budget {
    /// Size of the compressed data; of zips as a whole, since entries may share bytes.
    pub(super) packed_bytes: u64,
    /// What has come out of other compressed data before.
    pub(super) before_bytes: u64,
    /// From here on the ratio counts.
    pub(super) free_bytes: u64,
}

impl Budget {
    /// The budget of a compressed file of this many bytes.
    pub(super) fn of(packed_bytes: usize) -> Self {
        Self {
            packed_bytes: packed_bytes as u64,
            before_bytes: 0,
            free_bytes: limit::INFLATION_FREE_BYTES,
        }
    }

    fn check(self, bytes: u64) -> Result<()> {
        let total = self.before_bytes + bytes;
        if total > self.free_bytes && total / limit::INFLATION > self.packed_bytes {
            return Err(OpenError::Bomb);
        }
        limit::check_bytes(bytes, total)
    }
}

/// What the compressed files so far have cost.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    packed_bytes: usize,
    bytes: u64,
}

impl Unpacked {
    /// Counts a compressed file of this many bytes.
    pub(super) fn add(&mut self, packed_bytes: usize) {
        self.packed_bytes += packed_bytes;
    }

    /// Reads a compressed file of this many bytes. It counts only if it can be read, so that others
    /// do not get its share.
    pub(super) fn read_file(&mut self, packed_bytes: usize, source: impl Read) -> Result<Vec<u8>> {
        self.add(packed_bytes);
        let bytes = self.read(source);
        if bytes.is_err() {
            self.packed_bytes -= packed_bytes;
        }
        bytes
    }

    /// Reads `source`, which is one of those counted or a part of it, as [`read_all`] does: with a
    /// budget of all of them.
    pub(super) fn read(&mut self, source: impl Read) -> Result<Vec<u8>> {
        let budget = Budget {
            before_bytes: self.bytes,
            ..Budget::of(self.packed_bytes)
        };
        let bytes = read_all(source, budget)?;
        self.bytes += bytes.len() as u64;
        Ok(bytes)
    }
}

/// Reads `source` to its end; never holds more than the budget and one block.
pub(super) fn read_all(mut source: impl Read, budget: Budget) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut block = vec![0; 64 << 10];
    loop {
        let count = source.read(&mut block).map_err(|error| damaged(&error))?;
        if count == 0 {
            return Ok(bytes);
        }
        budget.check((bytes.len() + count) as u64)?;
        bytes
            .try_reserve(count)
            .map_err(|_| OpenError::OutOfMemory)?;
        bytes.extend_from_slice(block.get(..count).unwrap_or_default());
    }
}

/// What an inflater's error means to the user.
pub(super) fn damaged(error: &std::io::Error) -> OpenError {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        OpenError::Truncated
    } else {
        corrupt()
    }
}

/// What came out is not what was packed.
pub(super) fn corrupt() -> OpenError {
    OpenError::Malformed {
        format: "compressed",
        detail: "its data cannot be unpacked".to_owned(),
    }
}
