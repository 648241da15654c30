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

/// Days since 1970, by the clock of Greenwich.
pub(crate) fn today() -> i32 {
    (now_ms() / DAY_MS) as i32
}
