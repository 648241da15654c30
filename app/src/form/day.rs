//! A day of the calendar (proleptic Gregorian), without a clock or a time zone.

use std::fmt;
use std::str::FromStr;

use crate::api::ApiError;

/// A day from 1900 to 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::struct_field_names, reason = "a day has a day")]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// `None` if there is no such day, or it is not from 1900 to 2199.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap =
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        ((1900..2200).contains(&year) && (1..=last).contains(&day)).then_some(Self {
            year,
            month,
            day,
        })
    }

    /// The same, unless it has not come yet.
    ///
    /// # Arguments
    /// `today`: as a number; the day after it may have begun already elsewhere on earth.
    ///
    /// # Errors
    /// The day lies in the future.
    pub fn until(self, today: i32) -> Result<Self, ApiError> {
        if self.number() <= today.saturating_add(1) {
            Ok(self)
        } else {
            Err(ApiError::invalid("day", "This day lies in the future."))
        }
    }

    /// Days since 1 January 1970 (the civil-day count of Howard Hinnant's *date algorithms*).
    pub fn number(self) -> i32 {
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Day {
    type Err = ApiError;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, ApiError> {
        let parse = || {
            let mut parts = text.split('-');
            let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
            if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
                return None;
            }
            Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        };
        parse().ok_or_else(|| {
            let year = text.split('-').next().filter(|it| it.len() == 4);
            let is_early = year.is_some_and(|year| year < "1900");
            let words = if is_early && text.len() == 10 {
                "This day is too long ago. Enter one from 1900 on."
            } else {
                "Enter a day as YYYY-MM-DD, such as 2026-11-24."
            };
            ApiError::invalid("day", words)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_examination_has_taken_place() {
        let day: Day = "2026-11-24".parse().unwrap();
        assert_eq!(day.until(day.number()), Ok(day));
        assert_eq!(
            day.until(day.number() - 1),
            Ok(day),
            "it is tomorrow in the east"
        );
        assert!(day.until(day.number() - 2).is_err());
    }

    #[test]
    fn days_are_counted_from_1970() {
        let number = |text: &str| text.parse::<Day>().unwrap().number();
        assert_eq!(number("1970-01-01"), 0);
        assert_eq!(number("1969-12-31"), -1);
        assert_eq!(number("2000-03-01"), 11_017);
        assert_eq!(number("2026-11-24"), 20_781);
    }

    #[test]
    fn a_day_before_1900_is_told_from_one_that_is_none() {
        let fault = |text: &str| text.parse::<Day>().unwrap_err().to_string();
        assert!(fault("1800-01-31").contains("too long ago"));
        assert!(fault("0002-01-31").contains("too long ago"));
        for none in ["", "1800", "1899-1-1", "2023-02-29", "31-01-1800"] {
            assert!(fault(none).contains("YYYY-MM-DD"), "{none}");
        }
    }

    #[test]
    fn only_days_that_exist_are_read() {
        for good in ["2024-02-29", "2000-02-29", "1999-12-31"] {
            assert_eq!(good.parse::<Day>().unwrap().to_string(), good);
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-1-1",
            "24.11.2026",
            "",
            "2026-11-24T00",
            "2026-11-31",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }
}
