//! Text in the character sets that the browser knows.

use web_sys::TextDecoder;

/// What cannot be decoded becomes U+FFFD, and all of it nothing where the browser does not know the
/// label.
pub(super) fn decode(label: &'static str, bytes: &[u8]) -> String {
    TextDecoder::new_with_label(label)
        .and_then(|decoder| decoder.decode_with_u8_array(bytes))
        .unwrap_or_default()
}
