//! Numbers on the command line that must lie within limits.

use std::ops::RangeInclusive;

/// A probability.
///
/// # Errors
/// What is none, as a message for the user.
pub fn probability(text: &str) -> Result<f32, String> {
    within(text, 0.0..=1.0)
}

/// A number from the start to the end of `range`.
///
/// # Errors
/// What is none, as a message for the user.
pub fn within(text: &str, range: RangeInclusive<f32>) -> Result<f32, String> {
    let number = text.parse().ok().filter(|it| range.contains(it));
    number.ok_or_else(|| {
        format!(
            "expected a number from {} to {}",
            range.start(),
            range.end()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_within_and_nothing_beyond_or_beside_them() {
        assert_eq!(probability("0"), Ok(0.0));
        assert_eq!(probability("1"), Ok(1.0));
        for wrong in ["-0.1", "1.1", "nan", "inf", "", "50%", "50"] {
            let said = probability(wrong).unwrap_err();
            assert_eq!(said, "expected a number from 0 to 1", "{wrong}");
        }
        assert_eq!(within("0.05", 0.05..=10.0), Ok(0.05));
        assert_eq!(within("10", 0.05..=10.0), Ok(10.0));
        for wrong in ["0", "0.04", "10.1", "-1", "NaN", "0.7mm"] {
            let said = within(wrong, 0.05..=10.0).unwrap_err();
            assert_eq!(said, "expected a number from 0.05 to 10", "{wrong}");
        }
    }
}
