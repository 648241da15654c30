//! Which part of the history is listed.

use leptos::prelude::*;

use crate::api::history::{Page, Query};
use crate::form::Day;
use crate::session::Session;
use crate::ui::labels::{labels, suggestions};
use crate::ui::loaded::Loaded;
use crate::ui::piece::IntoPiece as _;
use crate::ui::private::escaped;
use crate::ui::{Field, Form, Sending, Typed};

/// Label and days.
#[component]
pub fn Filter(
    /// What is listed.
    query: RwSignal<Query>,
    /// What the server has found.
    list: Loaded<Page>,
    /// The label in the address.
    label: String,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let labels = labels(session);
    let sending = Sending::new("filter");
    let submit = move |typed: Typed| {
        let wanted = Query {
            label: typed.text("label").trim().to_owned(),
            from: typed.text("from"),
            to: typed.text("to"),
            after: String::new(),
        };
        let checked = [&wanted.from, &wanted.to]
            .into_iter()
            .filter(|day| !day.is_empty())
            .try_for_each(|day| day.parse::<Day>().map(|_| ()));
        let request = async move {
            query.set(wanted);
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    let follow_up = move || {
        let label = query.with(|q| q.label.clone());
        // Labels are many; those of old examinations may be in the list alone.
        let is_known = labels.with(|labels| labels.iter().any(|l| l.label == label));
        let is_listed = list.with(|page| page.entries.iter().any(|e| e.label == label));
        (is_known == Some(true) || is_listed == Some(true)).then(|| {
            let href = format!("/follow-up?label={}", escaped(&label));
            view! { <a class="button" href=href>"Follow-up of this label"</a> }
        })
    };
    view! {
        <div class="filter">
            <Form sending button="Filter" on_submit=submit>
                <Field sending name="label" label="Patient label or part of it" list="history-labels"
                    value=label is_optional=true />
                <Field sending name="from" label="From" kind="date" is_optional=true />
                <Field sending name="to" label="To" kind="date" is_optional=true />
            </Form>
            {suggestions("history-labels", labels)}
            {follow_up}
        </div>
    }
    .into_late_piece()
}
