//! The account's patient labels, as suggestions while one is typed.

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
