//! Real connections.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use server::serve::{HEAD_LIMIT, UNREAD_LIMIT, accept};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

/// Bytes of `/large`, more than any system keeps for a client.
const LARGE: usize = 64 << 20;

/// A server that takes a second for `/slow`; sending on the channel stops it.
async fn start() -> (TcpStream, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let router = Router::new().route(
        "/slow",
        get(|| async {
            sleep(Duration::from_secs(1)).await;
            "done"
        }),
    );
    let router = router.route("/large", get(|| async { vec![0; LARGE] }));
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(accept(listener, router, async {
        stopped.await.unwrap();
    }));
    (stream, stop, server)
}

#[tokio::test]
async fn a_client_that_never_ends_its_headers_is_hung_up_on() {
    let (mut stream, _stop, _server) = start().await;
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n")
        .await
        .unwrap();
    // Let the server read this much before time begins to run by itself.
    sleep(Duration::from_millis(200)).await;
    tokio::time::pause();
    let begin = Instant::now();
    let mut answer = Vec::new();
    timeout(HEAD_LIMIT * 2, stream.read_to_end(&mut answer))
        .await
        .expect("hung up")
        .unwrap();
    assert!(begin.elapsed() <= HEAD_LIMIT);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn a_client_that_does_not_read_its_answer_is_hung_up_on() {
    let (mut stream, _stop, _server) = start().await;
    stream
        .write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    // Let the server write as much as the system takes before time begins to run by itself.
    sleep(Duration::from_millis(500)).await;
    tokio::time::pause();
    sleep(UNREAD_LIMIT + Duration::from_secs(1)).await;
    tokio::time::resume();
    let mut answer = Vec::new();
    // It may end in a reset.
    stream.read_to_end(&mut answer).await.ok();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    assert!(answer.len() < LARGE, "all of it came");
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_all_of_its_answer() {
    let (mut stream, _stop, _server) = start().await;
    stream
        .write_all(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut length = 0;
    let mut part = vec![0; LARGE / 4];
    loop {
        // As long as the system hands on what is read, the time between two reads counts.
        sleep(Duration::from_millis(100)).await;
        tokio::time::pause();
        sleep(UNREAD_LIMIT / 2).await;
        tokio::time::resume();
        let mut filled = 0;
        while filled < part.len() {
            match stream.read(&mut part[filled..]).await.unwrap() {
                0 => break,
                read => filled += read,
            }
        }
        length += filled;
        if filled < part.len() {
            break;
        }
    }
    assert!(length > LARGE, "{length}");
}

#[tokio::test]
async fn a_running_request_is_finished_before_the_server_stops() {
    let (mut stream, stop, server) = start().await;
    stream
        .write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    sleep(Duration::from_millis(200)).await;
    stop.send(()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("done"), "{answer}");
    timeout(Duration::from_secs(30), server)
        .await
        .expect("stopped")
        .unwrap();
}
