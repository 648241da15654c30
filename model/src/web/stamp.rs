//! When a file is made, and random numbers for its UIDs.

use js_sys::Date;
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use crate::dicom_result::Stamp;

/// The day and the time where the user is; `None` without random numbers.
pub(super) fn now() -> Option<Stamp> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let mut random = [[0; 16]; 3];
    let crypto = scope.crypto().ok()?;
    crypto
        .get_random_values_with_u8_array(random.as_flattened_mut())
        .ok()?;

    let now = Date::new_0();
    // The text of a moment is in universal time: of one that is as much later as clocks here are
    // ahead, it shows what they show.
    now.set_time(now.get_time() - now.get_timezone_offset() * 60_000.0);
    let text = String::from(now.to_iso_string());
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect();
    let (date, time) = text.split_once('T')?;
    let (time, _) = time.split_once('.')?;
    Some(Stamp {
        date: digits(date),
        time: digits(time),
        random,
    })
}
