//! The account's patient labels: suggestions while one is typed, and a warning of one that was meant to be another.

use leptos::prelude::*;

use super::loaded::Loaded;
use super::piece::{IntoPiece as _, Piece};
use crate::api::history::{self, Label};
use crate::session::Session;

/// The labels, asked for whenever this is shown.
pub fn labels(session: Session) -> Loaded<Vec<Label>> {
    let labels = Loaded::new();
    Effect::new(move |_| labels.ask(session, history::labels()));
    labels
}

/// A list of suggestions for the field that names it by `id`.
pub fn suggestions(id: &'static str, labels: Loaded<Vec<Label>>) -> Piece {
    let options = move || {
        labels.with(|labels| {
            let option = |it: &Label| view! { <option value=it.label.clone()></option> };
            labels.iter().map(option).collect_view()
        })
    };
    view! { <datalist id=id>{options}</datalist> }.into_late_piece()
}

/// The label that may be meant by what was `typed`, which is none of them: it differs in upper and lower case or in spaces
/// alone. They are told apart by every character, and so are patients by them.
pub fn meant(labels: &[Label], typed: &str) -> Option<String> {
    if labels.iter().any(|it| it.label == typed) {
        return None;
    }
    let typed = lower_case(typed);
    let is_alike = |it: &&Label| {
        let label = lower_case(&it.label);
        label.split_whitespace().eq(typed.split_whitespace())
    };
    labels.iter().find(is_alike).map(|it| it.label.clone())
}

/// The browser has tables of all letters, which the page would have to bring.
#[cfg(feature = "hydrate")]
fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

#[cfg(not(feature = "hydrate"))]
fn lower_case(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_differs_in_case_or_spaces_alone_may_be_meant() {
        let labels = ["Patient 12", "Söhne", "P 1", "p 1"].map(|label| Label {
            label: label.to_owned(),
            analyses: 1,
        });
        let meant = |typed| meant(&labels, typed);
        for typed in ["patient 12", "PATIENT  12", "Patient\u{a0}12"] {
            assert_eq!(meant(typed).as_deref(), Some("Patient 12"), "{typed}");
        }
        assert_eq!(meant("SÖHNE").as_deref(), Some("Söhne"));
        for typed in [
            "Patient 12",
            "Patient12",
            "Patient 1",
            "Sohne",
            "P 1",
            "p 1",
        ] {
            assert_eq!(meant(typed), None, "{typed}");
        }
    }
}
