//! The history: listing, finding, following up, changing, taking everything away.

use axum::http::StatusCode;
use base64::Engine as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::analysis::{analysis, document, lesion};
use crate::person::Browser;
use crate::service::Service;

const ADA: &str = "ada@example.org";

async fn save(browser: &Browser<'_>, label: &str, day: &str) -> Uuid {
    let id = Uuid::now_v7();
    let answer = browser.put(id, &document(&analysis(label, day))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    id
}

async fn list(browser: &Browser<'_>, query: Value) -> Value {
    let mut whole = json!({ "label": "", "from": "", "to": "", "after": "" });
    for (key, value) in query.as_object().unwrap() {
        whole[key] = value.clone();
    }
    browser
        .ask("history/list", json!({ "query": whole }))
        .await
        .ok()
}

fn days(page: &Value) -> Vec<&str> {
    page["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["examined_on"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_entry_shows_what_was_found() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut saved = analysis("Patient 1", "2026-11-24");
    saved.lesions = vec![lesion(12.5, 0.7), lesion(6.25, 0.9)];
    let id = Uuid::now_v7();
    ada.put(id, &document(&saved)).await;
    let entry = &list(&ada, json!({})).await["entries"][0];
    let mut shown = entry.clone();
    shown["saved_at"] = json!("");
    let confidence = shown["confidence"].take().as_f64().unwrap();
    assert!((confidence - 0.9).abs() < 1e-6);
    assert_eq!(
        shown,
        json!({
            "id": id, "label": "Patient 1", "examined_on": "2026-11-24", "saved_at": "", "network": "unet",
            "weights_version": "2026-11-20", "slices": 1, "lesions": 2, "longest_mm": 12.5, "volume_ml": 1.0,
            "confidence": null,
        })
    );
    assert_eq!(entry["saved_at"].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_while_others_are_saved() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    // Many on one day, because the place in the list must tell them apart.
    for n in 0..30 {
        save(&ada, "A", if n < 20 { "2026-11-10" } else { "2026-11-12" }).await;
    }
    let first = list(&ada, json!({})).await;
    assert_eq!(first["entries"].as_array().unwrap().len(), 25);
    save(&ada, "A", "2026-11-13").await;
    let second = list(&ada, json!({ "after": first["next"] })).await;
    assert_eq!(second["entries"].as_array().unwrap().len(), 5);
    assert_eq!(second["next"], Value::Null);
    let mut ids: Vec<String> = [first, second]
        .iter()
        .flat_map(|page| page["entries"].as_array().unwrap().clone())
        .map(|entry| entry["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 30);
}

#[tokio::test]
async fn the_list_is_newest_first_and_filtered_by_label_and_day() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (label, day) in [
        ("B", "2026-03-01"),
        ("A", "2026-01-01"),
        ("A", "2026-05-01"),
        ("A", "2026-03-01"),
    ] {
        save(&ada, label, day).await;
    }
    assert_eq!(
        days(&list(&ada, json!({})).await),
        ["2026-05-01", "2026-03-01", "2026-03-01", "2026-01-01"]
    );
    assert_eq!(
        days(&list(&ada, json!({ "label": "A" })).await),
        ["2026-05-01", "2026-03-01", "2026-01-01"]
    );
    assert_eq!(
        days(&list(&ada, json!({ "label": "a" })).await),
        [""; 0],
        "labels are compared exactly"
    );
    assert_eq!(
        days(&list(&ada, json!({ "from": "2026-02-01", "to": "2026-03-01" })).await),
        ["2026-03-01", "2026-03-01"]
    );
    assert_eq!(
        days(&list(&ada, json!({ "label": "A", "from": "2026-03-02" })).await),
        ["2026-05-01"]
    );
}

#[tokio::test]
async fn asvs_2_2_1_queries_that_make_no_sense_are_refused() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (field, value) in [
        ("from", "2026-13-01"),
        ("to", "' OR 1=1"),
        ("after", "AAAA"),
        ("label", "a\u{0}b"),
    ] {
        let mut query = json!({ "label": "", "from": "", "to": "", "after": "" });
        query[field] = json!(value);
        let answer = ada.ask("history/list", json!({ "query": query })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
    }
    for digest in ["", "ab", &"zz".repeat(32), &"AB".repeat(32)] {
        let answer = ada
            .ask("history/of_image", json!({ "digest": digest }))
            .await;
        assert_eq!(answer.field(), "digest");
    }
}

#[tokio::test]
async fn labels_are_counted_and_the_one_saved_last_is_first() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for label in ["A", "B", "A", "C", "B"] {
        save(&ada, label, "2026-11-24").await;
    }
    assert_eq!(
        ada.ask("history/labels", json!({})).await.ok(),
        json!([{ "label": "B", "analyses": 2 }, { "label": "C", "analyses": 1 }, { "label": "A", "analyses": 2 }])
    );
}

#[tokio::test]
async fn an_image_that_is_opened_again_finds_its_analyses() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let first = save(&ada, "A", "2026-11-24").await;
    let second = save(&ada, "B", "2026-01-01").await;
    let mut other = analysis("C", "2026-11-24");
    other.digest = "cd".repeat(32);
    ada.put(Uuid::now_v7(), &document(&other)).await;
    let found = ada
        .ask("history/of_image", json!({ "digest": "ab".repeat(32) }))
        .await
        .ok();
    let ids: Vec<&Value> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["id"])
        .collect();
    assert_eq!(ids, [&json!(second), &json!(first)], "saved last first");
}

#[tokio::test]
async fn a_course_is_oldest_first_with_its_lesions() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (day, longest_mm) in [("2026-06-01", 9.0), ("2026-01-01", 6.0)] {
        let mut saved = analysis("A", day);
        saved.lesions = vec![lesion(longest_mm, 0.5)];
        ada.put(Uuid::now_v7(), &document(&saved)).await;
    }
    let course = ada
        .ask("history/course", json!({ "label": "A" }))
        .await
        .ok();
    let sizes: Vec<f64> = course
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| visit["lesions"][0]["longest_mm"].as_f64().unwrap())
        .collect();
    assert_eq!(sizes, [6.0, 9.0]);
    assert_eq!(course[0]["entry"]["examined_on"], "2026-01-01");
}

#[tokio::test]
async fn label_and_day_are_changed_and_the_document_stays() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saved = document(&analysis("A", "2026-11-24"));
    let id = Uuid::now_v7();
    ada.put(id, &saved).await;
    let change = |label: &str, day: &str| {
        ada.ask(
            "history/change",
            json!({ "id": id, "label": label, "examined_on": day }),
        )
    };
    assert_eq!(change("", "2026-11-24").await.field(), "label");
    assert_eq!(change("B", "2026-02-30").await.field(), "day");
    let entry = change(" B ", "2026-10-01").await.ok();
    assert_eq!(
        (&entry["label"], &entry["examined_on"]),
        (&json!("B"), &json!("2026-10-01"))
    );
    change("B", "2026-10-01").await.ok();
    assert_eq!(ada.get(&format!("/api/analyses/{id}")).await.body, saved);
    assert_eq!(
        ada.put(id, &saved).await.status,
        StatusCode::OK,
        "and saving it again still changes nothing"
    );
    assert_eq!(list(&ada, json!({})).await["entries"][0]["label"], "B");
}

#[tokio::test]
async fn everything_that_is_stored_can_be_taken_away() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut documents = Vec::new();
    for n in 0..3 {
        let saved = document(&analysis(&format!("Patient \"{n}\" é"), "2026-11-24"));
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
