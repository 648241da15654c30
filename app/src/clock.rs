//! What time it is.

/// Milliseconds since 1970. Only the browser asks; the server has a clock of its own, and what it renders has no end
/// of days.
pub(crate) fn now_ms() -> f64 {
    #[cfg(feature = "hydrate")]
    return js_sys::Date::now();
    #[cfg(not(feature = "hydrate"))]
    f64::INFINITY
}
