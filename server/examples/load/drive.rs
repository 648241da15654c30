//! Asking for the history, over and over.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::seed::Person;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The newest entries.
    First,
    /// One page after another.
    Following,
    /// The newest entries of one label.
    Label,
    /// All labels with their counts.
    Labels,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::First, Self::Following, Self::Label, Self::Labels];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::First => "first page",
            Self::Following => "page after page",
            Self::Label => "first page of a label",
            Self::Labels => "all labels with counts",
        }
    }
}

/// How long answers took.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn in_words(mut self, limit: Duration) -> String {
        self.0.sort_unstable();
        let at = |share: f64| {
            let place = (self.0.len() as f64 * share) as usize;
            let time = self.0.get(place).or(self.0.last()).copied();
            time.unwrap_or_default().as_secs_f64() * 1000.0
        };
        format!(
            "{:.0} a second, median {:.1} ms, p99 {:.1} ms",
            self.0.len() as f64 / limit.as_secs_f64(),
            at(0.5),
            at(0.99)
        )
    }
}

/// Asks from `clients` connections at once for as long as `limit`.
pub(crate) async fn ask(
    addr: SocketAddr,
    people: &[Person],
    kind: Kind,
    clients: usize,
    limit: Duration,
) -> anyhow::Result<Times> {
    let mut running = JoinSet::new();
    for client in 0..clients {
        running.spawn(one(addr, people.to_vec(), kind, client, limit));
    }
    let mut times = Times::default();
    while let Some(done) = running.join_next().await {
        times.0.extend(done??);
    }
    Ok(times)
}

async fn one(
    addr: SocketAddr,
    people: Vec<Person>,
    kind: Kind,
    client: usize,
    limit: Duration,
) -> anyhow::Result<Vec<Duration>> {
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut times = Vec::new();
    let mut after = String::new();
    let begin = Instant::now();
    while begin.elapsed() < limit {
        let turn = times.len();
        // Following pages are one person's; everything else is somebody else's each time.
        let who = if kind == Kind::Following {
            client
        } else {
            client + turn * 7
        };
        let person = people.get(who % people.len()).context("nobody")?;
        let asked = Instant::now();
        let answer = post(&mut sender, person, kind, turn, &after).await?;
        times.push(asked.elapsed());
        if kind == Kind::Following {
            answer["next"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut after);
        }
    }
    Ok(times)
}

async fn post(
    sender: &mut SendRequest<Body>,
    person: &Person,
    kind: Kind,
    turn: usize,
    after: &str,
) -> anyhow::Result<Value> {
    let label = match kind {
        Kind::Label => format!("Patient {}", turn % 50),
        _ => String::new(),
    };
    let (path, arguments) = match kind {
        Kind::Labels => ("/api/history/labels", json!({})),
        _ => (
            "/api/history/list",
            json!({ "query": { "label": label, "from": "", "to": "", "after": after } }),
        ),
    };
    let request = Request::post(path)
        .header("host", "127.0.0.1")
        .header("content-type", "application/json")
        .header("cookie", &person.cookie)
        .body(Body::from(arguments.to_string()))?;
    sender.ready().await?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = to_bytes(Body::new(answer.into_body()), 1 << 20).await?;
    if status != StatusCode::OK {
        bail!("{status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(serde_json::from_slice(&body)?)
}
