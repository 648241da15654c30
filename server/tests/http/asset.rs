//! Static files.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::service::{Service, WASM, WASM_BR};

async fn get_with(service: &Service, uri: &str, name: &str, value: &str) -> crate::service::Answer {
    service
        .send(
            Request::get(uri)
                .header(name, value)
                .body(Body::empty())
                .unwrap(),
        )
        .await
}

#[tokio::test]
async fn asvs_4_1_1_files_have_their_type() {
    let service = Service::start().await;
    for (uri, mime) in [
        ("/pkg/neurocare_bg.wasm", "application/wasm"),
        ("/pkg/neurocare.js", "text/javascript"),
        ("/engine-worker.js", "text/javascript"),
        ("/weights/unet.safetensors", "application/octet-stream"),
    ] {
        let answer = service.get(uri).await;
        assert_eq!(answer.status, StatusCode::OK, "{uri}");
        assert_eq!(answer.header("content-type"), mime, "{uri}");
    }
}

#[tokio::test]
async fn brotli_goes_to_those_who_take_it() {
    let service = Service::start().await;
    let uri = "/pkg/neurocare_bg.wasm";
    let small = get_with(&service, uri, "accept-encoding", "gzip, br").await;
    assert_eq!(small.header("content-encoding"), "br");
    assert_eq!(small.header("content-type"), "application/wasm");
    assert_eq!(small.body, WASM_BR);
    assert_eq!(small.header("vary"), "accept-encoding");
    let plain = service.get(uri).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.body, WASM);
    assert_eq!(plain.header("vary"), "accept-encoding");
}

/// A query names no content: nobody can have one file kept for another.
#[tokio::test]
async fn files_are_asked_for_again_whatever_their_address_says() {
    let service = Service::start().await;
    for uri in [
        "/weights/unet.safetensors",
        "/weights/unet.safetensors?v=0f1e",
        "/weights/none.safetensors?v=0f1e",
    ] {
        let answer = service.get(uri).await;
        assert_eq!(answer.header("cache-control"), "no-cache", "{uri}");
    }
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let service = Service::start().await;
    let first = service.get("/pkg/neurocare.js").await;
    let tag = first.header("etag");
    assert!(!tag.is_empty());
    let again = get_with(&service, "/pkg/neurocare.js", "if-none-match", tag).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
}

#[tokio::test]
async fn a_file_s_time_is_no_date_to_compare_with() {
    let service = Service::start().await;
    let (uri, name) = ("/pkg/neurocare.js", "if-modified-since");
    let answer = get_with(&service, uri, name, "Fri, 01 Jan 2100 00:00:00 GMT").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("last-modified"), "");
}

#[tokio::test]
async fn asvs_5_3_2_nothing_outside_the_site_is_served() {
    let service = Service::start().await;
    for uri in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/pkg/../../secret.txt",
        "/pkg/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/%00",
        "/pkg/",
        "/pkg",
    ] {
        let answer = service.get(uri).await;
        assert_ne!(answer.status, StatusCode::OK, "{uri}");
        assert!(
            !answer.body.windows(11).any(|part| part == b"not for you"),
            "{uri}"
        );
    }
}
