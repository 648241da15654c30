//! Documents that come over slow lines.

use std::pin::pin;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use server::document::PAUSE_LIMIT;
use server::router::router;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::service::Service;

const ADA: &str = "ada@example.org";

/// Sends a document in parts, each a pause after the one before.
async fn trickle(parts: usize, pause: Duration) -> u16 {
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let size = saved.len().div_ceil(parts);
    let chunks: Vec<Vec<u8>> = saved.chunks(size).map(<[u8]>::to_vec).collect();
    let last = chunks.len() - 1;
    let body = stream::iter(chunks.into_iter().enumerate()).then(move |(n, chunk)| async move {
        // While the body is read, time runs by itself; while the database works, it must not.
        if n == 0 {
            tokio::time::pause();
        }
        tokio::time::sleep(pause).await;
        if n == last {
            tokio::time::resume();
        }
        Ok::<_, std::io::Error>(chunk)
    });
    let request = Request::put(format!("/api/analyses/{}", Uuid::now_v7()))
        .header("cookie", &ada.cookie)
        .header("x-account-marker", &ada.marker)
        .body(Body::from_stream(body))
        .unwrap();
    service.send(request).await.status.as_u16()
}

#[tokio::test]
async fn a_document_may_come_slowly() {
    let pause = PAUSE_LIMIT * 3 / 4;
    assert_eq!(trickle(8, pause).await, 201, "two minutes");
}

#[tokio::test]
async fn a_document_that_takes_for_ever_is_given_up() {
    let pause = PAUSE_LIMIT * 3 / 4;
    assert_eq!(trickle(30, pause).await, 503);
}

#[tokio::test]
async fn a_document_that_stops_on_its_way_is_not_waited_for() {
    let pause = PAUSE_LIMIT + Duration::from_secs(1);
    assert_eq!(trickle(2, pause).await, 503);
}

/// A body that says when it is asked for, and never comes.
fn stuck(asked: mpsc::UnboundedSender<()>) -> Body {
    Body::from_stream(stream::once(async move {
        asked.send(()).unwrap();
        std::future::pending::<Result<Vec<u8>, std::io::Error>>().await
    }))
}

#[tokio::test]
async fn asvs_15_2_2_documents_of_one_account_that_do_not_come_hold_up_none_but_its_own() {
    let service = Service::start().await;
    let [ada, eve] = [
        service.person(ADA).await,
        service.person("eve@example.org").await,
    ];
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let stored = Uuid::now_v7();
    assert_eq!(ada.put(stored, &saved).await.status, 201);
    let (asked, mut is_asked) = mpsc::unbounded_channel();
    let stuck = (0..4).map(|_| {
        let request = Request::put(format!("/api/analyses/{}", Uuid::now_v7()))
            .header("cookie", &ada.cookie)
            .header("x-account-marker", &ada.marker)
            .body(stuck(asked.clone()))
            .unwrap();
        service.send(request)
    });
    let id = Uuid::now_v7();
    {
        let mut stuck = pin!(join_all(stuck));
        let mut hers = pin!(ada.put(id, &saved));
        let others = async {
            for _ in 0..4 {
                is_asked.recv().await.unwrap();
            }
            let early = timeout(Duration::from_millis(200), hers.as_mut()).await;
            assert!(early.is_err(), "it has four turns");
            assert_eq!(eve.put(Uuid::now_v7(), &saved).await.status, 201);
            // A correction depends on no line.
            let corrected = json!({ "id": stored, "label": "B", "examined_on": "2023-11-24" });
            ada.ask("history/change", corrected).await.ok();
        };
        tokio::select! {
            _ = stuck.as_mut() => panic!("they never come"),
            () = others => (),
        }
    }
    assert_eq!(ada.put(id, &saved).await.status, 201);
}

#[tokio::test]
async fn asvs_15_2_2_documents_that_an_account_does_not_take_hold_up_none_but_its_own() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let id = Uuid::now_v7();
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    assert_eq!(ada.put(id, &saved).await.status, 201);
    let fetch = || {
        let request = Request::get(format!("/api/analyses/{id}"))
            .header("cookie", &ada.cookie)
            .body(Body::empty())
            .unwrap();
        router(service.state.clone()).oneshot(request)
    };
    let mut unread = Vec::new();
    for _ in 0..4 {
        unread.push(fetch().await.unwrap());
    }
    let mut fifth = pin!(fetch());
    let early = timeout(Duration::from_millis(200), fifth.as_mut()).await;
    assert!(early.is_err());
    let first = unread.swap_remove(0).into_body();
    assert_eq!(to_bytes(first, saved.len()).await.unwrap(), saved);
    let answer = fifth.await.unwrap();
    assert_eq!(answer.headers()["content-length"], saved.len().to_string());
}
