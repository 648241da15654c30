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
use uuid::Uuid;

use crate::api::ApiError;
use crate::api::history;
use crate::course::Course;
use crate::form::check_label;
use crate::page::read::report_head::PrintHead;
use crate::session::Session;
use crate::ui::address::parameter;
use crate::ui::labels::{label_of, labels, suggestions};
use crate::ui::loaded::{Loaded, Outlook};
use crate::ui::piece::IntoPiece as _;
use crate::ui::{Choice, Field, Form, Private, Sending, Typed};

/// The page; its address names an analysis of the label: the label itself may say who the patient
/// is, and proxies log addresses.
#[component]
pub fn FollowUpPage() -> impl IntoView {
    let search = use_location().search;
    let of = Memo::new(move |_| search.with(|search| parameter(search, "of").unwrap_or_default()));
    view! {
        <Title text="Follow-up · NeuroCare AI" />
        <section class="history">
            <h1>"Follow-up"</h1>
            <Private>{move || match of.get() {
                none if none.is_empty() => view! { <Choose /> }.into_late_piece(),
                of => view! { <OfLabel like=of /> }.into_late_piece(),
            }}</Private>
        </section>
    }
    .into_piece()
}

/// Asks for the label where the address names no analysis.
#[component]
fn Choose() -> impl IntoView {
    let sending = Sending::new("follow-up");
    let navigate = use_navigate();
    let go_on = Callback::new(move |id: Uuid| {
        navigate(&format!("/follow-up?of={id}"), NavigateOptions::default());
    });
    let submit = move |typed: Typed| {
        let checked = check_label(&typed.text("label"));
        let label = checked.clone().unwrap_or_default();
        let request = async move {
            let id = history::newest(label).await?;
            // Not from a page that was opened meanwhile.
            go_on.try_run(id);
            Ok(())
        };
        sending.send(checked.map(drop), Box::pin(request));
    };
    view! {
        <Form sending button="Show" on_submit=submit>
            <Field sending name="label" label="Patient label" list="follow-up-labels" />
        </Form>
        {suggestions("follow-up-labels", labels(expect_context()))}
    }
    .into_late_piece()
}

/// The label that an analysis has.
#[component]
fn OfLabel(
    /// Number of the analysis.
    like: String,
) -> impl IntoView {
    let session = expect_context::<Session>();
    // Empty until the server has said it.
    let label = RwSignal::new(String::new());
    let course = Loaded::<Course>::new();
    let wanted = like.clone();
    Effect::new(move |_| course.ask(session, course_of(wanted.clone(), label)));
    let shown = move || course.with(|course| view! { <Shown course=course.clone() /> });
    let head = move || {
        label.with(|label| ["Patient: ", label, " · follow-up · read by: ____________"].concat())
    };
    let list = format!("/history?like={like}");
    let to_list = move || {
        let list = list.clone();
        let link = || view! { <p class="actions"><a class="button quiet" href=list>"Find it in the history"</a></p> };
        (!label.with(String::is_empty)).then(link)
    };
    view! {
        <PrintHead words=head.into_late_piece() />
        <p class="lead" translate="no">{move || label.get()}</p>
        <Outlook of=Signal::derive(move || course.outlook()) again=course.again />
        {shown}
        {to_list}
    }
    .into_late_piece()
}

/// The course of the label that an analysis has, which `label` becomes.
async fn course_of(id: String, label: RwSignal<String>) -> Result<Course, ApiError> {
    let found = label_of(&id).await?;
    label.try_set(found.clone());
    history::course(found).await
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
