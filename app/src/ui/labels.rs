//! The account's patient labels: suggestions while one is typed, and a question about one that is
//! nearly another.

use leptos::prelude::*;
use uuid::Uuid;

use super::loaded::Loaded;
use super::piece::{IntoPiece as _, Piece};
use crate::api::ApiError;
use crate::api::history::{self, Label};
use crate::saving::Outbox;
use crate::session::Session;

/// The labels, asked for whenever this is shown, and when the server has taken another analysis
/// meanwhile.
pub fn labels(session: Session) -> Loaded<Vec<Label>> {
    let labels = Loaded::new();
    let outbox = expect_context::<Outbox>();
    Effect::new(move |_| {
        outbox.stored.track();
        labels.ask(session, history::labels());
    });
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
    view! { <datalist id=id translate="no">{options}</datalist> }.into_late_piece()
}

/// The label of a saved analysis, which addresses name in its place.
///
/// # Errors
/// There is none with this number, or something is in the way.
pub async fn label_of(id: &str) -> Result<String, ApiError> {
    let id = Uuid::parse_str(id).map_err(|_| ApiError::NotFound)?;
    Ok(history::entry(id).await?.label)
}

/// A label in a sentence.
pub fn quoted(label: &str) -> String {
    ["“", label, "”"].concat()
}

/// Asks once about a label that is nearly another one.
#[derive(Debug, Clone, Copy)]
pub struct Doubt {
    labels: Loaded<Vec<Label>>,
    /// About which was asked last.
    asked: StoredValue<String>,
}

impl Doubt {
    /// Of what is typed beside these labels.
    pub fn new(labels: Loaded<Vec<Label>>) -> Self {
        Self {
            labels,
            asked: StoredValue::new(String::new()),
        }
    }

    /// Of a `label` in the place of what the analysis is called `before`, when this `button` was
    /// pressed.
    ///
    /// # Errors
    /// The question, unless it was asked about this label before.
    pub fn about(self, label: String, before: &str, button: &str) -> Result<(), ApiError> {
        let nearly = untrack(|| self.labels.with(|labels| nearly(labels, &label, before)));
        let is_new = self.asked.with_value(|asked| *asked == label);
        let Some(other) = nearly.flatten().filter(|_| !is_new) else {
            return Ok(());
        };
        self.asked.set_value(label);
        let words = [
            "You have ",
            &quoted(&other),
            " already. Write it like that if it is the same patient; if not, press ",
            button,
            " again.",
        ];
        Err(ApiError::invalid("label", words.concat()))
    }
}

/// The label that may be meant by what was `typed`, which is none of them: it differs in upper and
/// lower case or in spaces alone. They are told apart by every character, and so are patients by
/// them. Not the label `before` if there is no other analysis that has it.
fn nearly(labels: &[Label], typed: &str, before: &str) -> Option<String> {
    if labels.iter().any(|it| it.label == typed) {
        return None;
    }
    let typed = lower_case(typed);
    let is_alike = |it: &&Label| {
        let label = lower_case(&it.label);
        label.split_whitespace().eq(typed.split_whitespace())
    };
    let goes_away = |it: &Label| it.label == before && it.analyses == 1;
    let mut alike = labels.iter().filter(is_alike);
    let other = alike.find(|it| !goes_away(it))?;
    Some(other.label.clone())
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

    fn labels() -> [Label; 4] {
        [("Patient 12", 1), ("Söhne", 2), ("P 1", 1), ("p 1", 1)].map(|(label, analyses)| Label {
            label: label.to_owned(),
            analyses,
            analysis: None,
        })
    }

    #[test]
    fn a_label_that_differs_in_case_or_spaces_alone_is_nearly_another() {
        let nearly = |typed| nearly(&labels(), typed, "");
        for typed in ["patient 12", "PATIENT  12", "Patient\u{a0}12"] {
            assert_eq!(nearly(typed).as_deref(), Some("Patient 12"), "{typed}");
        }
        assert_eq!(nearly("SÖHNE").as_deref(), Some("Söhne"));
        for typed in [
            "Patient 12",
            "Patient12",
            "Patient 1",
            "Sohne",
            "P 1",
            "p 1",
        ] {
            assert_eq!(nearly(typed), None, "{typed}");
        }
    }

    #[test]
    fn what_an_analysis_was_called_before_is_another_only_if_others_are_called_that() {
        let nearly = |typed, before| nearly(&labels(), typed, before);
        assert_eq!(nearly("patient 12", "Patient 12"), None);
        assert_eq!(nearly("söhne", "Söhne").as_deref(), Some("Söhne"));
        assert_eq!(nearly("P  1", "P 1").as_deref(), Some("p 1"));
    }
}
