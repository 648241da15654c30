//! The history: listing, finding, following up, changing, taking everything away.

use axum::http::StatusCode;
use base64::Engine as _;
use model::saved::Saved;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::analysis::{LONGEST_MM, analysis, document, lesion};
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
    let mut saved = analysis("Patient 1", "2023-11-24");
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
            "id": id, "label": "Patient 1", "examined_on": "2023-11-24", "saved_at": "", "network": "unet",
            "weights_version": "2023-11-20", "slices": 1, "lesions": 2, "longest_mm": LONGEST_MM, "volume_ml": 1.0,
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
        save(&ada, "A", if n < 20 { "2023-11-10" } else { "2023-11-12" }).await;
    }
    let first = list(&ada, json!({})).await;
    assert_eq!(first["entries"].as_array().unwrap().len(), 25);
    save(&ada, "A", "2023-11-13").await;
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
        ("B", "2023-03-01"),
        ("A", "2023-01-01"),
        ("A", "2023-05-01"),
        ("A", "2023-03-01"),
    ] {
        save(&ada, label, day).await;
    }
    assert_eq!(
        days(&list(&ada, json!({})).await),
        ["2023-05-01", "2023-03-01", "2023-03-01", "2023-01-01"]
    );
    assert_eq!(
        days(&list(&ada, json!({ "label": "A" })).await),
        ["2023-05-01", "2023-03-01", "2023-01-01"]
    );
    assert_eq!(
        days(&list(&ada, json!({ "label": "a" })).await),
        [""; 0],
        "labels are compared exactly"
    );
    assert_eq!(
        days(&list(&ada, json!({ "from": "2023-02-01", "to": "2023-03-01" })).await),
        ["2023-03-01", "2023-03-01"]
    );
    assert_eq!(
        days(&list(&ada, json!({ "label": "A", "from": "2023-03-02" })).await),
        ["2023-05-01"]
    );
}

#[tokio::test]
async fn asvs_2_2_1_queries_that_make_no_sense_are_refused() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (field, value) in [
        ("from", "2023-13-01"),
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
        save(&ada, label, "2023-11-24").await;
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
    let first = save(&ada, "A", "2023-11-24").await;
    let second = save(&ada, "B", "2023-01-01").await;
    let mut other = analysis("C", "2023-11-24");
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
async fn an_entry_is_found_by_its_number_however_many_there_are_of_its_image() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let first = save(&ada, "A", "2023-11-24").await;
    for _ in 0..20 {
        save(&ada, "A", "2023-11-24").await;
    }
    ada.ask(
        "history/change",
        json!({ "id": first, "label": "B", "examined_on": "2023-10-01" }),
    )
    .await
    .ok();
    let entry = ada.ask("history/entry", json!({ "id": first })).await.ok();
    assert_eq!(
        (&entry["label"], &entry["examined_on"]),
        (&json!("B"), &json!("2023-10-01"))
    );
    let none = ada.ask("history/entry", json!({ "id": Uuid::nil() })).await;
    assert_eq!(none.refusal(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_course_is_oldest_first_with_its_lesions() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (day, digest, longest_mm) in [("2023-06-01", "ab", 9.0), ("2023-01-01", "cd", 6.0)] {
        let mut saved = analysis("A", day);
        saved.digest = digest.repeat(32);
        saved.lesions = vec![lesion(longest_mm, 0.5)];
        ada.put(Uuid::now_v7(), &document(&saved)).await;
    }
    let course = ada
        .ask("history/course", json!({ "label": "A" }))
        .await
        .ok();
    let points = course["lesions"][0]["points"].as_array().unwrap().iter();
    let sizes: Vec<f64> = points
        .map(|point| point["lesion"]["longest_mm"].as_f64().unwrap())
        .collect();
    assert_eq!(sizes, [6.0, 9.0]);
    assert_eq!(course["visits"][0]["day"], "2023-01-01");
}

/// Saves two examinations of a patient, the second one made with `change`, and compares them.
async fn compared(ada: &Browser<'_>, change: impl FnOnce(&mut Saved)) -> Value {
    let mut later = analysis("A", "2023-06-01");
    later.digest = "cd".repeat(32);
    later.settings.postprocess.threshold = 0.25;
    change(&mut later);
    let ids = [Uuid::now_v7(), Uuid::now_v7()];
    ada.put(ids[0], &document(&later)).await;
    ada.put(ids[1], &document(&analysis("A", "2023-01-01")))
        .await;
    ada.ask("history/pair", json!({ "ids": ids })).await.ok()
}

#[tokio::test]
async fn two_analyses_are_compared_in_the_order_of_their_days() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let alike = analysis("A", "2023-01-01").settings;
    let pair = compared(&ada, |later| later.settings = alike).await;
    let days: Vec<&str> = pair["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| visit["day"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["2023-01-01", "2023-06-01"]);
    assert_eq!(pair["lesions"][0]["points"][1]["growth"]["days"], 151);
    assert_eq!(pair["remarks"], json!([]));
}

#[tokio::test]
async fn what_was_made_with_other_settings_has_no_growth() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let pair = compared(&ada, |_| ()).await;
    assert_eq!(pair["lesions"][0]["points"][1]["growth"], Value::Null);
    let remark = pair["remarks"][0].as_str().unwrap();
    assert!(remark.contains("another threshold"), "{remark}");
    assert_eq!(pair["visits"][1]["made_with"], "U-Net, threshold 25\u{a0}%");
    // As a release before stored them.
    service.run("UPDATE analyses SET conditions = NULL").await;
    let course = ada.ask("history/course", json!({ "label": "A" })).await;
    let course = course.ok();
    assert_eq!(course["visits"][1]["made_with"], "U-Net");
    assert_eq!(course["lesions"][0]["points"][1]["growth"]["days"], 151);
}

#[tokio::test]
async fn label_and_day_are_changed_and_the_document_stays() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saved = document(&analysis("A", "2023-11-24"));
    let id = Uuid::now_v7();
    ada.put(id, &saved).await;
    let change = |label: &str, day: &str| {
        ada.ask(
            "history/change",
            json!({ "id": id, "label": label, "examined_on": day }),
        )
    };
    assert_eq!(change("", "2023-11-24").await.field(), "label");
    assert_eq!(change("B", "2023-02-30").await.field(), "day");
    assert_eq!(change("B", "2199-01-01").await.field(), "day", "to come");
    let entry = change(" B ", "2023-10-01").await.ok();
    assert_eq!(
        (&entry["label"], &entry["examined_on"]),
        (&json!("B"), &json!("2023-10-01"))
    );
    change("B", "2023-10-01").await.ok();
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
