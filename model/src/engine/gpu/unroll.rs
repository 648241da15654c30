//! Loops that are written out before a shader is compiled.
//!
//! An array stays in registers only if every index is a constant, and whether a driver writes
//! out a loop by itself is up to the driver. Lines between `#for i N` and `#end` are therefore
//! repeated here, with `$i` replaced by 0 to N − 1. N may be a sum, such as `8+2`.

/// The shader's text with its loops written out.
pub(super) fn unroll(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut result = String::new();
    expand(&lines, &mut result);
    result
}

fn expand(lines: &[&str], result: &mut String) {
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        rest = after;
        let Some((name, count)) = head(line) else {
            result.push_str(line);
            result.push('\n');
            continue;
        };
        let (body, after) = after.split_at(end(after));
        rest = after.get(1..).unwrap_or_default();
        let mut inner = String::new();
        expand(body, &mut inner);
        let variable = format!("${name}");
        for index in 0..count {
            result.push_str(&inner.replace(&variable, &index.to_string()));
        }
    }
}

/// Variable and count of a line that begins a loop.
fn head(line: &str) -> Option<(&str, u32)> {
    let (name, count) = line.strip_prefix("#for ")?.split_once(' ')?;
    let count: Option<u32> = count.split('+').map(|part| part.parse::<u32>().ok()).sum();
    Some((name, count?))
}

/// The place of the `#end` that belongs to the loop whose lines these are.
fn end(lines: &[&str]) -> usize {
    let mut depth = 1;
    let ends = |line: &&str| {
        depth += i32::from(line.starts_with("#for ")) - i32::from(*line == "#end");
        depth == 0
    };
    lines.iter().position(ends).unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::unroll;

    #[test]
    fn loops_within_loops_are_written_out() {
        let text = "a\n#for i 1+1\n#for j 2\nx[$i][$ju]\n#end\ny$i\n#end\nb";
        let expected = "a\nx[0][0u]\nx[0][1u]\ny0\nx[1][0u]\nx[1][1u]\ny1\nb\n";
        assert_eq!(unroll(text), expected);
    }
}
