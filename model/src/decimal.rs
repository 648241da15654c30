//! Decimal numbers as text: fields of DICOM files, labels of weight files, sliders of the page.
//!
//! The standard library reads every number to its last bit, and brings a table of 10 KB for that, a
//! thirtieth of the engine as it is sent, and a fiftieth of the page. Numbers in such files are
//! short, and for those two exact factors and one rounding do (Clinger, *How to read floating point
//! numbers accurately*, PLDI 1990).

/// Powers of ten up to this one are exact.
const EXACT_POWER: i32 = 22;

/// The number that all of `text` stands for: `-12`, `+.5`, `1.25e-3`; `None` for anything else.
///
/// Correctly rounded for up to 15 digits and powers of ten up to 22 (DICOM's decimal strings
/// have 16 characters); beyond that off by at most a few units in the last place.
pub fn parse(text: &str) -> Option<f64> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, power) = match text.split_once(['e', 'E']) {
        Some((digits, power)) => (digits, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut power = power.saturating_sub(i32::try_from(fraction.len()).ok()?);
    let mut significand = 0_u64;
    let mut count = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let value = digit.checked_sub(b'0').filter(|value| *value < 10)?;
        count += 1;
        let next = significand.checked_mul(10);
        match next.and_then(|it| it.checked_add(u64::from(value))) {
            Some(next) => significand = next,
            // What does not fit changes nothing that could be seen.
            None => power = power.saturating_add(1),
        }
    }
    if count == 0 {
        return None;
    }
    let magnitude = scaled(significand as f64, power);
    Some(if is_negative { -magnitude } else { magnitude })
}

/// `value · 10^power`.
fn scaled(mut value: f64, power: i32) -> f64 {
    // Past these everything is 0 or infinite.
    let mut left = power.clamp(-400, 400);
    while left > EXACT_POWER {
        value *= 1e22;
        left -= EXACT_POWER;
    }
    while left < -EXACT_POWER {
        value /= 1e22;
        left += EXACT_POWER;
    }
    if left < 0 {
        value / 10_f64.powi(-left)
    } else {
        value * 10_f64.powi(left)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

    #[test]
    fn numbers_as_files_write_them() {
        let cases = [
            ("0.703125", 0.703_125),
            ("+1", 1.0),
            ("-1024", -1024.0),
            ("007.50", 7.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1.25e-3", 0.001_25),
            ("-1E+2", -100.0),
            ("1e400", f64::INFINITY),
            ("1e-400", 0.0),
            ("0e999999999", 0.0),
        ];
        for (text, value) in cases {
            assert_eq!(
                parse(text).map(f64::to_bits),
                Some(value.to_bits()),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "-",
            "+",
            ".",
            "e5",
            "1e",
            "1e+",
            "1,5",
            "1.2.3",
            "--1",
            "+-1",
            " 1",
            "1 ",
            "0x10",
            "inf",
            "NaN",
            "1e99999999999",
            "٣",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn short_numbers_are_those_of_the_standard_library(
            text in "[+-]?[0-9]{1,7}(\\.[0-9]{0,8})?([eE][+-]?[0-9])?"
        ) {
            let expected: f64 = text.parse().unwrap();
            prop_assert_eq!(parse(&text).map(f64::to_bits), Some(expected.to_bits()));
        }

        #[test]
        fn long_ones_are_as_good_as_the_same(
            text in "-?[0-9]{0,30}\\.[0-9]{1,30}(e-?[0-9]{1,2})?"
        ) {
            let expected: f64 = text.parse().unwrap();
            let found = parse(&text).unwrap();
            prop_assert!((found - expected).abs() <= 2e-15 * expected.abs(), "{found} {expected}");
        }

        #[test]
        fn what_is_no_number_for_the_standard_library_is_none_here(text in "[-+.0-9eE]{0,8}") {
            prop_assert_eq!(parse(&text).is_some(), text.parse::<f64>().is_ok());
        }
    }
}
