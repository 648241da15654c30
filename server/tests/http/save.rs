//! Saving analyses and getting them back.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::saved::limit::DOCUMENT_BYTES;
use model::saved::{content, envelope, runs};
use serde_json::json;
use uuid::Uuid;

use crate::analysis::{analysis, deflated, document, lesion, pack};
use crate::service::Service;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn an_analysis_is_saved_and_comes_back_byte_for_byte() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let (id, saved) = (
        Uuid::now_v7(),
        document(&analysis("Patient 1", "2026-11-24")),
    );
    let answer = ada.put(id, &saved).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
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
    let (id, saved) = (
        Uuid::now_v7(),
        document(&analysis("Patient 1", "2026-11-24")),
    );
    let other = document(&analysis("Patient 2", "2026-11-24"));
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
    let size = i64::try_from(saved.len()).unwrap();
    assert_eq!(service.count("SELECT bytes FROM usages").await, size);
}

#[tokio::test]
async fn saves_that_come_at_once_and_in_any_order_are_stored_once_each() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saves: Vec<(Uuid, Vec<u8>)> = (1..=6)
        .map(|n| {
            (
                Uuid::now_v7(),
                document(&analysis(&format!("Patient {n}"), "2026-11-24")),
            )
        })
        .collect();
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
async fn asvs_5_2_1_a_document_over_the_limit_is_refused_declared_or_not() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let large = |bytes: usize| {
        let mut saved = document(&analysis("Patient 1", "2026-11-24"));
        saved.resize(bytes, 0);
        saved
    };
    assert_eq!(
        ada.put(Uuid::now_v7(), &large(DOCUMENT_BYTES + 1))
            .await
            .refusal(),
        (413, "too_large".to_owned())
    );
    let declared = ada.put(Uuid::now_v7(), &large(DOCUMENT_BYTES + 4096)).await;
    assert_eq!(declared.status, StatusCode::PAYLOAD_TOO_LARGE);
    let undeclared = Request::put(format!("/api/analyses/{}", Uuid::now_v7()))
        .header("cookie", &ada.cookie)
        .header("transfer-encoding", "chunked")
        .body(Body::from_stream(futures_util::stream::iter(
            large(DOCUMENT_BYTES + 4096)
                .chunks(65536)
                .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
                .collect::<Vec<_>>(),
        )))
        .unwrap();
    assert_eq!(
        service.send(undeclared).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 0);
}

#[tokio::test]
async fn asvs_5_2_3_a_deflate_bomb_is_refused_in_bounded_memory() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let bomb = deflated(&vec![0; 512 << 20]);
    assert!(bomb.len() < DOCUMENT_BYTES, "{} bytes", bomb.len());
    for said in [1000, 16 << 20, usize::try_from(u32::MAX).unwrap()] {
        let answer = ada.put(Uuid::now_v7(), &envelope::wrap(said, &bomb)).await;
        assert!(
            [413, 422].contains(&answer.status.as_u16()),
            "{said}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn asvs_2_2_1_forged_documents_are_refused_and_nothing_is_stored() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let good = analysis("Patient 1", "2026-11-24");
    let content = content::lay_out(&good, &[runs::encode(&vec![0; 64 * 64])]).unwrap();
    let packed = deflated(&content);
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = document(&good);
        change(&mut bytes);
        bytes
    };
    let text = |from: &str, to: &str| {
        let header_end = 4 + u32::from_le_bytes(content[..4].try_into().unwrap()) as usize;
        let header = std::str::from_utf8(&content[4..header_end]).unwrap();
        assert!(header.contains(from), "{from}");
        let header = header.replace(from, to);
        let mut forged = u32::try_from(header.len()).unwrap().to_le_bytes().to_vec();
        forged.extend_from_slice(header.as_bytes());
        forged.extend_from_slice(&content[header_end..]);
        pack(&forged)
    };
    let forgeries = [
        ("nothing", Vec::new()),
        (
            "another kind of file",
            b"PNG\r\n\x1a\n0000000000000000".to_vec(),
        ),
        ("a newer envelope", changed(&|bytes| bytes[3] = b'2')),
        ("cut off", changed(&|bytes| bytes.truncate(bytes.len() - 3))),
        (
            "something after its end",
            changed(&|bytes| bytes.extend_from_slice(b"pixels")),
        ),
        (
            "shorter than it says",
            envelope::wrap(content.len() + 1, &packed),
        ),
        (
            "longer than it says",
            envelope::wrap(content.len() - 1, &packed),
        ),
        ("a forged length of the header", {
            let mut forged = content.clone();
            forged[..4].copy_from_slice(&u32::MAX.to_le_bytes());
            pack(&forged)
        }),
        ("a newer version", text("\"version\":1", "\"version\":2")),
        (
            "an unknown field",
            text("\"version\":1", "\"version\":1,\"pixels\":[]"),
        ),
        (
            "another size than its mask",
            text("\"rows\":64", "\"rows\":65"),
        ),
        ("no day", text("2026-11-24", "2026-02-30")),
        ("no label", text("Patient 1", "")),
        ("a label with a line break", text("Patient 1", "a\\nb")),
        (
            "a label of 81 characters",
            text("Patient 1", &"x".repeat(81)),
        ),
        (
            "a number that no float holds",
            text("\"longest_mm\":12.5", "\"longest_mm\":1e300"),
        ),
        (
            "a confidence of 200 %",
            text("\"confidence\":0.9", "\"confidence\":2.0"),
        ),
        (
            "a negative size",
            text("\"longest_mm\":12.5", "\"longest_mm\":-1.0"),
        ),
        ("no digest", text(&"ab".repeat(32), &"zz".repeat(32))),
        (
            "a version of 1000 characters",
            text("2026-11-20", &"9".repeat(500)),
        ),
    ];
    for (what, forged) in forgeries {
        let answer = ada.put(Uuid::now_v7(), &forged).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{what}: {}",
            answer.text()
        );
        assert_eq!(answer.json()["error"], "invalid", "{what}");
    }
    let huge = text("\"rows\":64", "\"rows\":18446744073709551615");
    assert_eq!(
        ada.put(Uuid::now_v7(), &huge).await.refusal(),
        (413, "too_large".to_owned())
    );
    assert_eq!(
        ada.put(Uuid::now_v7(), &document(&good)).await.status,
        StatusCode::CREATED
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 1);
}

#[tokio::test]
async fn asvs_1_2_4_labels_with_sql_and_unicode_are_only_text() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for label in [
        "'; DROP TABLE analyses; --",
        "P\u{e4}tient \u{1F9EC} 李 %_\\",
        "\"><script>alert(1)</script>",
    ] {
        let saved = document(&analysis(label, "2026-11-24"));
        assert_eq!(
            ada.put(Uuid::now_v7(), &saved).await.status,
            StatusCode::CREATED,
            "{label}"
        );
        let query = json!({ "query": { "label": label, "from": "", "to": "", "after": "" } });
        let page = ada.ask("history/list", query).await.ok();
        assert_eq!(page["entries"].as_array().unwrap().len(), 1, "{label}");
        assert_eq!(page["entries"][0]["label"], label);
    }
}

#[tokio::test]
async fn asvs_5_2_4_an_account_has_a_quota() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    let saved = document(&analysis("Patient 1", "2026-11-24"));
    service.run("UPDATE usages SET analyses = 9999").await;
    let last = Uuid::now_v7();
    assert_eq!(ada.put(last, &saved).await.status, StatusCode::CREATED);
    assert_eq!(
        ada.put(Uuid::now_v7(), &saved).await.refusal(),
        (413, "too_large".to_owned())
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
        (413, "too_large".to_owned())
    );
}

#[tokio::test]
async fn deleting_frees_what_was_stored() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let (id, saved) = (
        Uuid::now_v7(),
        document(&analysis("Patient 1", "2026-11-24")),
    );
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
    let (id, saved) = (
        Uuid::now_v7(),
        document(&analysis("Patient 1", "2026-11-24")),
    );
    ada.put(id, &saved).await;
    ada.ask("history/delete", json!({ "id": id })).await.ok();
    let other = document(&analysis("Patient 2", "2026-11-24"));
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

#[tokio::test]
async fn an_account_that_is_deleted_while_it_saves_leaves_nothing_behind() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let saved = document(&analysis("Patient 1", "2026-11-24"));
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
        let answer = ada.get(&format!("/api/analyses/{id}")).await;
        assert_eq!(answer.refusal(), (404, "not_found".to_owned()), "{id}");
    }
}

#[tokio::test]
async fn asvs_3_5_1_another_site_can_save_nothing() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let request = Request::put(format!("/api/analyses/{}", Uuid::now_v7()))
        .header("cookie", &ada.cookie)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(document(&analysis("Patient 1", "2026-11-24"))))
        .unwrap();
    assert_eq!(service.send(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_largest_lesions_are_followed_and_all_are_counted() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let mut saved = analysis("Patient 1", "2026-11-24");
    saved.lesions = (0..250_u16)
        .map(|n| lesion(300.0 - f32::from(n), 0.5))
        .collect();
    assert_eq!(
        ada.put(Uuid::now_v7(), &document(&saved)).await.status,
        StatusCode::CREATED
    );
    let course = ada
        .ask("history/course", json!({ "label": "Patient 1" }))
        .await
        .ok();
    assert_eq!(course[0]["entry"]["lesions"], 250);
    assert_eq!(course[0]["entry"]["longest_mm"], 300.0);
    assert_eq!(course[0]["lesions"].as_array().unwrap().len(), 200);
}
