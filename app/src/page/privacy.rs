//! What is stored of whom and for how long, and who runs the service.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::service::Service;
use crate::ui::piece::IntoPiece as _;
use crate::ui::written::written;

/// `docs/privacy.md` as HTML, made by the build script.
const PRIVACY: &str = include_str!(concat!(env!("OUT_DIR"), "/privacy.html"));

/// The page.
#[component]
pub fn PrivacyPage() -> impl IntoView {
    view! {
        <Title text="Privacy · NeuroCare AI" />
        {written("/privacy", text)}
    }
    .into_piece()
}

fn text() -> impl IntoView {
    view! {
        <div class="prose">
            <article inner_html=PRIVACY></article>
            <h2 id="operator">"Who runs this service"</h2>
            <p>{operator(Service::of_page())}</p>
        </div>
    }
}

/// As the operator's settings say.
fn operator(service: Service) -> String {
    let Service {
        operator, contact, ..
    } = service;
    match (operator.is_empty(), contact.is_empty()) {
        (false, false) => format!("{operator}. Ask or tell them anything at {contact}."),
        (false, true) => format!("{operator}."),
        (true, false) => format!("Ask or tell them anything at {contact}."),
        (true, true) => {
            "They have not said so here. Ask whoever gave you the address of this site.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_runs_the_service_is_named_as_far_as_they_said() {
        let said = |name: &str, contact: &str| {
            operator(Service {
                operator: name.to_owned(),
                contact: contact.to_owned(),
                ..Service::default()
            })
        };
        assert!(said("St. Ada’s", "lung@example.org").contains("St. Ada’s. Ask"));
        assert_eq!(said("St. Ada’s", ""), "St. Ada’s.");
        assert!(said("", "").contains("not said"));
    }

    #[test]
    fn the_document_is_the_page_and_links_to_no_file_of_the_repository() {
        assert!(PRIVACY.starts_with("<h1"));
        assert!(PRIVACY.contains("saved.rs") && !PRIVACY.contains("../"));
        assert!(PRIVACY.contains("mobile number"));
    }
}
