//! Secrets that a browser or a letter carries, and the only form in which they are stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Bytes of a token: 256 bits, so that guessing is hopeless and a plain hash is enough.
const BYTES: usize = 32;

/// The secret itself; shown once, never stored, never printed.
pub struct PlainToken([u8; BYTES]);

/// SHA-256 of a token.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedToken([u8; 32]);

impl PlainToken {
    /// A new one, from the system's source of randomness; `None` if that fails.
    pub fn generate() -> Option<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Reads what [`Self::to_text`] made.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// For a cookie or a link.
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// For the database.
    pub fn hash(&self) -> HashedToken {
        HashedToken(Sha256::digest(self.0).into())
    }
}

impl HashedToken {
    /// Of a secret that people type, which has as many random bits as a token, or nearly.
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlainToken")
    }
}

impl std::fmt::Debug for HashedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashedToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asvs_7_2_3_a_token_has_256_bits_and_no_two_are_equal() {
        let (one, other) = (
            PlainToken::generate().unwrap(),
            PlainToken::generate().unwrap(),
        );
        assert_eq!(one.to_text().len(), 43);
        assert!(one.hash() != other.hash());
        assert!(PlainToken::parse(&one.to_text()).unwrap().hash() == one.hash());
    }

    #[test]
    fn what_is_no_token_is_not_read_as_one() {
        for text in [
            "",
            "a",
            "ä",
            &"A".repeat(42),
            &"A".repeat(44),
            &"=".repeat(43),
        ] {
            assert!(PlainToken::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn asvs_16_2_5_a_token_is_never_printed() {
        let token = PlainToken::parse(&"A".repeat(43)).unwrap();
        assert_eq!(
            format!("{token:?} {:?}", token.hash()),
            "PlainToken HashedToken"
        );
    }
}
