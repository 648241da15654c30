//! Which part of the history is listed.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::ApiError;
use crate::api::history::{Page, Query};
use crate::form::Day;
use crate::page::history::Listed;
use crate::session::Session;
#[cfg(feature = "hydrate")]
use crate::ui::focus;
use crate::ui::labels::{labels, suggestions};
use crate::ui::loaded::{Answer, Loaded};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Field, Form, Sending, Typed};

/// Label and days.
#[component]
pub fn Filter(
    /// What is listed.
    query: Query,
    /// What the server has found.
    list: Loaded<Page>,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let addresses = expect_context::<Listed>();
    let labels = labels(session);
    let sending = Sending::new("filter");
    let navigate = use_navigate();
    let listed = query.clone();
    let submit = move |typed: Typed| {
        let wanted = Query {
            label: typed.text("label").trim().to_owned(),
            from: typed.text("from"),
            to: typed.text("to"),
            after: String::new(),
        };
        let checked = check_days(&wanted.from, &wanted.to);
        let is_listed = wanted == listed && list.state.with_untracked(Answer::is_there);
        let navigate = navigate.clone();
        let request = async move {
            list.again.update(|n| *n = n.wrapping_add(1));
            if !is_listed {
                navigate(&addresses.address_of(&wanted), NavigateOptions::default());
            }
            Ok(())
        };
        sending.send(checked, Box::pin(request));
    };
    // Another address brings other values, which fields that were typed in would not show.
    #[cfg(feature = "hydrate")]
    focus::start_over(".filter form");
    let label = query.label.clone();
    let follow_up = move || {
        // Labels are many; those of old examinations may be in the list alone.
        let in_list = list.with(|page| {
            let entry = page.entries.iter().find(|it| it.label == label)?;
            Some(entry.id)
        });
        let known = labels.with(|labels| labels.iter().find(|it| it.label == label)?.analysis);
        in_list.flatten().or(known.flatten()).map(|id| {
            let href = format!("/follow-up?of={id}");
            view! { <a class="button" href=href>"Follow-up of this label"</a> }
        })
    };
    view! {
        <div class="filter">
            <Form sending button="Filter" on_submit=submit>
                <Field sending name="label" label="Patient label or part of it" list="history-labels"
                    value=query.label is_optional=true />
                <Field sending name="from" label="From" kind="date" value=query.from is_optional=true />
                <Field sending name="to" label="To" kind="date" value=query.to is_optional=true />
            </Form>
            {suggestions("history-labels", labels)}
            {follow_up}
        </div>
    }
    .into_late_piece()
}

/// Whether both are days, if they are given, and the first one is not after the second one.
fn check_days(from: &str, to: &str) -> Result<(), ApiError> {
    for day in [from, to].into_iter().filter(|day| !day.is_empty()) {
        day.parse::<Day>()?;
    }
    // Days as text are in the order of time.
    if !to.is_empty() && from > to {
        let words = "The days are the wrong way round: “From” is after “To”.";
        return Err(ApiError::invalid("to", words));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_the_wrong_way_round_are_said_to_be_so() {
        let early_and_late = ["2026-01-31", "2026-02-01"];
        let [early, late] = early_and_late;
        for (from, to) in [
            (early, late),
            (early, early),
            ("", early),
            (late, ""),
            ("", ""),
        ] {
            assert_eq!(check_days(from, to), Ok(()), "{from} to {to}");
        }
        let refused = check_days(late, early).unwrap_err();
        assert!(refused.to_string().contains("the wrong way round"));
        assert!(check_days("2026-02-30", "").is_err());
    }
}
