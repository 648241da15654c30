//! Which key of the viewer a stroke on the keyboard means, whatever keyboard and system it is.

/// A key with what is held down beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke<'a> {
    /// Its name or what it types.
    pub(super) key: &'a str,
    /// Shift.
    pub(super) has_shift: bool,
    /// Ctrl, or Cmd on a Mac.
    pub(super) has_command: bool,
    /// Alt, or Option on a Mac.
    pub(super) has_alt: bool,
}

impl<'a> Stroke<'a> {
    /// Whether it types a character, alone or with Shift: what people say to their computer, or hit
    /// by mistake.
    pub(super) fn is_typed(self) -> bool {
        !self.has_command && !self.has_alt && self.key.chars().nth(1).is_none()
    }

    /// The key and whether Shift is held; `None` if the stroke is the browser's own.
    pub(super) fn meant(self) -> Option<(&'a str, bool)> {
        match (self.key, self.has_command, self.has_alt) {
            // What every other program has for undo and redo.
            ("z" | "Z", true, false) => Some(("u", self.has_shift)),
            ("y" | "Y", true, false) => Some(("u", true)),
            // Many keyboards of Macs have these with Option only.
            ("[" | "]" | "{" | "}", false, _) | (_, false, false) => {
                Some((self.key, self.has_shift))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `C` for Ctrl or Cmd, `A` for Alt, `S` for Shift.
    fn stroke<'a>(held: &str, key: &'a str) -> Stroke<'a> {
        Stroke {
            key,
            has_shift: held.contains('S'),
            has_command: held.contains('C'),
            has_alt: held.contains('A'),
        }
    }

    fn meant<'a>(held: &str, key: &'a str) -> Option<(&'a str, bool)> {
        stroke(held, key).meant()
    }

    #[test]
    fn letters_digits_and_signs_are_typed_and_arrows_and_what_has_ctrl_or_alt_are_not() {
        for (held, key) in [
            ("", "m"),
            ("S", "N"),
            ("", "2"),
            ("", "+"),
            ("S", "{"),
            ("", "ä"),
        ] {
            assert!(stroke(held, key).is_typed(), "{held} {key}");
        }
        for (held, key) in [
            ("", "ArrowUp"),
            ("S", "ArrowUp"),
            ("", "Escape"),
            ("", "Enter"),
            ("", "Delete"),
            ("C", "z"),
            ("CS", "Z"),
            ("A", "["),
        ] {
            assert!(!stroke(held, key).is_typed(), "{held} {key}");
        }
    }

    #[test]
    fn undo_and_redo_are_where_every_program_has_them() {
        assert_eq!(meant("", "u"), Some(("u", false)));
        assert_eq!(meant("S", "U"), Some(("U", true)));
        assert_eq!(meant("C", "z"), Some(("u", false)));
        assert_eq!(meant("CS", "Z"), Some(("u", true)));
        assert_eq!(meant("C", "y"), Some(("u", true)));
    }

    #[test]
    fn brackets_are_brackets_where_alt_types_them() {
        for key in ["[", "]", "{", "}"] {
            assert_eq!(meant("A", key), Some((key, false)));
        }
    }

    #[test]
    fn what_the_browser_does_at_a_stroke_is_left_to_it() {
        for (held, key) in [
            ("C", "c"),
            ("C", "+"),
            ("C", "0"),
            ("A", "ArrowLeft"),
            ("CA", "z"),
            ("C", "["),
        ] {
            assert_eq!(meant(held, key), None, "{held} {key}");
        }
    }
}
