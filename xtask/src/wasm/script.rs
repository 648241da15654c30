//! The script that goes with a module, without what nobody reads there: comments and indentation
//! are an eighth of it as sent.

use anyhow::ensure;

/// A script as wasm-bindgen writes it, of which every statement is on lines of its own.
///
/// # Errors
/// A text runs over the end of a line, and its indentation may mean something.
pub(super) fn compact(script: &str) -> anyhow::Result<String> {
    let mut compacted = String::with_capacity(script.len());
    let mut is_comment = false;
    for line in script.lines().map(str::trim_start) {
        is_comment |= line.starts_with("/*");
        let is_code = !is_comment && !line.is_empty() && !line.starts_with("//");
        is_comment &= !line.ends_with("*/");
        if is_code {
            ensure!(
                line.matches('`').count().is_multiple_of(2),
                "a text of several lines in the script: {line}"
            );
            compacted.push_str(line);
            compacted.push('\n');
        }
    }
    Ok(compacted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_left_and_nothing_else() {
        let script = "/**\n * Says it.\n * @param {string} what\n */\nexport function say(what) {\n    \
                      // To people.\n\n    console.log(`${what} // 1 /* 2 */`);\n}\n";
        let compacted = compact(script).unwrap();
        let code = "export function say(what) {\nconsole.log(`${what} // 1 /* 2 */`);\n}\n";
        assert_eq!(compacted, code);
    }

    #[test]
    fn a_text_of_several_lines_is_an_error() {
        assert!(compact("const a = `1\n  2`;\n").is_err());
    }
}
