//! RLE lossless (PS3.5 annex G).
//!
//! Written by hand although `dicom-transfer-syntax-registry` has it: that one indexes by
//! the segment table of the file and panics where it lies.

use super::super::super::error::{OpenError, Result};
use super::super::element::malformed;
use super::super::header::Samples;

/// Bytes of the segment table.
const TABLE: usize = 64;
/// A run of two bytes expands to at most 128.
const EXPANSION: usize = 64;

/// Samples plane after plane.
pub(super) fn decode(packed: &[u8], samples: &Samples) -> Result<Vec<u16>> {
    let pixels = samples.rows * samples.cols;
    let depth = usize::from(samples.bits_allocated / 8);
    if pixels > packed.len().saturating_mul(EXPANSION) {
        return Err(malformed(
            "it says to have more rows and columns than it has pixels",
        ));
    }
    let (table, _) = packed
        .get(..TABLE)
        .ok_or(OpenError::Truncated)?
        .as_chunks::<4>();
    let mut numbers = table
        .iter()
        .map(|bytes| u32::from_le_bytes(*bytes) as usize);
    let count = numbers.next().unwrap_or(0);
    if count != samples.channels() * depth {
        return Err(malformed("its RLE segments do not fit its bits a pixel"));
    }
    let offsets: Vec<usize> = numbers.take(count).collect();
    let mut words = vec![0_u16; pixels * samples.channels()];
    for (index, &start) in offsets.iter().enumerate() {
        let end = offsets.get(index + 1).copied().unwrap_or(packed.len());
        let segment = packed
            .get(start..end)
            .ok_or_else(|| malformed("its RLE segments overlap"))?;
        // The most significant byte comes first.
        let shift = 8 * (depth - 1 - index % depth);
        let first = index / depth * pixels;
        let plane = words.get_mut(first..first + pixels).unwrap_or_default();
        unpack(segment, plane, shift)?;
    }
    Ok(words)
}

/// `PackBits` into one byte of every word.
fn unpack(segment: &[u8], plane: &mut [u16], shift: usize) -> Result<()> {
    let mut source = segment.iter().copied();
    let mut target = plane.iter_mut();
    while target.len() > 0 {
        let control = source.next().ok_or(OpenError::Truncated)? as i8;
        if control >= 0 {
            for word in target.by_ref().take(control as usize + 1) {
                *word |= u16::from(source.next().ok_or(OpenError::Truncated)?) << shift;
            }
        } else if control != i8::MIN {
            let byte = u16::from(source.next().ok_or(OpenError::Truncated)?) << shift;
            for word in target
                .by_ref()
                .take(usize::from(control.unsigned_abs()) + 1)
            {
                *word |= byte;
            }
        }
    }
    Ok(())
}
