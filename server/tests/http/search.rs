//! Finding again what was saved: by a part of its label, by its image, by its number.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::history::{days, list, save};
use crate::person::Browser;
use crate::service::Service;

const ADA: &str = "ada@example.org";

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
