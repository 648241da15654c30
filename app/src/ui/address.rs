//! Texts as parameters of an address, and back.

/// A text as the value of a parameter: everything but letters, digits and `-._~/` as `%XX`.
pub fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            write!(out, "%{byte:02X}").ok();
        }
    }
    out
}

/// The value of a parameter in what stands behind the `?` of an address. The router decodes twice
/// what it gives as parameters, and makes a space of a `%20` that somebody has typed.
pub fn parameter(search: &str, key: &str) -> Option<String> {
    search
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find_map(|(name, value)| (name == key).then(|| plain(value)))
}

/// What was escaped, by [`escaped`] or by a form of the browser.
fn plain(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, after) = match (first, after) {
            (b'%', [high, low, after @ ..]) => match digit(*high).zip(digit(*low)) {
                Some((high, low)) => (high << 4 | low, after),
                None => (b'%', &rest[1..]),
            },
            (b'+', _) => (b' ', after),
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(byte: u8) -> Option<u8> {
    let digit = char::from(byte).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_the_value_of_a_parameter() {
        assert_eq!(escaped("/compare?a=P 1&x"), "/compare%3Fa%3DP%201%26x");
        assert_eq!(escaped("ä+%"), "%C3%A4%2B%25");
    }

    #[test]
    fn text_comes_back_as_it_was() {
        for text in ["5%20mg", "100 %", "%", "%2", "ä+b&c=d", "", "/a?b=1%26"] {
            let search = format!("label={}&from=x", escaped(text));
            assert_eq!(parameter(&search, "label").as_deref(), Some(text));
            assert_eq!(parameter(&search, "from").as_deref(), Some("x"));
        }
    }

    #[test]
    fn what_others_have_escaped_is_read_too() {
        assert_eq!(parameter("a=P+1%2b", "a").as_deref(), Some("P 1+"));
        assert_eq!(parameter("a=%zz%", "a").as_deref(), Some("%zz%"));
        assert_eq!(parameter("deleted", "deleted").as_deref(), Some(""));
        assert_eq!(parameter("ab=1", "a"), None);
        assert_eq!(parameter("", "a"), None);
    }
}
