//! Second factors, as they are made and read: nothing here knows the database.
//!
//! | module | what |
//! |---|---|
//! | [`totp`] | codes of authenticator apps |
//! | [`recovery`] | codes for whoever has lost theirs |
//! | [`qr`] | the secret as an app's camera reads it |

pub mod qr;
pub mod recovery;
pub mod totp;

use crate::token::HashedToken;

/// RFC 4648, section 6.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What somebody typed as their second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// The six digits of an app.
    Code(u32),
    /// A recovery code.
    Recovery(HashedToken),
}

impl Typed {
    /// Reads it, in upper or lower case, with spaces and hyphens wherever they are.
    pub fn read(text: &str) -> Option<Self> {
        let text: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if text.len() == totp::DIGITS && text.bytes().all(|it| it.is_ascii_digit()) {
            return text.parse().ok().map(Self::Code);
        }
        let is_recovery =
            text.len() == recovery::LETTERS && text.bytes().all(|it| BASE32.contains(&it));
        is_recovery.then(|| Self::Recovery(HashedToken::of(&text)))
    }
}

/// Bytes in base 32; those beyond the last five together are left out.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks_exact(5) {
        let word = five
            .iter()
            .fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        for place in (0..8).rev() {
            let digit = word >> (5 * place) & 31;
            text.push(char::from(BASE32[digit as usize]));
        }
    }
    text
}

/// In groups of four, for people.
pub(crate) fn grouped(text: &str, separator: char) -> String {
    let mut grouped = String::new();
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(separator);
        }
        grouped.push(letter);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_4648_base_32() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(base32(b"12345678901234567890").len(), 32);
        assert_eq!(base32(&[0xff; 5]), "77777777");
        assert_eq!(grouped(&base32(b"fooba"), ' '), "MZXW 6YTB");
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(Typed::read(" 012 345\n"), Some(Typed::Code(12_345)));
        let code = Typed::Recovery(HashedToken::of("ABCDEFGHIJKLMNOPQRSTUVWX"));
        let typed = Typed::read("abcd-efgh ijkl-MNOP-QRST-UVWX");
        assert_eq!(typed, Some(code));
        for other in [
            "",
            "12345",
            "1234567",
            "+12345",
            "१२३४५६",
            "ABCD-EFGH-IJKL-MNOP-QRST-UVW",
            "ABCD-EFGH-IJKL-MNOP-QRST-UVW1",
        ] {
            assert_eq!(Typed::read(other), None, "{other}");
        }
    }
}
