//! The time, as it is stored and as it is shown.

use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// A moment in UTC.
pub(crate) type Moment = PrimitiveDateTime;

/// Now, to the microsecond: no engine keeps more.
pub(crate) fn now() -> Moment {
    let now = OffsetDateTime::now_utc();
    let micros = now.microsecond();
    let time = now.time().replace_microsecond(micros).unwrap_or(now.time());
    PrimitiveDateTime::new(now.date(), time)
}

/// Days since 1 January 1970, in UTC.
pub(crate) fn today() -> i32 {
    const DAY_S: i64 = 86_400;
    i32::try_from(OffsetDateTime::now_utc().unix_timestamp() / DAY_S).unwrap_or(i32::MAX)
}

/// `YYYY-MM-DD HH:MM`.
pub(crate) fn minute(moment: Moment) -> String {
    moment
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]"))
        .unwrap_or_default()
}

/// `YYYY-MM-DD`.
pub(crate) fn day(moment: Moment) -> String {
    moment
        .format(format_description!("[year]-[month]-[day]"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_are_shown_to_the_minute_and_to_the_day() {
        let moment = datetime!(2026-01-02 03:04:05.6);
        assert_eq!(minute(moment), "2026-01-02 03:04");
        assert_eq!(day(moment), "2026-01-02");
    }

    #[test]
    fn now_has_no_more_than_microseconds() {
        assert_eq!(now().nanosecond() % 1000, 0);
    }
}
