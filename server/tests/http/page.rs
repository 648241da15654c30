//! Pages rendered on the server.

use axum::http::StatusCode;

use crate::service::Service;

#[tokio::test]
async fn the_home_page_loads_the_module_that_the_build_makes() {
    let service = Service::start().await;
    let answer = service.get("/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let html = answer.text();
    for link in [
        "/pkg/neurocare.js",
        "/pkg/neurocare_bg.wasm",
        "/pkg/neurocare.css",
    ] {
        assert!(html.contains(link), "{link} is not in {html}");
    }
}

#[tokio::test]
async fn an_address_that_does_not_exist_gets_a_page_that_says_so() {
    let service = Service::start().await;
    for uri in ["/no/such/page", "/pkg/none.js", "/readingroom"] {
        let answer = service.get(uri).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{uri}"
        );
    }
}

#[tokio::test]
async fn addresses_of_earlier_releases_that_name_a_label_are_pages_that_do_not_show_it() {
    let service = Service::start().await;
    for uri in [
        "/history?label=Lee%201&from=2023-01-01",
        "/follow-up?label=Lee%201",
        "/history?like=Lee%201",
        "/follow-up?of=Lee%201",
    ] {
        let answer = service.get(uri).await;
        assert_eq!(answer.status, StatusCode::OK, "{uri}");
        // The way back from signing in is behind `#`, escaped, and no server gets it.
        assert!(!answer.text().contains("Lee 1"), "{uri}");
    }
}

#[tokio::test]
async fn a_page_does_not_echo_what_the_address_says() {
    let service = Service::start().await;
    let answer = service
        .get("/%3Cscript%3Ealert(1)%3C/script%3E?q=%3Cscript%3Ealert(2)%3C/script%3E")
        .await;
    assert!(
        !answer.text().contains("<script>alert"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn the_page_on_privacy_says_what_is_stored_and_who_runs_the_service() {
    let service = Service::start().await;
    let answer = service.get("/privacy").await;
    let html = answer.text();
    assert!(html.contains("year of birth") && html.contains("They have not said so here"));
    let flags = ["--operator=St. Ada <Trust>", "--contact=lung@example.org"];
    let service = Service::start_with(&flags).await;
    let answer = service.get("/privacy").await;
    let html = answer.text();
    assert!(html.contains("St. Ada &lt;Trust&gt;. Ask or tell them anything at lung@example.org."));
    let registration = service.get("/register").await;
    assert!(registration.text().contains("href=\"/privacy\""));
}

#[tokio::test]
async fn without_scripts_a_page_says_what_it_needs() {
    let service = Service::start().await;
    for page in ["/read", "/history"] {
        let answer = service.get(page).await;
        let html = answer.text();
        let words = html.split("<noscript>").nth(1).unwrap_or_default();
        assert!(words.contains("need JavaScript"), "{page}: {html}");
    }
}
