//! The program itself: several on one database, killed, started wrongly.

use std::net::SocketAddr;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::person::{PASSWORD, credentials, registration};
use crate::service::{Service, new_database};

const ADA: &str = "ada@example.org";

/// A running server; dropping it kills it.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) addr: SocketAddr,
}

/// Somebody who is signed in: the cookie, and what marks their account.
#[derive(Clone)]
pub(crate) struct SignedIn {
    cookie: String,
    marker: String,
}

/// An answer over a real connection.
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

pub(crate) fn program(service: &Service, arguments: &[&str]) -> Command {
    let config = service.config();
    let url = config.database_url.unwrap_or_else(|| {
        format!(
            "sqlite://{}",
            config.data.join("neurocare.sqlite").display()
        )
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
    // Whoever runs the tests may have settings for a server of their own.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("NEUROCARE_") {
            command.env_remove(name);
        }
    }
    command
        .args(arguments)
        .args(["--database-connections", "4"])
        .env("NEUROCARE_ADDR", "127.0.0.1:0")
        .env("DATABASE_URL", url)
        .env("NEUROCARE_SITE", config.site)
        .env("NEUROCARE_DATA", config.data)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub(crate) async fn run(mut command: Command) -> Output {
    timeout(Duration::from_mins(3), command.output())
        .await
        .unwrap()
        .unwrap()
}

impl Process {
    pub(crate) async fn start(service: &Service) -> Self {
        Self::start_with_log(program(service, &["serve"])).await.0
    }

    /// With what it logged until it was ready.
    pub(crate) async fn start_with_log(mut command: Command) -> (Self, String) {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            log.push_str(&line);
            log.push('\n');
            if let Some((_, addr)) = line.split_once("NeuroCare AI is at http://") {
                let addr = addr.trim().parse().unwrap();
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return (Self { child, addr }, log);
            }
        }
        panic!("the server did not start: {log}");
    }

    pub(crate) async fn send(
        &self,
        head: &str,
        cookie: &str,
        body: &[u8],
    ) -> std::io::Result<Reply> {
        send(self.addr, head, cookie, body).await
    }

    async fn ask(&self, function: &str, cookie: &str, arguments: Value) -> Reply {
        let head = format!("POST /api/{function} HTTP/1.1\r\ncontent-type: application/json");
        self.send(&head, cookie, arguments.to_string().as_bytes())
            .await
            .unwrap()
    }

    /// Registers and signs in.
    pub(crate) async fn person(&self) -> SignedIn {
        assert_eq!(
            self.ask("account/register", "", registration(ADA))
                .await
                .status,
            200
        );
        let reply = self
            .ask("account/sign_in", "", credentials(ADA, PASSWORD))
            .await;
        assert_eq!(reply.status, 200);
        let (_, cookie) = reply.head.split_once("set-cookie: ").unwrap();
        let me: Value = serde_json::from_slice(&reply.body).unwrap();
        let key = me["image_key"].as_str().unwrap();
        SignedIn {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            marker: key.chars().take(16).collect(),
        }
    }
}

async fn send(addr: SocketAddr, head: &str, cookie: &str, body: &[u8]) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(addr).await?;
    let head = format!(
        "{head}\r\nhost: {addr}\r\ncookie: {cookie}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let cut_off = || std::io::Error::other("cut off");
    let end = answer
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .ok_or_else(cut_off)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or_else(cut_off)?;
    Ok(Reply {
        status,
        head,
        body: answer[end + 4..].to_vec(),
    })
}

pub(crate) async fn put(
    addr: SocketAddr,
    person: &SignedIn,
    id: Uuid,
    saved: &[u8],
) -> std::io::Result<u16> {
    let SignedIn { cookie, marker } = person;
    let head = format!("PUT /api/analyses/{id} HTTP/1.1\r\nx-account-marker: {marker}");
    Ok(send(addr, &head, cookie, saved).await?.status)
}

#[tokio::test]
async fn one_signs_in_on_a_server_and_saves_on_another() {
    let service = Service::start().await;
    let (one, other) = (
        Process::start(&service).await,
        Process::start(&service).await,
    );
    let person = one.person().await;
    let (id, saved) = (
        Uuid::now_v7(),
        document(&analysis("Patient 1", "2023-11-24")),
    );
    assert_eq!(put(other.addr, &person, id, &saved).await.unwrap(), 201);
    assert_eq!(put(one.addr, &person, id, &saved).await.unwrap(), 200);
    let head = format!("GET /api/analyses/{id} HTTP/1.1");
    let back = one.send(&head, &person.cookie, b"").await.unwrap();
    assert_eq!((back.status, back.body), (200, saved));
}

/// Saves one after another until the server is gone: what it acknowledged, and what it did not.
async fn save_until_killed(
    addr: SocketAddr,
    person: SignedIn,
    worker: usize,
    acknowledged: Arc<AtomicUsize>,
) -> (Vec<(Uuid, Vec<u8>)>, (Uuid, Vec<u8>)) {
    let mut kept = Vec::new();
    loop {
        let label = format!("Patient {worker}-{}", kept.len());
        let (id, saved) = (Uuid::now_v7(), document(&analysis(&label, "2023-11-24")));
        match put(addr, &person, id, &saved).await {
            Ok(201) => {
                acknowledged.fetch_add(1, Ordering::Relaxed);
                kept.push((id, saved));
            }
            Ok(503) => tokio::time::sleep(Duration::from_millis(20)).await,
            Ok(status) => panic!("{status}"),
            Err(_) => return (kept, (id, saved)),
        }
    }
}

#[tokio::test]
async fn a_server_killed_in_the_middle_of_saves_loses_nothing_that_it_acknowledged() {
    let service = Service::start().await;
    let (one, mut other) = (
        Process::start(&service).await,
        Process::start(&service).await,
    );
    let person = one.person().await;
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            tokio::spawn(save_until_killed(
                other.addr,
                person.clone(),
                worker,
                Arc::clone(&acknowledged),
            ))
        })
        .collect();
    while acknowledged.load(Ordering::Relaxed) < 20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // SIGKILL: no farewell.
    other.child.kill().await.unwrap();

    let mut total = 0;
    for worker in workers {
        let (kept, unknown) = timeout(Duration::from_mins(1), worker)
            .await
            .unwrap()
            .unwrap();
        for (id, saved) in &kept {
            let head = format!("GET /api/analyses/{id} HTTP/1.1");
            let back = one.send(&head, &person.cookie, b"").await.unwrap();
            assert_eq!(
                (back.status, &back.body),
                (200, saved),
                "an acknowledged save is lost"
            );
        }
        // The browser does not know what became of the last one, and sends it again.
        let status = put(one.addr, &person, unknown.0, &unknown.1).await.unwrap();
        assert!([200, 201].contains(&status), "{status}");
        total += i64::try_from(kept.len()).unwrap() + 1;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, total);
    assert_eq!(service.count("SELECT COUNT(*) FROM documents").await, total);
    assert_eq!(service.count("SELECT analyses FROM usages").await, total);
}

#[tokio::test]
async fn many_migrations_at_once_all_succeed() {
    let service = Service::start_on(None, &[]).await;
    let database = new_database().await;
    let folder = tempfile::tempdir().unwrap();
    let file = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("new.sqlite").display()
    );
    let url = database.unwrap_or(file);
    let migrate = || {
        let mut command = program(&service, &["migrate"]);
        command.env("DATABASE_URL", &url);
        run(command)
    };
    let (a, b, c, d) = tokio::join!(migrate(), migrate(), migrate(), migrate());
    for output in [a, b, c, d] {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[tokio::test]
async fn asvs_13_4_5_figures_have_a_listener_of_their_own() {
    let service = Service::start().await;
    let mut command = program(&service, &["serve"]);
    command.env("NEUROCARE_METRICS_ADDR", "127.0.0.1:0");
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut figures = None;
    let addr: SocketAddr = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some((_, rest)) = line.split_once("figures are at http://") {
            figures = Some(rest.strip_suffix("/metrics").unwrap().parse().unwrap());
        }
        if let Some((_, addr)) = line.split_once("NeuroCare AI is at http://") {
            break addr.trim().parse().unwrap();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let process = Process { child, addr };
    process.person().await;
    let reply = send(figures.unwrap(), "GET /metrics HTTP/1.1", "", b"")
        .await
        .unwrap();
    let text = String::from_utf8(reply.body).unwrap();
    for figure in [
        "neurocare_requests_total{status=\"200\"}",
        "neurocare_account_events_total{event=\"signed_in\"} 1",
        "neurocare_database_connections{state=\"open\"}",
        "neurocare_request_duration_seconds_bucket{le=\"0.1\"}",
    ] {
        assert!(text.contains(figure), "{figure} is not in\n{text}");
    }
    assert!(!text.contains("example.org"), "{text}");
    let public = process
        .send("GET /metrics HTTP/1.1", "", b"")
        .await
        .unwrap();
    assert_eq!(public.status, 404);
}

#[tokio::test]
async fn asvs_16_2_5_the_log_has_no_personal_data() {
    let service = Service::start().await;
    let mut command = program(&service, &["serve", "--log-format", "json"]);
    command.env("NEUROCARE_LOG", "debug,sqlx=info,hyper=info");
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut log = String::new();
    let addr: SocketAddr = loop {
        let line = lines.next_line().await.unwrap().expect("a started server");
        log.push_str(&line);
        if let Some((_, rest)) = line.split_once("NeuroCare AI is at http://") {
            break rest.split('"').next().unwrap().parse().unwrap();
        }
    };
    let process = Process { child, addr };
    let person = process.person().await;
    process
        .ask("account/sign_in", "", credentials(ADA, "not the password"))
        .await;
    process
        .ask("account/request_reset", "", json!({ "email": ADA }))
        .await;
    put(
        addr,
        &person,
        Uuid::now_v7(),
        &document(&analysis("Patient Zero", "2023-11-24")),
    )
    .await
    .unwrap();
    let last = "\"path\":\"/api/analyses/";
    while let Ok(Ok(Some(line))) = timeout(Duration::from_secs(30), lines.next_line()).await {
        log.push_str(&line);
        if line.contains(last) && line.contains("answered") {
            break;
        }
    }
    assert!(log.contains(last), "{log}");
    let token = person.cookie.split_once('=').unwrap().1;
    for secret in [
        ADA,
        "Lovelace",
        PASSWORD,
        "not the password",
        "Patient Zero",
        // As typed and as stored; fewer digits could be part of a time or of a number of chance.
        "7946 0018",
        "79460018",
        token,
        person.marker.as_str(),
        "argon2id",
    ] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
}
