//! Which part of the history is listed.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::ApiError;
use crate::api::history::{Page, Query};
use crate::form::Day;
use crate::session::Session;
use crate::ui::address::escaped;
#[cfg(feature = "hydrate")]
use crate::ui::focus;
use crate::ui::labels::{labels, suggestions};
use crate::ui::loaded::Loaded;
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
        let is_listed = wanted == listed;
        let navigate = navigate.clone();
        let request = async move {
            if is_listed {
                list.again.update(|n| *n = n.wrapping_add(1));
            } else {
                navigate(&address_of(&wanted), NavigateOptions::default());
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

/// The page with this list.
fn address_of(query: &Query) -> String {
    let parts = [
        ("label", &query.label),
        ("from", &query.from),
        ("to", &query.to),
    ];
    let mut address = "/history".to_owned();
    for (key, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(key);
        address.push('=');
        address.push_str(&escaped(text));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::history::wanted;

    #[test]
    fn the_address_says_what_is_listed_and_no_more() {
        let all = Query::default();
        assert_eq!(address_of(&all), "/history");
        let some = Query {
            label: "P 1&x".to_owned(),
            to: "2026-11-24".to_owned(),
            ..all
        };
        assert_eq!(address_of(&some), "/history?label=P%201%26x&to=2026-11-24");
    }

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

    #[test]
    fn what_is_listed_is_what_the_address_says() {
        let some = Query {
            label: "5%20mg".to_owned(),
            from: "2026-11-24".to_owned(),
            ..Query::default()
        };
        let address = address_of(&some);
        let search = address.split_once('?').map(|(_, search)| search);
        assert_eq!(search.map(wanted), Some(some));
    }
}
