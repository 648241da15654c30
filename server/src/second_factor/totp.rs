//! Time-based one-time passwords (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, six
//! digits, another code every half a minute.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use time::OffsetDateTime;

/// Digits of a code.
pub const DIGITS: usize = 6;

/// Bytes of a secret: as many as the hash has (RFC 4226, section 4).
pub const SECRET_BYTES: usize = 20;

/// How long a code is shown.
const STEP_S: i64 = 30;

/// The step of a time in seconds since 1 January 1970.
pub fn step_at(unix_s: i64) -> i64 {
    unix_s.div_euclid(STEP_S)
}

/// The step that is now.
pub fn step_now() -> i64 {
    step_at(OffsetDateTime::now_utc().unix_timestamp())
}

/// The code of a step.
pub fn code(secret: &[u8], step: i64) -> u32 {
    truncated(secret, step) % 10_u32.pow(DIGITS as u32)
}

/// The step whose code was typed: the present one, or the one before or after it, because clocks
/// differ and typing takes time. None up to `used` counts: no code is good twice (RFC 6238, 5.2).
pub fn step_of(typed: u32, secret: &[u8], now: i64, used: i64) -> Option<i64> {
    (now - 1..=now + 1)
        .filter(|step| *step > used)
        .find(|step| code(secret, *step) == typed)
}

/// RFC 4226, section 5.3.
fn truncated(secret: &[u8], step: i64) -> u32 {
    // HMAC takes keys of every length, so there is always one.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else {
        return 0;
    };
    mac.update(&step.to_be_bytes());
    let hash: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(hash[19] & 0xf);
    let word = [hash[at], hash[at + 1], hash[at + 2], hash[at + 3]];
    u32::from_be_bytes(word) & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 4226, appendix D, and RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn rfc_6238_appendix_b() {
        for (unix_s, eight_digits) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let word = truncated(SECRET, step_at(unix_s));
            assert_eq!(word % 100_000_000, eight_digits, "{unix_s}");
        }
    }

    #[test]
    fn rfc_4226_appendix_d() {
        let codes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|step| code(SECRET, step));
        assert_eq!(
            codes,
            [
                755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871,
                520_489
            ]
        );
    }

    #[test]
    fn asvs_6_5_1_a_code_is_good_once_and_only_about_its_time() {
        let typed = code(SECRET, 100);
        for (now, used, step) in [
            (100, 0, Some(100)),
            (99, 0, Some(100)),
            (101, 0, Some(100)),
            (98, 0, None),
            (102, 0, None),
            (100, 99, Some(100)),
            (100, 100, None),
            (100, 101, None),
        ] {
            assert_eq!(step_of(typed, SECRET, now, used), step, "{now}, {used}");
        }
        assert_eq!(step_of(typed ^ 1, SECRET, 100, 0), None);
    }
}
