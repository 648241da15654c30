//! Documents that come over slow lines.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::{StreamExt as _, stream};
use server::document::PAUSE_LIMIT;
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
