//! Taking everything away that is stored about an account.

use std::collections::HashMap;

use app::api::history::Entry;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use time::macros::format_description;
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::service::{Service, now};

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn everything_that_is_stored_can_be_taken_away() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut documents = HashMap::new();
    for n in 0..4 {
        let (label, day) = (format!("Patient \"{n}\" é"), format!("2023-11-2{n}"));
        let (id, saved) = (Uuid::now_v7(), document(&analysis(&label, &day)));
        assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
        documents.insert(id, STANDARD.encode(saved));
    }
    let entries = async || {
        let all = json!({ "query": { "label": "", "from": "", "to": "", "after": "" } });
        let page = ada.ask("history/list", all).await.ok();
        serde_json::from_value::<Vec<Entry>>(page["entries"].clone()).unwrap()
    };
    let gone = entries().await[0].id;
    ada.ask("history/delete", json!({ "id": gone })).await.ok();
    let minute = async |sql: &'static str| {
        let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
        service.moment(sql).await.format(format).unwrap()
    };
    let event = async |name: &str, sql: &'static str| json!({ "event": name, "network": "127.0.0.0/24", "at": minute(sql).await });
    let kept = entries().await;
    assert_eq!(kept.len(), 3);
    let expected = json!({
        "account": {
            "email": ADA,
            "name": "Ada Lovelace",
            "birth_year": now().year() - 36,
            "gender": "female",
            "mobile": "+442079460018",
            "since": minute("SELECT created_at FROM accounts").await,
            "image_key": ada.me().await["image_key"],
            "second_factor": false,
            "recovery_codes": 0,
        },
        "sign_ins": [{
            "browser": "Firefox on Linux",
            "since": minute("SELECT created_at FROM sessions").await,
            "seen": minute("SELECT seen_at FROM sessions").await,
        }],
        "events": [
            event("signed_in", "SELECT at FROM auth_events WHERE event = 'signed_in'").await,
            event("registered", "SELECT at FROM auth_events WHERE event = 'registered'").await,
        ],
        "pairings": [],
        "deleted": [{ "id": gone, "at": minute("SELECT deleted_at FROM deleted_analyses").await }],
        "analyses": kept
            .iter()
            .map(|entry| json!({ "entry": entry, "document": documents[&entry.id] }))
            .collect::<Vec<_>>(),
    });
    service.person("eve@example.org").await;
    let answer = ada.get("/api/account/export").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"neurocare-account.json\""
    );
    assert_eq!(answer.json(), expected);
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
