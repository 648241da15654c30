//! The outside of a document: what must be known before anything is decompressed.

use super::{SavedError, limit};

/// First bytes of every document.
const MAGIC: &[u8; 4] = b"NCA1";

/// Puts compressed content of `content_bytes` bytes into an envelope.
pub fn wrap(content_bytes: usize, compressed: &[u8]) -> Vec<u8> {
    let mut document = Vec::with_capacity(compressed.len() + 8);
    document.extend_from_slice(MAGIC);
    document.extend_from_slice(&(content_bytes as u32).to_le_bytes());
    document.extend_from_slice(compressed);
    document
}

/// Takes a document apart: bytes of its content, and the compressed content (raw deflate).
///
/// # Errors
/// It is no document, or over a limit. The decompressed content must still be held to the
/// length returned.
pub fn open(document: &[u8]) -> Result<(usize, &[u8]), SavedError> {
    if document.len() > limit::DOCUMENT_BYTES {
        return Err(SavedError::TooLarge);
    }
    let (magic, rest) = document
        .split_first_chunk::<4>()
        .ok_or(SavedError::Length)?;
    if magic != MAGIC {
        return Err(SavedError::Unknown);
    }
    let (length, compressed) = rest.split_first_chunk::<4>().ok_or(SavedError::Length)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > limit::CONTENT_BYTES {
        return Err(SavedError::TooLarge);
    }
    Ok((length, compressed))
}
