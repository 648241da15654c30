//! How much may be saved: by an account, and by all together.

use axum::http::StatusCode;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use uuid::Uuid;

use crate::analysis::{analysis, document, lesion};
use crate::process::{Process, program, put};
use crate::service::{Answer, Service};

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn asvs_5_2_4_an_account_has_a_quota() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    service.run("UPDATE usages SET analyses = 9999").await;
    let last = Uuid::now_v7();
    assert_eq!(ada.put(last, &saved).await.status, StatusCode::CREATED);
    assert_eq!(
        ada.put(Uuid::now_v7(), &saved).await.refusal(),
        (507, "full".to_owned())
    );
    assert_eq!(
        ada.put(last, &saved).await.status,
        StatusCode::OK,
        "what is stored is stored"
    );
    assert_eq!(
        eve.put(Uuid::now_v7(), &saved).await.status,
        StatusCode::CREATED
    );
    ada.ask("history/delete", json!({ "id": last })).await.ok();
    assert_eq!(
        ada.put(Uuid::now_v7(), &saved).await.status,
        StatusCode::CREATED
    );
    service
        .run("UPDATE usages SET analyses = 1, bytes = 536870900")
        .await;
    assert_eq!(
        ada.put(Uuid::now_v7(), &saved).await.refusal(),
        (507, "full".to_owned())
    );
}

#[tokio::test]
async fn asvs_5_2_4_all_accounts_together_have_a_quota_if_the_operator_sets_one() {
    let service = Service::start_with(&["--storage-total-mib", "2"]).await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let first = Uuid::now_v7();
    assert_eq!(ada.put(first, &saved).await.status, StatusCode::CREATED);
    service.run("UPDATE usages SET bytes = 1048576").await;
    let refused = eve.put(Uuid::now_v7(), &saved).await;
    assert_eq!(refused.refusal(), (507, "invalid".to_owned()));
    assert!(
        refused.text().contains("no room left"),
        "{}",
        refused.text()
    );
    assert_eq!(
        ada.put(first, &saved).await.status,
        StatusCode::OK,
        "what is stored is stored"
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 1);
    let counted = "SELECT bytes FROM usages WHERE analyses = 0";
    assert_eq!(service.count(counted).await, 1_048_576);
    ada.ask("history/delete", json!({ "id": first })).await.ok();
    assert_eq!(
        eve.put(Uuid::now_v7(), &saved).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn asvs_5_2_4_a_longer_label_does_not_pass_a_quota() {
    let of_all: &[&str] = &["--storage-total-mib", "2"];
    for (flags, almost_all) in [
        (&[][..], "UPDATE usages SET bytes = 536870910"),
        (of_all, "UPDATE usages SET bytes = 2097150"),
    ] {
        let service = Service::start_with(flags).await;
        let ada = service.person(ADA).await;
        let saved = document(&analysis("A", "2023-11-24"));
        let id = Uuid::now_v7();
        assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
        let label = "B, whose label is longer than the one before: 0123456789";
        let changed = async |used: &'static str| {
            service.run(used).await;
            let form = json!({ "id": id, "label": label, "examined_on": "2023-11-24" });
            let entry = ada.ask("history/change", form).await.ok();
            assert_eq!(entry["label"], label);
            ada.get(&format!("/api/analyses/{id}")).await.body
        };
        assert_eq!(changed(almost_all).await, saved);
        assert_ne!(changed("UPDATE usages SET bytes = 1048576").await, saved);
    }
}

#[tokio::test]
async fn every_save_is_warned_of_while_nine_tenths_of_the_quota_are_in_use() {
    let service = Service::start().await;
    let mut command = program(&service, &["serve", "--storage-total-mib", "2"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let addr = loop {
        let line = lines.next_line().await.unwrap().expect("a started server");
        if let Some((_, addr)) = line.split_once("NeuroCare AI is at http://") {
            break addr.trim().parse().unwrap();
        }
    };
    let process = Process { child, addr };
    let person = process.person().await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let mut warned = Vec::new();
    for stored in [
        "UPDATE usages SET bytes = 0",
        "UPDATE usages SET bytes = 1900000",
        "UPDATE usages SET bytes = 1950000",
    ] {
        service.run(stored).await;
        let status = put(addr, &person, Uuid::now_v7(), &saved).await.unwrap();
        assert_eq!(status, 201);
        let mut warnings = 0;
        loop {
            let line = lines.next_line().await.unwrap().expect("a running server");
            warnings += line.matches("soon nothing can be saved").count();
            if line.contains("answered") && line.contains("/api/analyses/") {
                break;
            }
        }
        warned.push(warnings);
    }
    assert_eq!(warned, [0, 1, 1]);
}

#[tokio::test]
async fn asvs_5_2_4_what_is_kept_beside_a_document_counts_as_well() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut large = analysis("Patient 1", "2023-11-24");
    large.lesions = vec![lesion(7.5, 0.5); 200];
    let (id, saved) = (Uuid::now_v7(), document(&large));
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
    let kept = "SELECT LENGTH(a.followed) + LENGTH(a.conditions) + LENGTH(d.content) FROM analyses a \
                JOIN documents d ON d.analysis_id = a.id";
    let kept = service.count(kept).await;
    assert!(kept > 20 * i64::try_from(saved.len()).unwrap(), "{kept}");
    assert_eq!(service.count("SELECT bytes FROM usages").await, kept);
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    assert_eq!(service.count("SELECT bytes FROM usages").await, 0);
}

#[tokio::test]
async fn asvs_15_4_2_saves_of_many_accounts_at_once_do_not_pass_the_quota_of_all_together() {
    let service = Service::start_with(&["--storage-total-mib", "4"]).await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let mut people = Vec::new();
    for name in ["ada", "bob", "eve", "joe"] {
        people.push(service.person(&format!("{name}@example.org")).await);
    }
    let first = people[0].put(Uuid::now_v7(), &saved).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let size = service
        .count("SELECT bytes FROM usages WHERE analyses = 1")
        .await;
    assert!((1001..=2000).contains(&size), "{size}");
    for _ in 0..10 {
        // Room for one more document, and not for two.
        service.run("DELETE FROM analyses").await;
        service.run("UPDATE usages SET bytes = 1048076").await;
        let saves = people.iter().map(|one| one.put(Uuid::now_v7(), &saved));
        let answers = futures_util::future::join_all(saves).await;
        let taken = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(taken, 1);
        let is_told = |answer: &Answer| [201, 507].contains(&answer.status.as_u16());
        assert!(answers.iter().all(is_told));
    }
}
