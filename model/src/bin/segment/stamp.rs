//! When a file is made, and random numbers for its UIDs.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use model::dicom_seg::Stamp;

const DAY_SECS: u64 = 86_400;

/// Day and time in universal time: the standard library does not know the local one.
pub(crate) fn now() -> anyhow::Result<Stamp> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is before 1970")?;
    let (days, secs) = (since.as_secs() / DAY_SECS, since.as_secs() % DAY_SECS);
    let (hours, minutes) = (secs / 3600, secs / 60 % 60);
    Ok(Stamp {
        date: date(days),
        time: format!("{hours:02}{minutes:02}{:02}", secs % 60),
        random: rand::random(),
    })
}

/// `YYYYMMDD` of a day after 1970-01-01 (Hinnant, *chrono-compatible low-level date algorithms*).
fn date(days: u64) -> String {
    // Years begin in March here, so that the day that not all have is the last one.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    format!("{:04}{month:02}{day:02}", era * 400 + year + later)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_those_of_the_calendar() {
        // date -u -d @$((N * 86400)) +%Y%m%d
        for (days, text) in [
            (0, "19700101"),
            (11_016, "20000229"),
            (11_017, "20000301"),
            (20_818, "20261231"),
            (47_540, "21000228"),
            (47_541, "21000301"),
        ] {
            assert_eq!(date(days), text);
        }
    }
}
