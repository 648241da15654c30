//! The history: listing, finding, changing.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::analysis::{LONGEST_MM, analysis, document, lesion, unpacked};
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

/// The labels that are listed, in order.
async fn found(browser: &Browser<'_>, part: &str) -> Vec<String> {
    let page = list(browser, json!({ "label": part })).await;
    let entries = page["entries"].as_array().unwrap().iter();
    let labels = entries.map(|entry| entry["label"].as_str().unwrap().to_owned());
    let mut labels: Vec<String> = labels.collect();
    labels.sort();
    labels
}

#[tokio::test]
async fn a_part_of_a_label_finds_it_in_upper_and_lower_case() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let labels = ["100% sure", "Lee, follow-up", "SÖHNE & C_o", "Ärztin\\Łódź"];
    for label in labels {
        save(&ada, label, "2023-11-24").await;
    }
    let eve = service.person("eve@example.org").await;
    save(&eve, "Lee, of another account", "2023-11-24").await;
    for (part, label) in [
        ("lee", labels[1]),
        ("FOLLOW-UP", labels[1]),
        (" Lee, follow-up ", labels[1]),
        ("söhne", labels[2]),
        ("ärztin", labels[3]),
        ("ŁÓDŹ", labels[3]),
        // What databases take for more than themselves.
        ("0%", labels[0]),
        ("c_o", labels[2]),
        ("n\\", labels[3]),
    ] {
        assert_eq!(found(&ada, part).await, [label], "{part}");
    }
    for part in ["l_e", "10%sure", "L%", "'", "Sohne", "of another"] {
        assert_eq!(found(&ada, part).await, [""; 0], "{part}");
    }
    assert_eq!(found(&ada, "E").await, labels[..3], "in three of them");
    let course = ada.ask("history/course", json!({ "label": "lee" })).await;
    assert_eq!(
        course.ok()["visits"],
        json!([]),
        "patients are told apart by the whole label"
    );
}

#[tokio::test]
async fn what_a_part_of_a_label_finds_has_pages_too() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for n in 0..60 {
        let label = if n % 2 == 0 { "Lee" } else { "Other" };
        save(&ada, label, &format!("2023-11-{:02}", n / 3 + 1)).await;
    }
    let query = |after: &Value| json!({ "label": "lee", "from": "2023-11-02", "after": after });
    let first = list(&ada, query(&json!(""))).await;
    assert_eq!(first["more"], 3);
    let second = list(&ada, query(&first["next"])).await;
    assert_eq!(second["next"], Value::Null);
    let (first, second) = (days(&first), days(&second));
    assert_eq!(
        (first.len(), second.len()),
        (25, 3),
        "two are of the first day"
    );
    let all = [first, second].concat();
    assert!(all.iter().rev().is_sorted(), "{all:?}");
    assert_eq!(all[27], "2023-11-02");
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
    let labels = ada.ask("history/labels", json!({})).await.ok();
    let labels = labels.as_array().unwrap().iter();
    let counted: Vec<(&str, u64)> = labels
        .clone()
        .map(|it| {
            (
                it["label"].as_str().unwrap(),
                it["analyses"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(counted, [("B", 2), ("C", 1), ("A", 2)]);
    for it in labels {
        let entry = ada
            .ask("history/entry", json!({ "id": it["analysis"] }))
            .await
            .ok();
        assert_eq!(entry["label"], it["label"], "it is one of these");
    }
}

#[tokio::test]
async fn a_label_that_was_typed_leads_to_its_newest_examination_in_ones_own_account() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    save(&ada, "Lee", "2023-05-01").await;
    let newest = save(&ada, "Lee", "2023-11-24").await;
    save(&ada, "Lee", "2023-01-01").await;
    save(&ada, "lee", "2024-01-01").await;
    save(&eve, "Lee", "2024-02-02").await;
    let found = ada.ask("history/newest", json!({ "label": " Lee " })).await;
    assert_eq!(found.ok(), json!(newest));
    for label in ["Le", "LEE", "'", "", "a\u{0}b"] {
        let answer = ada.ask("history/newest", json!({ "label": label })).await;
        assert_eq!(answer.field(), "label", "{label:?}");
    }
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
async fn label_and_day_are_changed_in_the_list_and_in_the_document() {
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
    let unchanged = ada.get(&format!("/api/analyses/{id}")).await.body;
    assert_eq!(unchanged, saved);
    let label = "B, whose label is longer than the one before";
    let entry = change(&format!(" {label} "), "2023-10-01").await.ok();
    assert_eq!(
        (&entry["label"], &entry["examined_on"]),
        (&json!(label), &json!("2023-10-01"))
    );
    change(label, "2023-10-01").await.ok();
    let stored = ada.get(&format!("/api/analyses/{id}")).await.body;
    let wanted = document(&analysis(label, "2023-10-01"));
    assert_eq!(unpacked(&stored), unpacked(&wanted));
    let kept = "SELECT LENGTH(a.followed) + LENGTH(a.conditions) + LENGTH(d.content) FROM analyses a \
                JOIN documents d ON d.analysis_id = a.id";
    let kept = service.count(kept).await;
    for counted in ["SELECT size FROM documents", "SELECT bytes FROM usages"] {
        assert_eq!(service.count(counted).await, kept, "{counted}");
    }
    let again = ada.put(id, &saved).await;
    assert_eq!(
        again.status,
        StatusCode::OK,
        "it was stored, and still changes nothing"
    );
    assert_eq!(list(&ada, json!({})).await["entries"][0]["label"], label);
    assert_eq!(ada.get(&format!("/api/analyses/{id}")).await.body, stored);
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    assert_eq!(service.count("SELECT bytes FROM usages").await, 0);
}

/// Of a version that this program does not know, or damaged.
#[tokio::test]
async fn the_label_of_a_document_that_cannot_be_read_is_changed_in_the_list() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, "A", "2023-11-24").await;
    service.run("UPDATE documents SET content = 'NCA2'").await;
    let form = json!({ "id": id, "label": "B", "examined_on": "2023-11-24" });
    let entry = ada.ask("history/change", form).await.ok();
    assert_eq!(entry["label"], "B");
    let stored = ada.get(&format!("/api/analyses/{id}")).await.body;
    assert_eq!(stored, b"NCA2");
}

#[tokio::test]
async fn a_label_that_another_window_has_changed_is_not_overwritten_unawares() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = save(&ada, "A", "2023-11-24").await;
    let change = async |before: (&str, &str), label: &str, day: &str| {
        let before = json!({ "label": before.0, "day": before.1 });
        let form = json!({ "id": id, "label": label, "examined_on": day, "before": before });
        ada.ask("history/change", form).await
    };
    let (first, second) = (("A", "2023-11-24"), ("B", "2023-11-24"));
    change(first, "B", "2023-11-24").await.ok();
    for (label, day) in [("C", "2023-11-24"), ("A", "2023-11-23")] {
        let late = change(first, label, day).await;
        assert_eq!(late.refusal(), (409, "conflict".to_owned()));
    }
    let entry = ada.ask("history/entry", json!({ "id": id })).await.ok();
    assert_eq!(entry["label"], "B");
    let again = change(first, " B ", "2023-11-24").await.ok();
    assert_eq!(again["label"], "B", "the answer before was lost");
    let seen = change(second, "C", "2023-11-23").await.ok();
    assert_eq!(
        (&seen["label"], &seen["examined_on"]),
        (&json!("C"), &json!("2023-11-23"))
    );
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    let gone = change(second, "D", "2023-11-24").await;
    assert_eq!(gone.refusal(), (404, "not_found".to_owned()));
}
