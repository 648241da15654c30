//! Who may do what (OWASP ASVS 5.0, V8).

use std::collections::BTreeSet;

use axum::http::StatusCode;
use leptos::server_fn::axum::server_fn_paths;
use serde_json::json;
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::service::Service;

/// Server functions that need no session, and why.
const OPEN: [(&str, &str); 6] = [
    ("/api/account/register", "there is no account yet"),
    ("/api/account/sign_in", "there is no session yet"),
    ("/api/account/sign_out", "signing out twice is no fault"),
    ("/api/account/me", "answers that nobody is signed in"),
    ("/api/account/request_reset", "whoever asks cannot sign in"),
    ("/api/account/apply_reset", "the link's token is the proof"),
];

/// Arguments that every function can read: what it does not know, it ignores.
fn arguments() -> serde_json::Value {
    json!({
        "id": Uuid::nil(),
        "ids": [Uuid::nil(), Uuid::nil()],
        "analyses": [Uuid::nil(), Uuid::nil()],
        "lesions": [1, 1],
        "is_one": true,
        "label": "x",
        "examined_on": "2023-11-24",
        "digest": "00".repeat(32),
        "password": "x",
        "code": "000000",
        "token": "x",
        "email": "nobody@example.org",
        "everywhere": false,
        "query": { "label": "", "from": "", "to": "", "after": "" },
        "form": {
            "name": "x", "email": "nobody@example.org", "password": "x", "age": 36, "gender": "other",
            "mobile": "+442079460018", "current": "x", "new": "x", "token": "x",
            "code": "000000",
        },
    })
}

#[tokio::test]
async fn asvs_8_2_1_every_function_needs_a_session_except_those_listed() {
    let service = Service::start().await;
    let browser = service.browser();
    let open: BTreeSet<&str> = OPEN.iter().map(|(path, _)| *path).collect();
    let mut met = BTreeSet::new();
    for (path, method) in server_fn_paths() {
        assert_eq!(method, "POST", "{path}: nothing is changed by GET (3.5.3)");
        met.insert(path);
        let answer = browser
            .ask(path.trim_start_matches("/api/"), arguments())
            .await;
        let is_refused = answer.status == StatusCode::UNAUTHORIZED
            && answer.json() == json!({ "error": "signed_out" });
        assert_ne!(is_refused, open.contains(path), "{path}: {}", answer.text());
    }
    assert!(open.is_subset(&met), "{open:?}, {met:?}");
    assert_eq!(met.len(), 30, "{met:?}");
}

#[tokio::test]
async fn asvs_8_2_1_documents_and_the_export_need_a_session() {
    let service = Service::start().await;
    let mut browser = service.browser();
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    for cookie in [
        "",
        "__Host-session=",
        "__Host-session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        cookie.clone_into(&mut browser.cookie);
        let uri = format!("/api/analyses/{}", Uuid::nil());
        for answer in [
            browser.get(&uri).await,
            browser.get(&format!("{uri}/findings.csv")).await,
            browser.get(&format!("{uri}/findings.json")).await,
            browser.put(Uuid::now_v7(), &saved).await,
            browser.get("/api/account/export").await,
        ] {
            assert_eq!(answer.refusal(), (401, "signed_out".to_owned()));
        }
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 0);
}

#[tokio::test]
async fn asvs_8_2_2_another_accounts_numbers_do_not_exist() {
    let service = Service::start().await;
    let ada = service.person("ada@example.org").await;
    let eve = service.person("eve@example.org").await;
    let id = Uuid::now_v7();
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
    let sign_in = ada.ask("account/sign_ins", json!({})).await.ok()[0]["id"].clone();

    let other = document(&analysis("Patient 2", "2023-11-24"));
    for answer in [
        eve.get(&format!("/api/analyses/{id}")).await,
        eve.get(&format!("/api/analyses/{id}/findings.csv")).await,
        eve.get(&format!("/api/analyses/{id}/findings.json")).await,
        eve.put(id, &saved).await,
        eve.put(id, &other).await,
        eve.ask("history/entry", json!({ "id": id })).await,
        eve.ask("history/pair", json!({ "ids": [id, id] })).await,
        eve.ask("history/delete", json!({ "id": id })).await,
        eve.ask(
            "history/change",
            json!({ "id": id, "label": "Mine", "examined_on": "2023-11-24" }),
        )
        .await,
        eve.ask("account/end_sign_in", json!({ "id": sign_in }))
            .await,
    ] {
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()));
    }
    let query = json!({ "query": { "label": "", "from": "", "to": "", "after": "" } });
    assert_eq!(
        eve.ask("history/list", query.clone()).await.ok()["entries"],
        json!([])
    );
    assert_eq!(eve.ask("history/labels", json!({})).await.ok(), json!([]));
    assert_eq!(
        eve.ask("history/course", json!({ "label": "Patient 1" }))
            .await
            .ok()["visits"],
        json!([])
    );
    assert_eq!(
        eve.ask("history/of_image", json!({ "digest": "ab".repeat(32) }))
            .await
            .ok(),
        json!([])
    );

    assert_eq!(ada.get(&format!("/api/analyses/{id}")).await.body, saved);
    assert_eq!(
        ada.ask("history/list", query).await.ok()["entries"][0]["label"],
        "Patient 1"
    );
    assert_ne!(ada.me().await, json!(null));
}

#[tokio::test]
async fn asvs_2_2_1_arguments_that_cannot_be_read_are_the_clients_fault() {
    let service = Service::start().await;
    let browser = service.browser();
    for arguments in [
        json!({}),
        json!({ "form": 7 }),
        json!({ "form": { "email": [] } }),
        json!("x"),
    ] {
        let answer = browser.ask("account/sign_in", arguments).await;
        assert_eq!(answer.refusal(), (400, "invalid".to_owned()));
    }
}
