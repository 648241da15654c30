//! Words of other people in a table.

/// A text as a cell of a CSV file (RFC 4180), quoted where it must be. Where a spreadsheet would
/// read a formula, at the beginning or after what some of them take for the end of a cell, an
/// apostrophe keeps it from doing so (OWASP, *CSV Injection*).
pub(super) fn cell(text: &str) -> String {
    let mut cell = String::new();
    let (mut is_start, mut is_quoted) = (true, false);
    for character in text.chars() {
        let is_formula = matches!(character, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
        if is_start && is_formula {
            cell.push('\'');
        }
        let ends = matches!(character, ';' | '"' | '\t' | '\r' | '\n');
        is_start = ends || is_start && character == ' ';
        is_quoted |= ends || character == ',';
        if character == '"' {
            cell.push('"');
        }
        cell.push(character);
    }
    if is_quoted {
        ["\"", &cell, "\""].concat()
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn a_text_is_one_cell_and_no_formula() {
        for (text, expected) in [
            ("U-Net++ 2", "U-Net++ 2"),
            ("Patient 12 ä", "Patient 12 ä"),
            ("a, \"b\"", "\"a, \"\"b\"\"\""),
            ("1\r\nmarked", "\"1\r\nmarked\""),
            ("=1+1", "'=1+1"),
            (" +1", " '+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("a;=1+1", "\"a;'=1+1\""),
            ("\"=1", "\"\"\"'=1\""),
        ] {
            assert_eq!(cell(text), expected, "{text}");
        }
    }
}
