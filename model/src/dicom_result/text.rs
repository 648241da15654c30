//! Numbers and texts as DICOM's value representations have them (PS3.5 6.2).

/// A UID that nobody has to be asked for: a random UUID (version 4) as a decimal number (PS3.5
/// B.2).
pub(super) fn uid(random: [u8; 16]) -> String {
    of_uuid(random, 4)
}

/// The same of what has a name, by the start of a digest of that name (version 8, RFC 9562 B.2).
pub(super) fn named_uid(digest: [u8; 16]) -> String {
    of_uuid(digest, 8)
}

fn of_uuid(mut uuid: [u8; 16], version: u8) -> String {
    uuid[6] = uuid[6] & 0x0f | version << 4;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    // Division by hand: that of 128-bit numbers would be a kilobyte more to download.
    let mut digits = Vec::new();
    while uuid != [0; 16] {
        let mut rest = 0;
        for byte in &mut uuid {
            let value = rest << 8 | u16::from(*byte);
            *byte = (value / 10) as u8;
            rest = value % 10;
        }
        digits.push(b'0' + rest as u8);
    }
    let digits = digits.into_iter().rev().map(char::from);
    "2.25.".chars().chain(digits).collect()
}

/// A decimal string (DS): as many digits as 16 characters hold, for numbers up to 10¹⁴.
pub(super) fn decimal(value: f64) -> String {
    const CHARACTERS: usize = 16;
    let whole = format!("{value:.0}").len();
    let digits = CHARACTERS.saturating_sub(whole + 1);
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    let is_zero = text.bytes().all(|it| matches!(it, b'-' | b'0'));
    (if is_zero { "0" } else { text }).to_owned()
}

/// Several of them.
pub(super) fn decimals(values: &[f64]) -> String {
    let mut text = String::new();
    for value in values {
        if !text.is_empty() {
            text.push('\\');
        }
        text.push_str(&decimal(*value));
    }
    text
}

/// A line of at most 64 characters (LO) that needs no character set.
pub(super) fn line(text: &str) -> String {
    let is_plain = |it: &char| (*it == ' ' || it.is_ascii_graphic()) && *it != '\\';
    text.chars().filter(is_plain).take(64).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uids_are_those_of_pythons_uuid_module() {
        // f"2.25.{uuid.UUID('00112233-4455-4677-8899-aabbccddeeff').int}"
        let random = 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128;
        assert_eq!(
            uid(random.to_be_bytes()),
            "2.25.88962710305976587138789898786303743"
        );
        // … UUID('ffffffff-ffff-4fff-bfff-ffffffffffff')
        assert_eq!(
            uid([255; 16]),
            "2.25.340282366920937632322261936355783213055"
        );
        assert!(uid([255; 16]).len() <= 64);
        // RFC 9562 B.2: UUID('5c146b14-3c52-8afd-938a-375d0df1fbf6').int
        let digest = 0x5c14_6b14_3c52_4afd_938a_375d_0df1_fbf6_u128;
        assert_eq!(
            named_uid(digest.to_be_bytes()),
            "2.25.122394993370442686744464334817678457846"
        );
    }

    #[test]
    fn decimals_are_as_short_as_they_can_be() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (-1e-20, "0"),
            (1.0, "1"),
            (-228.800_003, "-228.800003"),
            (0.820_312, "0.820312"),
            (1.0 / 3.0, "0.33333333333333"),
            (-999_999.999_999_999_9, "-1000000"),
            (10.0, "10"),
        ];
        for (value, text) in cases {
            assert_eq!(decimal(value), text);
        }
        assert_eq!(decimals(&[1.5, -2.0]), "1.5\\-2");
    }

    proptest! {
        #[test]
        fn a_decimal_fits_and_comes_back(value in -1e6_f64..1e6) {
            let text = decimal(value);
            prop_assert!(text.len() <= 16, "{text}");
            prop_assert!((text.parse::<f64>().unwrap() - value).abs() < 1e-8, "{text}");
        }

        #[test]
        fn what_a_file_says_comes_back_as_it_was(text in "-?[1-9][0-9]{0,3}\\.[0-9]{0,7}[1-9]") {
            prop_assert_eq!(decimal(text.parse().unwrap()), text);
        }
    }

    #[test]
    fn a_line_has_nothing_that_separates_or_needs_a_character_set() {
        assert_eq!(line("U-Net\\\n\u{e9}++ 2"), "U-Net++ 2");
        assert_eq!(line(&"a".repeat(99)).len(), 64);
    }
}
