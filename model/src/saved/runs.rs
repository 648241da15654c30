//! Run-length coding of label maps.
//!
//! A label map (row-major, one byte a pixel, values 0…7) becomes runs of equal values. A
//! run is one number, `(length − 1) × 8 + value`, as LEB128 (seven bits a byte, lowest
//! first). Neighbouring runs differ, so a map has exactly one coding.

use super::SavedError;
use super::label::ALL;

/// Codes a label map; bits beyond [`ALL`] are dropped.
pub fn encode(labels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = labels.iter().map(|label| label & ALL).peekable();
    while let Some(value) = rest.next() {
        let mut more = 0_u64;
        while rest.next_if_eq(&value).is_some() {
            more += 1;
        }
        put(&mut bytes, more * 8 + u64::from(value));
    }
    bytes
}

/// The label map of `pixels` pixels.
///
/// # Errors
/// The runs do not cover exactly that many pixels, or are not what [`encode`] makes.
pub fn decode(bytes: &[u8], pixels: usize) -> Result<Vec<u8>, SavedError> {
    // Checked first, so that no memory is taken for a map that does not exist.
    check(bytes, pixels)?;
    let mut labels = Vec::with_capacity(pixels);
    for run in Runs(bytes) {
        let (value, length) = run?;
        labels.resize(labels.len() + length, value);
    }
    Ok(labels)
}

/// Whether [`decode`] would succeed, in constant memory.
///
/// # Errors
/// As for [`decode`].
pub fn check(bytes: &[u8], pixels: usize) -> Result<(), SavedError> {
    let (mut covered, mut before) = (0_usize, None);
    for run in Runs(bytes) {
        let (value, length) = run?;
        covered = covered
            .checked_add(length)
            .ok_or(SavedError::Inconsistent)?;
        if covered > pixels || before == Some(value) {
            return Err(SavedError::Inconsistent);
        }
        before = Some(value);
    }
    if covered == pixels {
        Ok(())
    } else {
        Err(SavedError::Length)
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The runs of a coding: value and length.
pub(super) struct Runs<'a>(pub(super) &'a [u8]);

impl Iterator for Runs<'_> {
    type Item = Result<(u8, usize), SavedError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let mut number = 0_u64;
        // Five bytes hold every run of the largest slice; a longer number is a forgery.
        for place in 0..5 {
            let Some((&byte, rest)) = self.0.split_first() else {
                return Some(Err(SavedError::Length));
            };
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                if byte == 0 && place > 0 {
                    return Some(Err(SavedError::Inconsistent));
                }
                // Longer than any slice on a machine of 32 bits.
                let length = usize::try_from((number >> 3) + 1);
                return Some(match length {
                    Ok(length) => Ok(((number & 7) as u8, length)),
                    Err(_) => Err(SavedError::Inconsistent),
                });
            }
        }
        Some(Err(SavedError::Inconsistent))
    }
}
