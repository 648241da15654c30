//! A patient label over time: which lesion is which, and how each has grown.

mod axes;
pub mod chart;
mod names;
pub mod table;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use model::count::counted;

use crate::api::history;
use crate::course::Course;
use crate::form::check_label;
use crate::page::read::report_head::PrintHead;
use crate::session::Session;
use crate::ui::address::{escaped, parameter};
use crate::ui::labels::{labels, suggestions};
use crate::ui::loaded::{Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Choice, Field, Form, Private, Sending, Typed};

/// The page; which label is in the address.
#[component]
pub fn FollowUpPage() -> impl IntoView {
    let search = use_location().search;
    let label =
        Memo::new(move |_| search.with(|search| parameter(search, "label").unwrap_or_default()));
    view! {
        <Title text="Follow-up · NeuroCare AI" />
        <section class="history">
            <h1>"Follow-up"</h1>
            <Private>{move || match label.get() {
                none if none.trim().is_empty() => view! { <Choose /> }.into_late_piece(),
                label => view! { <OfLabel label /> }.into_late_piece(),
            }}</Private>
        </section>
    }
    .into_piece()
}

/// Asks for the label that the address lacks.
#[component]
fn Choose() -> impl IntoView {
    let sending = Sending::new("follow-up");
    let navigate = use_navigate();
    let submit = move |typed: Typed| {
        let label = typed.text("label");
        let target = format!("/follow-up?label={}", escaped(label.trim()));
        let navigate = navigate.clone();
        let request = async move {
            navigate(&target, NavigateOptions::default());
            Ok(())
        };
        sending.send(check_label(&label).map(drop), Box::pin(request));
    };
    view! {
        <Form sending button="Show" on_submit=submit>
            <Field sending name="label" label="Patient label" list="follow-up-labels" />
        </Form>
        {suggestions("follow-up-labels", labels(expect_context()))}
    }
    .into_late_piece()
}

#[component]
fn OfLabel(label: String) -> impl IntoView {
    let session = expect_context::<Session>();
    let course = Loaded::<Course>::new();
    let wanted = label.clone();
    Effect::new(move |_| course.ask(session, history::course(wanted.clone())));
    let shown = move || course.with(|course| view! { <Shown course=course.clone() /> });
    let list = format!("/history?label={}", escaped(&label));
    let head = ["Patient: ", &label, " · follow-up · read by: ____________"].concat();
    view! {
        <PrintHead words=head.into_late_piece() />
        <p class="lead">{label}</p>
        <Outlook of=Signal::derive(move || course.outlook()) again=course.again />
        {shown}
        <p class="actions"><a class="button quiet" href=list>"Find it in the history"</a></p>
    }
    .into_late_piece()
}

/// Chart, table, and how both were made.
#[component]
pub fn Shown(
    /// What to show.
    course: Course,
) -> impl IntoView {
    let quantity = RwSignal::new(if course.has_volume() {
        chart::Quantity::Volume
    } else {
        chart::Quantity::Diameter
    });
    let words = extent(course.visits.len(), course.lesions.len(), course.is_cut);
    let is_empty = course.lesions.is_empty();
    let images = course.images.clone();
    let course = StoredValue::new(course);
    view! {
        <p>{words}" "{images}</p>
        <Show when=move || !is_empty>
            <div class="card growth">
                <Choice legend="Chart" name="quantity"
                    options=vec![(chart::Quantity::Diameter, "Longest diameter"), (chart::Quantity::Area, "Area"), (chart::Quantity::Volume, "Volume")]
                    value=quantity
                    on_change=move |q| quantity.set(q) />
                {move || view! { <chart::Chart course quantity=quantity.get() /> }}
            </div>
            <table::Table course />
            <p class="small muted">
                "Lesions of different examinations are taken for one where they lie at about the same place in the lung \
                 and have about the same size: check it in the images. Where it is wrong, choose the two analyses in the history, compare \
                 them, and say there which lesions are one. Letters go by when a lesion was first found, and by its number there; what you say \
                 changes none: what you part is A and A2. Prints of earlier releases may have other letters: go by day, slice and size. \
                 Growth is since the examination before. The volume doubling time assumes \
                 steady exponential growth (Schwartz 1961). Where a volume is missing, or is marked “from diameter”, the cube of the \
                 longest diameter stands for it; single slices give no volume."
            </p>
        </Show>
    }
    .into_late_piece()
}

/// How much of it there is.
fn extent(visits: usize, lesions: usize, is_cut: bool) -> String {
    let lesions = counted(lesions, "lesion");
    match visits {
        0 => "Nothing is saved under this label.".to_owned(),
        1 => "One examination: growth needs a second one.".to_owned(),
        _ if is_cut => {
            format!("The newest {visits} examinations, {lesions}; any older ones are left out.")
        }
        _ => format!("{visits} examinations, {lesions}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_that_is_cut_says_so() {
        assert_eq!(extent(99, 2, false), "99 examinations, 2 lesions.");
        assert_eq!(extent(2, 1, false), "2 examinations, 1 lesion.");
        assert!(extent(99, 2, true).contains("older ones are left out"));
    }
}
