//! Documents that are too large, packed to burst, forged, or full of SQL.

use std::future::{Future as _, poll_fn};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use model::saved::limit::DOCUMENT_BYTES;
use model::saved::{content, envelope, runs};
use serde_json::json;
use tokio::time::timeout;
use uuid::Uuid;

use crate::analysis::{analysis, deflated, document, pack};
use crate::service::Service;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn asvs_5_2_1_a_document_over_the_limit_is_refused_declared_or_not() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let large = |bytes: usize| {
        let mut saved = document(&analysis("Patient 1", "2023-11-24"));
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
        .header("x-account-marker", &ada.marker)
        .header("transfer-encoding", "chunked")
        .body(Body::from_stream(futures_util::stream::iter(
            large(DOCUMENT_BYTES + 4096)
                .chunks(65536)
                .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
                .collect::<Vec<_>>(),
        )))
        .unwrap();
    assert_eq!(
        service.send(undeclared).await.refusal(),
        (413, "too_large".to_owned())
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 0);
}

#[tokio::test]
async fn asvs_5_2_3_a_deflate_bomb_is_refused_whatever_length_it_says_it_has() {
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

/// Else hanging up early would read any number of documents at once.
#[test]
fn asvs_15_4_4_a_document_keeps_its_turn_when_its_client_hangs_up() {
    // One thread reads documents, and this test says when.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let service = Service::start().await;
        let ada = service.person(ADA).await;
        let (begin, begun) = std::sync::mpsc::channel::<()>();
        let before = tokio::task::spawn_blocking(move || begun.recv());
        let turns = &service.state.reading;
        let all = turns.available_permits();
        let saved = document(&analysis("Patient 1", "2023-11-24"));
        let mut saving = Box::pin(ada.put(Uuid::now_v7(), &saved));
        poll_fn(|context| {
            assert!(saving.as_mut().poll(context).is_pending());
            match turns.available_permits() {
                free if free < all => Poll::Ready(()),
                _ => Poll::Pending,
            }
        })
        .await;
        drop(saving);
        assert_eq!(turns.available_permits(), all - 1);
        begin.send(()).unwrap();
        before.await.unwrap().unwrap();
        let every = turns.acquire_many(u32::try_from(all).unwrap());
        let all_free = timeout(Duration::from_secs(30), every).await;
        assert!(all_free.unwrap().is_ok());
    });
}

#[tokio::test]
async fn asvs_2_2_1_forged_documents_are_refused_and_nothing_is_stored() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let good = analysis("Patient 1", "2023-11-24");
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
        ("no day", text("2023-11-24", "2023-02-30")),
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
            text("2023-11-20", &"9".repeat(500)),
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
        let saved = document(&analysis(label, "2023-11-24"));
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
