//! Requests that are refused, and faults that are contained.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use server::router::{BODY_LIMIT_BYTES, REQUEST_LIMIT};

use crate::service::Service;

/// A service that takes bodies, panics and dawdles.
async fn faulty() -> Service {
    async fn panics() -> &'static str {
        panic!("secret detail")
    }
    async fn dawdles() {
        tokio::time::sleep(REQUEST_LIMIT + Duration::from_secs(1)).await;
    }
    Service::start().await.with_routes(
        Router::new()
            .route("/echo", post(|body: Bytes| async move { body }))
            .route("/panic", get(panics))
            .route("/slow", get(dawdles)),
    )
}

fn posting(site: &str, origin: &str) -> Request<Body> {
    let mut request = Request::post("/echo").header("host", "neurocare.example");
    if !site.is_empty() {
        request = request.header("sec-fetch-site", site);
    }
    if !origin.is_empty() {
        request = request.header("origin", origin);
    }
    request.body(Body::from("x")).unwrap()
}

#[tokio::test]
async fn asvs_3_5_1_a_post_from_another_site_is_refused() {
    let service = faulty().await;
    for (site, origin, status) in [
        ("same-origin", "", 200),
        ("none", "", 200),
        ("cross-site", "", 403),
        ("same-site", "", 403),
        ("cross-site", "https://neurocare.example", 403),
        ("", "https://neurocare.example", 200),
        ("", "https://evil.example", 403),
        ("", "null", 403),
        // Not a browser: it has no cookies of anybody.
        ("", "", 200),
    ] {
        let answer = service.send(posting(site, origin)).await;
        assert_eq!(answer.status, status, "site {site:?}, origin {origin:?}");
    }
}

#[tokio::test]
async fn asvs_3_7_2_no_answer_sends_a_browser_to_where_it_says_it_came_from() {
    let service = Service::start().await;
    for (function, status) in [("account/me", 200), ("account/profile", 401)] {
        let request = Request::post(format!("/api/{function}"))
            .header("content-type", "application/json")
            .header("accept", "text/html")
            .header("referer", "https://evil.example/x")
            .body(Body::from("{}"))
            .unwrap();
        let answer = service.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (status, "")
        );
    }
}

#[tokio::test]
async fn asvs_3_5_1_reading_from_another_site_is_not_a_matter_of_csrf() {
    let service = Service::start().await;
    let request = Request::get("/")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(service.send(request).await.status, StatusCode::OK);
}

#[tokio::test]
async fn asvs_5_2_1_a_body_over_the_limit_is_refused_declared_or_not() {
    let service = faulty().await;
    let body = |bytes: usize| Body::from(vec![b'x'; bytes]);
    let declared = |bytes: usize| {
        Request::post("/echo")
            .header("content-length", bytes)
            .body(body(bytes))
            .unwrap()
    };
    let undeclared = |bytes: usize| {
        Request::post("/echo")
            .header("transfer-encoding", "chunked")
            .body(body(bytes))
            .unwrap()
    };
    let at = BODY_LIMIT_BYTES;
    assert_eq!(service.send(declared(at)).await.status, StatusCode::OK);
    assert_eq!(service.send(undeclared(at)).await.body.len(), at);
    assert_eq!(
        service.send(declared(at + 1)).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        service.send(undeclared(at + 1)).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn asvs_16_5_a_panic_is_contained_and_its_detail_kept() {
    let service = faulty().await;
    let answer = service.get("/panic").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        answer.text(),
        "The server made a mistake. Please try again."
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        service.send(posting("none", "")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_given_up() {
    let service = faulty().await;
    // From here on time runs by itself as soon as everyone waits.
    tokio::time::pause();
    let answer = service.get("/slow").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn asvs_4_1_3_a_request_cannot_choose_its_id() {
    let service = Service::start().await;
    let request = Request::get("/livez")
        .header("x-request-id", "mine")
        .body(Body::empty())
        .unwrap();
    let first = service
        .send(request)
        .await
        .header("x-request-id")
        .to_owned();
    let second = service
        .get("/livez")
        .await
        .header("x-request-id")
        .to_owned();
    assert_eq!(first.len(), 36, "a UUID: {first}");
    assert_ne!(first, second);
}

#[tokio::test]
async fn asvs_4_1_4_pages_and_files_are_only_read() {
    let service = Service::start().await;
    for uri in ["/", "/pkg/neurocare.js", "/livez"] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let request = Request::builder()
                .method(method)
                .uri(uri)
                .body(Body::empty())
                .unwrap();
            let status = service.send(request).await.status;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {uri}");
        }
    }
}
