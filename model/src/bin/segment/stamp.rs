//! When a file is made, and random numbers for its UIDs.

use chrono::Local;
use model::dicom_result::Stamp;

/// Day and time where the program runs, as files of scanners have them.
pub(crate) fn now() -> Stamp {
    let now = Local::now();
    Stamp {
        date: now.format("%Y%m%d").to_string(),
        time: now.format("%H%M%S").to_string(),
        random: rand::random(),
    }
}
