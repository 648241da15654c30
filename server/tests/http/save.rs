//! Saving analyses and getting them back.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use futures_util::stream;
use model::saved::SavedLesion;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::analysis::{analysis, document, lesion};
use crate::service::Service;

const ADA: &str = "ada@example.org";

/// An analysis under a number of its own.
fn numbered(label: &str) -> (Uuid, Vec<u8>) {
    (Uuid::now_v7(), document(&analysis(label, "2023-11-24")))
}

#[tokio::test]
async fn an_analysis_is_saved_and_comes_back_byte_for_byte() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let (id, saved) = numbered("Patient 1");
    let answer = ada.put(id, &saved).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    // The browser lets its copy go for nothing else.
    let digest = Sha256::digest(&saved)
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    assert_eq!(answer.header("x-stored-digest"), digest);
    let again = ada.put(id, &saved).await;
    assert_eq!(again.header("x-stored-digest"), digest);
    let other = ada.put(id, &document(&analysis("B", "2023-11-24"))).await;
    assert!(!other.headers.contains_key("x-stored-digest"));
    let back = ada.get(&format!("/api/analyses/{id}")).await;
    assert_eq!(back.status, StatusCode::OK);
    assert_eq!(back.body, saved);
    assert_eq!(back.header("content-type"), "application/octet-stream");
    assert_eq!(back.header("content-disposition"), "attachment");
    assert_eq!(
        ada.ask("account/profile", json!({})).await.ok()["analyses"],
        1
    );
}

#[tokio::test]
async fn saving_again_changes_nothing_and_something_else_under_the_number_is_refused() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let (id, saved) = numbered("Patient 1");
    let other = document(&analysis("Patient 2", "2023-11-24"));
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::OK);
    assert_eq!(
        ada.put(id, &other).await.refusal(),
        (409, "conflict".to_owned())
    );
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::OK);
    assert_eq!(ada.get(&format!("/api/analyses/{id}")).await.body, saved);
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 1);
    assert_eq!(service.count("SELECT analyses FROM usages").await, 1);
    let kept = "SELECT LENGTH(a.followed) + LENGTH(a.conditions) + LENGTH(d.content) FROM analyses a \
                JOIN documents d ON d.analysis_id = a.id";
    let kept = service.count(kept).await;
    assert_eq!(service.count("SELECT bytes FROM usages").await, kept);
}

#[tokio::test]
async fn an_analysis_is_not_stored_in_an_account_that_signed_in_since_in_the_same_browser() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut shared = service.person("eve@example.org").await;
    let (id, saved) = numbered("Patient 1");
    let eve = std::mem::take(&mut shared.marker);
    let signed_out = (401, "signed_out".to_owned());
    let longer = format!("{eve}0");
    for marker in [ada.marker.as_str(), "", &eve[..15], longer.as_str()] {
        marker.clone_into(&mut shared.marker);
        assert_eq!(shared.put(id, &saved).await.refusal(), signed_out);
    }
    let unmarked = Request::put(format!("/api/analyses/{id}"))
        .header("cookie", &shared.cookie)
        .body(Body::from(saved.clone()))
        .unwrap();
    assert_eq!(service.send(unmarked).await.refusal(), signed_out);
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 0);

    assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
    shared.marker = eve;
    assert_eq!(
        shared.put(Uuid::now_v7(), &saved).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn a_fault_of_the_server_is_told_as_one_so_that_the_browser_tries_again() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let (id, saved) = numbered("Patient 1");
    for table in ["DROP TABLE documents", "DROP TABLE auth_events"] {
        service.run(table).await;
    }
    for answer in [
        ada.put(id, &saved).await,
        ada.get(&format!("/api/analyses/{id}")).await,
        ada.get(&format!("/api/analyses/{id}/findings.csv")).await,
        ada.get("/api/account/export").await,
    ] {
        assert_eq!(answer.refusal(), (500, "server".to_owned()));
    }
}

#[tokio::test]
async fn saves_that_come_at_once_and_in_any_order_are_stored_once_each() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saves: Vec<(Uuid, Vec<u8>)> = (1..=6).map(|n| numbered(&format!("Patient {n}"))).collect();
    // Each four times, the last first.
    let order = saves.iter().rev().cycle().take(4 * saves.len());
    let answers =
        futures_util::future::join_all(order.map(|(id, saved)| ada.put(*id, saved))).await;
    let with = |status: StatusCode| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((with(StatusCode::CREATED), with(StatusCode::OK)), (6, 18));
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 6);
    assert_eq!(service.count("SELECT COUNT(*) FROM documents").await, 6);
    assert_eq!(service.count("SELECT analyses FROM usages").await, 6);
}

#[tokio::test]
async fn a_document_that_does_not_arrive_whole_is_not_refused_for_good() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let put = async |body: Body| {
        let request = Request::put(format!("/api/analyses/{}", Uuid::now_v7()))
            .header("cookie", &ada.cookie)
            .header("x-account-marker", &ada.marker)
            .body(body)
            .unwrap();
        service.send(request).await
    };
    let broken_off = stream::iter([Ok("NCA1"), Err(std::io::Error::other("broken off"))]);
    assert_eq!(
        put(Body::from_stream(broken_off)).await.refusal(),
        (503, "unavailable".to_owned())
    );
    let stalled = stream::once(async {
        // From here on time runs by itself as soon as everyone waits.
        tokio::time::pause();
        std::future::pending::<std::io::Result<Vec<u8>>>().await
    });
    let answer = put(Body::from_stream(stalled)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn asvs_2_4_1_saves_have_to_wait_after_very_many_of_them() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    let (id, saved) = numbered("Patient 1");
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::CREATED);
    service.run("UPDATE attempts SET made = made + 550").await;
    assert_eq!(ada.put(id, &saved).await.status, StatusCode::OK);
    assert_eq!(
        ada.put(id, &saved).await.refusal(),
        (429, "too_many_attempts".to_owned())
    );
    assert_eq!(
        eve.put(Uuid::now_v7(), &saved).await.status,
        StatusCode::CREATED,
        "another account is not held up"
    );
}

#[tokio::test]
async fn numbers_of_deleted_analyses_are_looked_up_page_by_page() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut deleted = Vec::new();
    for _ in 0..3 {
        let (id, saved) = numbered("Patient 1");
        ada.put(id, &saved).await;
        ada.ask("history/delete", json!({ "id": id })).await.ok();
        deleted.push(id);
    }
    let store = &service.state.store;
    let account = store.account_by_email(ADA).await.unwrap().unwrap().id();
    let page = async |after: Uuid| -> Vec<Uuid> {
        let page = store.deleted(account, after, 2).await.unwrap();
        page.into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(page(Uuid::nil()).await, deleted[..2]);
    assert_eq!(page(deleted[1]).await, deleted[2..]);
    assert!(page(deleted[2]).await.is_empty());
    let export = ada.get("/api/account/export").await.json();
    assert_eq!(export["deleted"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn deleting_frees_what_was_stored() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let (id, saved) = numbered("Patient 1");
    ada.put(id, &saved).await;
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    let again = ada.ask("history/delete", json!({ "id": id })).await;
    assert_eq!(again.refusal(), (404, "not_found".to_owned()));
    assert_eq!(
        ada.get(&format!("/api/analyses/{id}")).await.refusal().0,
        404
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM documents").await, 0);
    assert_eq!(
        service.count("SELECT analyses + bytes FROM usages").await,
        0
    );
}

#[tokio::test]
async fn what_was_deleted_does_not_come_back_when_its_save_is_sent_again() {
    let service = Service::start().await;
    let (ada, eve) = (
        service.person(ADA).await,
        service.person("eve@example.org").await,
    );
    let (id, saved) = numbered("Patient 1");
    ada.put(id, &saved).await;
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    let other = document(&analysis("Patient 2", "2023-11-24"));
    for sent in [&saved, &other] {
        assert_eq!(
            ada.put(id, sent).await.refusal(),
            (410, "deleted".to_owned())
        );
    }
    assert_eq!(
        eve.put(id, &saved).await.refusal(),
        (404, "not_found".to_owned()),
        "whose number it was is not said"
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 0);
    let export = ada.get("/api/account/export").await.json();
    assert_eq!(export["deleted"][0]["id"], id.to_string());
    assert_eq!(export["deleted"].as_array().unwrap().len(), 1);
}

/// A browser that heard nothing sends its save again, while another window deletes what arrived.
#[tokio::test]
async fn asvs_15_4_2_saves_of_one_analysis_at_once_do_not_bring_back_what_is_deleted_meanwhile() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for _ in 0..10 {
        let (id, saved) = numbered("Patient 1");
        let delete = async || {
            let mut deleted = ada.ask("history/delete", json!({ "id": id })).await;
            while deleted.status == StatusCode::NOT_FOUND {
                deleted = ada.ask("history/delete", json!({ "id": id })).await;
            }
            deleted.ok();
        };
        let saves = futures_util::future::join_all((0..4).map(|_| ada.put(id, &saved)));
        let (answers, ()) = tokio::join!(saves, delete());
        let taken = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(taken, 1);
        assert_eq!(
            ada.put(id, &saved).await.refusal(),
            (410, "deleted".to_owned())
        );
    }
    let left = "SELECT COUNT(*) + (SELECT analyses + bytes FROM usages) FROM analyses";
    assert_eq!(service.count(left).await, 0);
}

#[tokio::test]
async fn an_account_that_is_deleted_while_it_saves_leaves_nothing_behind() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let saves = futures_util::future::join_all((0..24).map(|_| ada.put(Uuid::now_v7(), &saved)));
    let delete = ada.ask(
        "account/delete",
        json!({ "password": crate::person::PASSWORD }),
    );
    let (answers, deleted) = tokio::join!(saves, delete);
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.text());
    for answer in answers {
        // Saved before, or refused after.
        assert!(
            [201, 401].contains(&answer.status.as_u16()),
            "{}",
            answer.text()
        );
    }
    for rows in [
        "SELECT COUNT(*) FROM accounts",
        "SELECT COUNT(*) FROM analyses",
        "SELECT COUNT(*) FROM documents",
    ] {
        assert_eq!(service.count(rows).await, 0, "{rows}");
    }
}

#[tokio::test]
async fn what_is_no_number_names_nothing() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for id in [
        "1",
        "none",
        "%27%20OR%201=1",
        "00000000-0000-0000-0000-00000000000g",
    ] {
        for file in ["", "/findings.csv", "/findings.json"] {
            let answer = ada.get(&format!("/api/analyses/{id}{file}")).await;
            assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{id}");
        }
    }
}

#[tokio::test]
async fn asvs_3_5_1_another_site_can_save_nothing() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let request = Request::put(format!("/api/analyses/{}", Uuid::now_v7()))
        .header("cookie", &ada.cookie)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(document(&analysis("Patient 1", "2023-11-24"))))
        .unwrap();
    assert_eq!(service.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_largest_lesions_are_followed_and_all_are_counted() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut saved = analysis("Patient 1", "2023-11-24");
    // In the order of their numbers, as they are saved, the largest last.
    saved.lesions = (1..=250_u16)
        .map(|number| SavedLesion {
            number: number.into(),
            ..lesion(f32::from(number), 0.5)
        })
        .collect();
    assert_eq!(
        ada.put(Uuid::now_v7(), &document(&saved)).await.status,
        StatusCode::CREATED
    );
    let course = ada
        .ask("history/course", json!({ "label": "Patient 1" }))
        .await
        .ok();
    let lesions = course["lesions"].as_array().unwrap();
    let number = |it: &Value| it["points"][0]["lesion"]["number"].as_u64().unwrap();
    let mut numbers: Vec<u64> = lesions.iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (51..=250).collect::<Vec<_>>());
    let remarks = course["remarks"].to_string();
    assert!(
        remarks.contains("200 are followed, as a rule the longest"),
        "{remarks}"
    );
    let query = json!({ "label": "", "from": "", "to": "", "after": "" });
    let list = ada
        .ask("history/list", json!({ "query": query }))
        .await
        .ok();
    assert_eq!(list["entries"][0]["lesions"], 250);
}
