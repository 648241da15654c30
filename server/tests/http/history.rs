//! The history: its entries and its pages.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::analysis::{LONGEST_MM, analysis, document, lesion};
use crate::person::Browser;
use crate::service::Service;

const ADA: &str = "ada@example.org";

pub(crate) async fn save(browser: &Browser<'_>, label: &str, day: &str) -> Uuid {
    let id = Uuid::now_v7();
    let answer = browser.put(id, &document(&analysis(label, day))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    id
}

pub(crate) async fn list(browser: &Browser<'_>, query: Value) -> Value {
    let mut whole = json!({ "label": "", "from": "", "to": "", "after": "" });
    for (key, value) in query.as_object().unwrap() {
        whole[key] = value.clone();
    }
    browser
        .ask("history/list", json!({ "query": whole }))
        .await
        .ok()
}

pub(crate) fn days(page: &Value) -> Vec<&str> {
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
            "least_volume_ml": null, "confidence": null, "digest": "ab".repeat(32), "is_calibrated": false,
        })
    );
    assert_eq!(entry["saved_at"].as_str().unwrap().len(), 16);
}

#[tokio::test]
async fn an_entry_says_whose_word_its_sizes_go_by() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (day, is_calibrated) in [("2023-11-24", true), ("2023-11-23", false)] {
        let mut saved = analysis("Patient 1", day);
        saved.is_calibrated = is_calibrated;
        ada.put(Uuid::now_v7(), &document(&saved)).await;
    }
    let told = async || {
        let page = list(&ada, json!({})).await;
        let entries = page["entries"].as_array().unwrap();
        let told = |entry: &Value| entry["is_calibrated"].as_bool().unwrap();
        entries.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [true, false]);
    // Of analyses of a release that did not keep it.
    service.run("UPDATE analyses SET conditions = NULL").await;
    assert_eq!(told().await, [false, false]);
}

#[tokio::test]
async fn where_a_volume_is_not_known_of_all_lesions_that_of_the_others_is_the_least() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for known in [2, 1, 0] {
        let mut saved = analysis("Patient 1", "2023-11-24");
        saved.lesions = vec![lesion(12.5, 0.7), lesion(6.25, 0.9)];
        for lesion in &mut saved.lesions[known..] {
            lesion.volume_ml = None;
        }
        ada.put(Uuid::now_v7(), &document(&saved)).await;
    }
    let page = list(&ada, json!({})).await;
    let volumes: Vec<_> = page["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (&entry["volume_ml"], &entry["least_volume_ml"]))
        .collect();
    let (nothing, half, one) = (Value::Null, json!(0.5), json!(1.0));
    let newest_first = [(&nothing, &nothing), (&nothing, &half), (&one, &nothing)];
    assert_eq!(volumes, newest_first);
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
    assert_eq!(first["more"], 5);
    save(&ada, "A", "2023-11-13").await;
    let second = list(&ada, json!({ "after": first["next"] })).await;
    assert_eq!(second["entries"].as_array().unwrap().len(), 5);
    assert_eq!(
        (&second["next"], &second["more"]),
        (&Value::Null, &json!(0))
    );
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
