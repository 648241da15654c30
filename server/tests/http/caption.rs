//! Correcting the label and the day of what was saved.

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::analysis::{analysis, document, unpacked};
use crate::history::{list, save};
use crate::service::Service;

const ADA: &str = "ada@example.org";

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
