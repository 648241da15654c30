//! The name of a file that a browser keeps.

use axum::http::HeaderValue;

/// The `Content-Disposition` of a file with this name: in UTF-8 (RFC 6266, RFC 8187), and with `_`
/// for everything but plain ASCII for whoever does not read that.
pub(crate) fn attachment(name: &str) -> HeaderValue {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let plain = name.chars().map(|it| match u8::try_from(it) {
        Ok(byte) if is_plain(byte) => it,
        _ => '_',
    });
    let plain: String = plain.collect();
    let escaped = name.bytes().map(|byte| {
        if is_plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    let escaped: String = escaped.collect();
    let value = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}");
    // It is all ASCII without control characters.
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_a_safe_header_value() {
        for (name, plain, escaped) in [
            ("A-1.csv", "A-1.csv", "A-1.csv"),
            (
                "Ärztin-😀.csv",
                "_rztin-_.csv",
                "%C3%84rztin-%F0%9F%98%80.csv",
            ),
            (
                "a\"; filename=\"b\r\nx: 'y'%41/..\\.csv",
                "a___filename__b__x___y__41_.._.csv",
                "a%22%3B%20filename%3D%22b%0D%0Ax%3A%20%27y%27%2541%2F..%5C.csv",
            ),
        ] {
            let expected = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{escaped}");
            assert_eq!(attachment(name), expected);
        }
    }
}
