//! Recovery codes: each lets its owner in once in the place of an app's code.
//!
//! They have 120 random bits, so that a plain hash is enough (OWASP ASVS 5.0, 6.5.2), and guessing
//! them hopeless.

use super::{base32, grouped};
use crate::token::HashedToken;

/// Codes of an account.
pub const COUNT: usize = 8;

/// Letters and digits of one.
pub(super) const LETTERS: usize = 24;

const BYTES: usize = 15;

/// The codes of an account: shown once, and as they are stored.
pub(crate) struct RecoveryCodes {
    /// As they are shown.
    pub(crate) shown: Vec<String>,
    /// As they are stored.
    pub(crate) hashed: Vec<HashedToken>,
}

impl RecoveryCodes {
    /// New ones, from the system's source of randomness; `None` if that fails.
    pub(crate) fn generate() -> Option<Self> {
        let (mut shown, mut hashed) = (Vec::new(), Vec::new());
        for _ in 0..COUNT {
            let mut bytes = [0; BYTES];
            getrandom::fill(&mut bytes).ok()?;
            let text = base32(&bytes);
            hashed.push(HashedToken::of(&text));
            shown.push(grouped(&text, '-'));
        }
        Some(Self { shown, hashed })
    }
}

/// None of them is ever printed.
impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::second_factor::Typed;

    #[test]
    fn asvs_6_5_3_recovery_codes_are_many_random_bits_and_read_as_they_are_shown() {
        let codes = RecoveryCodes::generate().unwrap();
        let different: BTreeSet<&String> = codes.shown.iter().collect();
        assert_eq!(different.len(), COUNT);
        for (shown, hash) in codes.shown.iter().zip(&codes.hashed) {
            assert_eq!(shown.len(), LETTERS + 5, "{shown}");
            assert_eq!(Typed::read(shown), Some(Typed::Recovery(hash.clone())));
        }
        assert_eq!(format!("{codes:?}"), "RecoveryCodes");
    }
}
