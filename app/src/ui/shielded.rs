//! Words about a patient in sentences of the page.
//!
//! Browsers that translate a page send its text to a service. What names a patient, an examination
//! or a file has `translate="no"`, which they leave where it is; so is what stands in quotation
//! marks in a message, while the rest of it can be translated.

use leptos::prelude::*;

use super::piece::{IntoPiece as _, Piece};

/// A sentence, of which no translator reads what is quoted.
pub fn shielded(words: &str) -> Piece {
    let [before, quoted, after] = parts(words).map(str::to_owned);
    view! { {before}<span translate="no">{quoted}</span>{after} }.into_late_piece()
}

/// What stands before the first quotation mark, between it and the last one, and behind that: a
/// label may hold such marks itself.
fn parts(words: &str) -> [&str; 3] {
    let start = words.find('“').unwrap_or(words.len());
    let (before, rest) = words.split_at(start);
    let end = rest.rfind('”').map_or(rest.len(), |at| at + '”'.len_utf8());
    let (quoted, after) = rest.split_at(end);
    [before, quoted, after]
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn what_is_quoted_is_kept_from_translators() {
        let saved = "This image is saved as “Twin” already.";
        assert_eq!(
            parts(saved),
            ["This image is saved as ", "“Twin”", " already."]
        );
        let two = "“A” and “B”: are both of one patient?";
        assert_eq!(
            parts(two),
            ["", "“A” and “B”", ": are both of one patient?"]
        );
    }

    #[test]
    fn marks_in_a_label_uncover_nothing() {
        assert_eq!(
            parts("As “the “tall” one” here."),
            ["As ", "“the “tall” one”", " here."]
        );
        assert_eq!(parts("As “one” ” here."), ["As ", "“one” ”", " here."]);
        assert_eq!(parts("Cut “off"), ["Cut ", "“off", ""]);
        assert_eq!(parts("An odd ” and “one"), ["An odd ” and ", "“one", ""]);
    }

    #[test]
    fn a_sentence_without_quotations_is_left_as_it_is() {
        assert_eq!(parts("Nothing is saved."), ["Nothing is saved.", "", ""]);
    }
}
