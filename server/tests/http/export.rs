//! Taking everything away that is stored about an account.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use serde_json::json;
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::service::Service;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn everything_that_is_stored_can_be_taken_away() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut documents = Vec::new();
    for n in 0..3 {
        let saved = document(&analysis(&format!("Patient \"{n}\" é"), "2023-11-24"));
        ada.put(Uuid::now_v7(), &saved).await;
        documents.push(base64::engine::general_purpose::STANDARD.encode(saved));
    }
    service.person("eve@example.org").await;
    let answer = ada.get("/api/account/export").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"neurocare-account.json\""
    );
    let export = answer.json();
    assert_eq!(export["account"]["email"], ADA);
    assert_eq!(export["sign_ins"][0]["browser"], "Firefox on Linux");
    assert!(
        export["events"]
            .as_array()
            .unwrap()
            .iter()
            .any(|event| event["event"] == "signed_in")
    );
    let mut exported: Vec<&str> = export["analyses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|analysis| analysis["document"].as_str().unwrap())
        .collect();
    exported.sort_unstable();
    documents.sort_unstable();
    assert_eq!(exported, documents);
    for secret in ["argon2", "eve@example.org"] {
        assert!(!answer.text().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_export_without_analyses_is_whole_too() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    assert_eq!(
        ada.get("/api/account/export").await.json()["analyses"],
        json!([])
    );
}

#[tokio::test]
async fn asvs_3_5_3_another_site_cannot_make_a_browser_download_it() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (site, status) in [
        ("cross-site", 403),
        ("same-site", 403),
        ("none", 200),
        ("", 200),
    ] {
        let request = Request::get("/api/account/export").header("cookie", &ada.cookie);
        let request = match site {
            "" => request,
            site => request.header("sec-fetch-site", site),
        };
        let answer = service.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, status, "{site}");
    }
    let exported = "SELECT COUNT(*) FROM auth_events WHERE event = 'exported'";
    assert_eq!(service.count(exported).await, 2);
}

#[tokio::test]
async fn asvs_2_4_1_exports_have_to_wait_after_a_few_of_them() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    for _ in 0..5 {
        assert_eq!(ada.get("/api/account/export").await.status, StatusCode::OK);
    }
    assert_eq!(
        ada.get("/api/account/export").await.refusal(),
        (429, "too_many_attempts".to_owned())
    );
    assert_eq!(
        eve.get("/api/account/export").await.status,
        StatusCode::OK,
        "another account is not held up"
    );
}
