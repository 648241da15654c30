//! How many there are of a thing, in words.

/// `1 slice`, `3 slices`: so many of what has a regular plural.
pub fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_all_else_are_several() {
        assert_eq!(
            [0, 1, 2].map(|n| counted(n, "slice")),
            ["0 slices", "1 slice", "2 slices"]
        );
    }
}
