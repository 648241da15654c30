//! Bytes in hexadecimal digits, and back.

/// Two small digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The bytes of a text of small digits, two each; `None` if it is none.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks();
    if !rest.is_empty() {
        return None;
    }
    let byte = |&[high, low]: &[u8; 2]| Some(digit(high)? << 4 | digit(low)?);
    pairs.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex(&[0, 9, 0xa0, 0xff]), "0009a0ff");
        assert_eq!(
            unhex("0009a0ff").as_deref(),
            Some([0, 9, 0xa0, 0xff].as_slice())
        );
        assert_eq!(unhex("").as_deref(), Some([].as_slice()));
    }

    #[test]
    fn what_is_not_written_so_is_no_bytes() {
        for bad in ["0", "0g", "0F", "é", "000"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
