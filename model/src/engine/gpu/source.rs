//! Shaders as they are compiled in: without comments and indentation, which are for readers
//! of this repository and would be downloaded by everybody.

/// The text of a shader file beside the caller.
macro_rules! shader {
    ($file:literal) => {{
        const SOURCE: &str = include_str!($file);
        const STRIPPED: ([u8; SOURCE.len()], usize) =
            $crate::engine::gpu::source::strip(SOURCE.as_bytes());
        const TEXT: &str = match str::from_utf8(STRIPPED.0.split_at(STRIPPED.1).0) {
            Ok(text) => text,
            Err(_) => panic!("whole lines were left out, so characters are whole"),
        };
        TEXT
    }};
}
pub(super) use shader;

/// `source` without lines that are blank or a comment and without spaces before a line, and how
/// long that is; `N` is the length of `source`.
pub(super) const fn strip<const N: usize>(source: &[u8]) -> ([u8; N], usize) {
    let mut text = [0; N];
    let (mut length, mut at) = (0, 0);
    while at < N {
        while at < N && source[at] == b' ' {
            at += 1;
        }
        let is_comment = at + 1 < N && source[at] == b'/' && source[at + 1] == b'/';
        let is_blank = at < N && source[at] == b'\n';
        while at < N {
            if !is_comment && !is_blank {
                text[length] = source[at];
                length += 1;
            }
            at += 1;
            if source[at - 1] == b'\n' {
                break;
            }
        }
    }
    (text, length)
}

#[cfg(test)]
mod tests {
    #[test]
    fn comments_and_indentation_are_left_out_and_nothing_else() {
        let source = include_str!("pool.wgsl");
        let lines = source.lines().map(str::trim_start);
        let expected: Vec<&str> = lines
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .collect();
        let found: Vec<&str> = shader!("pool.wgsl").lines().collect();
        assert_eq!(found, expected);
    }
}
