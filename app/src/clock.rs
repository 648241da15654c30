//! What time it is.

/// Length of a day.
pub(crate) const DAY_MS: f64 = 86_400_000.0;

/// Milliseconds since 1970. Only the browser asks; the server has a clock of its own, and what it
/// renders has no end of days.
pub(crate) fn now_ms() -> f64 {
    #[cfg(feature = "hydrate")]
    return js_sys::Date::now();
    #[cfg(not(feature = "hydrate"))]
    f64::INFINITY
}

/// A moment that the server has written, `YYYY-MM-DD HH:MM` UTC, by the clock of the reader, with
/// the name of its zone.
pub(crate) fn local(utc: &str) -> String {
    #[cfg(feature = "hydrate")]
    {
        // Sweden writes dates as the standard does.
        const FORM: &str = r#"{"year":"numeric","month":"2-digit","day":"2-digit","hour":"2-digit","minute":"2-digit","timeZoneName":"short"}"#;
        let moment = js_sys::Date::new(&[&utc.replace(' ', "T"), "Z"].concat().into());
        if let (false, Ok(form)) = (moment.get_time().is_nan(), js_sys::JSON::parse(FORM)) {
            return moment.to_locale_string("sv-SE", &form).into();
        }
    }
    [utc, " UTC"].concat()
}

/// Days since 1970, by the clock of Greenwich.
pub(crate) fn today() -> i32 {
    (now_ms() / DAY_MS) as i32
}
