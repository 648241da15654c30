//! The database goes away and comes back.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use serde_json::json;
use server::store::Store;
use server::store::attempt::ADDRESS;
use sqlx::{Connection as _, Executor as _, MySqlConnection};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use crate::analysis::{analysis, document};
use crate::mariadb::MariaDb;
use crate::person::Browser;
use crate::service::{Service, database_on, mysql, new_database};

const ADA: &str = "ada@example.org";

/// Longest answer while there is no database: the limit is 2.8 s a statement. The rest is for a busy
/// machine, as long as it is less than two of them take.
const QUICK: Duration = Duration::from_millis(5500);

/// The line to a database server, which can be cut and held.
struct Line {
    addr: SocketAddr,
    server: String,
    task: Option<JoinHandle<()>>,
}

impl Line {
    async fn open(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut line = Self {
            addr: listener.local_addr().unwrap(),
            server: server.to_owned(),
            task: None,
        };
        line.carry(listener, true);
        line
    }

    fn carry(&mut self, listener: TcpListener, forward: bool) {
        let server = self.server.clone();
        self.task = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let server = server.clone();
                connections.spawn(async move {
                    if forward {
                        let mut far = TcpStream::connect(&server).await.unwrap();
                        tokio::io::copy_bidirectional(&mut near, &mut far)
                            .await
                            .ok();
                    } else {
                        // Accepted, and then nothing.
                        std::future::pending::<()>().await;
                    }
                });
            }
        }));
    }

    /// All connections end, and new ones are refused.
    async fn cut(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            task.await.unwrap_err();
        }
    }

    async fn listen(&self) -> TcpListener {
        TcpListener::bind(self.addr).await.unwrap()
    }

    /// New connections are accepted and never answered.
    async fn hold(&mut self) {
        self.cut().await;
        let listener = self.listen().await;
        self.carry(listener, false);
    }

    async fn restore(&mut self) {
        self.cut().await;
        let listener = self.listen().await;
        self.carry(listener, true);
    }
}

/// A service on a MariaDB at the other end of a line; `None` where the tests run on SQLite.
async fn start() -> Option<(Service, Line)> {
    let url = new_database().await?;
    let server = mysql()?;
    let (_, host) = server.rsplit_once('@')?;
    let line = Line::open(host.trim_end_matches('/')).await;
    let url = url.replace(host.trim_end_matches('/'), &line.addr.to_string());
    Some((Service::start_on(Some(url), &[]).await, line))
}

/// Answers to several requests at once, and the time of the slowest.
async fn storm(ada: &Browser<'_>) -> (Vec<u16>, Duration) {
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let query = json!({ "query": { "label": "", "from": "", "to": "", "after": "" } });
    let requests = (0..40).map(|n| {
        let (saved, query) = (saved.clone(), query.clone());
        async move {
            let begin = Instant::now();
            let answer = if n % 2 == 0 {
                ada.put(Uuid::now_v7(), &saved).await
            } else {
                ada.ask("history/list", query).await
            };
            if answer.status == StatusCode::SERVICE_UNAVAILABLE {
                assert_eq!(answer.json(), json!({ "error": "unavailable" }));
                assert_eq!(answer.header("retry-after"), "2");
            }
            (answer.status.as_u16(), begin.elapsed())
        }
    });
    let answers = futures_util::future::join_all(requests).await;
    let slowest = answers.iter().map(|(_, time)| *time).max().unwrap();
    (
        answers.into_iter().map(|(status, _)| status).collect(),
        slowest,
    )
}

async fn recovers(ada: &Browser<'_>) {
    let begin = Instant::now();
    loop {
        let answer = ada.ask("account/me", json!({})).await;
        if answer.status == StatusCode::OK {
            break;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "it does not come back"
        );
    }
    let (statuses, _) = storm(ada).await;
    assert!(
        statuses.iter().all(|status| [200, 201].contains(status)),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn without_its_database_the_service_says_so_quickly_and_recovers_by_itself() {
    let Some((service, mut line)) = start().await else {
        return;
    };
    let ada = service.person(ADA).await;
    recovers(&ada).await;
    line.cut().await;
    for _ in 0..2 {
        let (statuses, slowest) = storm(&ada).await;
        assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
        assert!(slowest < QUICK, "{slowest:?}");
    }
    assert_eq!(
        service.get("/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(service.get("/livez").await.status, StatusCode::OK);
    assert_eq!(service.get("/").await.status, StatusCode::OK, "pages go on");
    line.restore().await;
    recovers(&ada).await;
    assert_eq!(service.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_database_that_takes_connections_and_does_not_answer_is_no_better() {
    let Some((service, mut line)) = start().await else {
        return;
    };
    let ada = service.person(ADA).await;
    line.hold().await;
    let (statuses, slowest) = storm(&ada).await;
    assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
    assert!(slowest < QUICK, "{slowest:?}");
    line.restore().await;
    recovers(&ada).await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_line_breaks_under_load() {
    let Some((service, mut line)) = start().await else {
        return;
    };
    let ada = service.person(ADA).await;
    let saves: Vec<(Uuid, Vec<u8>)> = (0..60)
        .map(|n| {
            (
                Uuid::now_v7(),
                document(&analysis(&format!("Patient {n}"), "2023-11-24")),
            )
        })
        .collect();
    let all = async {
        let tries = saves.iter().map(|(id, saved)| ada.put(*id, saved));
        futures_util::future::join_all(tries).await
    };
    let breaks = async {
        tokio::time::sleep(Duration::from_millis(60)).await;
        line.cut().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        line.restore().await;
    };
    let (answers, ()) = tokio::join!(all, breaks);
    recovers_quietly(&ada).await;
    for ((id, saved), answer) in saves.iter().zip(&answers) {
        match answer.status.as_u16() {
            201 => assert_eq!(&ada.get(&format!("/api/analyses/{id}")).await.body, saved),
            503 => {
                let again = ada.put(*id, saved).await.status.as_u16();
                assert!([200, 201].contains(&again), "{again}");
            }
            other => panic!("{other}: {}", answer.text()),
        }
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM analyses").await, 60);
    assert_eq!(service.count("SELECT analyses FROM usages").await, 60);
}

#[tokio::test]
async fn a_database_that_is_killed_under_load_comes_back_with_all_that_was_acknowledged() {
    let Some(mut database) = MariaDb::start().await else {
        return;
    };
    let url = database_on(&database.url()).await;
    let service = Service::start_on(Some(url), &[]).await;
    let ada = service.person(ADA).await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let mut acknowledged = Vec::new();
    for round in 0..6 {
        let ids: Vec<Uuid> = (0..20).map(|_| Uuid::now_v7()).collect();
        let tries = futures_util::future::join_all(ids.iter().map(|id| ada.put(*id, &saved)));
        let kill = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            if round == 2 {
                database.kill();
            }
        };
        let begin = Instant::now();
        let (answers, ()) = tokio::join!(tries, kill);
        // What is under way when it dies may have waited for a statement before.
        let limit = if round == 2 {
            Duration::from_secs(8)
        } else {
            QUICK
        };
        assert!(begin.elapsed() < limit, "{:?} in {round}", begin.elapsed());
        for (id, answer) in ids.iter().zip(answers) {
            match answer.status.as_u16() {
                201 => acknowledged.push(*id),
                503 => assert!(round >= 2, "{}", answer.text()),
                other => panic!("{other}: {}", answer.text()),
            }
        }
    }
    assert!(acknowledged.len() >= 40);
    assert_eq!(
        service.get("/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    database.restart().await;
    recovers_quietly(&ada).await;
    for id in acknowledged {
        assert_eq!(ada.get(&format!("/api/analyses/{id}")).await.body, saved);
    }
    let stored = service.count("SELECT COUNT(*) FROM analyses").await;
    assert_eq!(service.count("SELECT analyses FROM usages").await, stored);
}

/// Numbers of the connections that some statements run on.
async fn connections(service: &Service) -> BTreeSet<i64> {
    let mut numbers = BTreeSet::new();
    for _ in 0..8 {
        let number = "SELECT CAST(CONNECTION_ID() AS SIGNED)";
        numbers.insert(service.count(number).await);
    }
    numbers
}

/// What stood in the primary's place is a replica by now; the same address may lead to another
/// server.
#[tokio::test]
async fn a_database_that_became_read_only_is_connected_to_anew() {
    let Some(database) = MariaDb::start().await else {
        return;
    };
    let url = database_on(&database.url()).await;
    let service = Service::start_on(Some(url), &[]).await;
    let mut admin = MySqlConnection::connect(&database.url()).await.unwrap();
    let grown = Duration::from_millis(5500);
    let mut old = connections(&service).await;
    tokio::time::sleep(grown).await;
    let later = connections(&service).await;
    assert!(!later.is_disjoint(&old), "{later:?} {old:?}");
    old.extend(later);
    tokio::time::sleep(grown).await;
    admin.execute("SET GLOBAL read_only = 1").await.unwrap();
    let new = connections(&service).await;
    assert!(new.is_disjoint(&old), "{new:?} {old:?}");
    // There may be no other server. The pool may have made more of them meanwhile.
    let kept = connections(&service).await;
    assert!(!kept.is_disjoint(&new), "{kept:?} {new:?}");
    admin.execute("SET GLOBAL read_only = 0").await.unwrap();
    tokio::time::sleep(grown).await;
    let kept = connections(&service).await;
    assert!(!kept.is_disjoint(&new), "{kept:?} {new:?}");
}

async fn recovers_quietly(ada: &Browser<'_>) {
    for _ in 0..20 {
        if ada.ask("account/me", json!({})).await.status == StatusCode::OK {
            return;
        }
    }
    panic!("it does not come back");
}

#[tokio::test]
async fn a_session_is_good_where_it_cannot_be_noted_that_it_is_in_use() {
    let service = Service::start_embedded().await;
    let ada = service.person(ADA).await;
    service
        .run("UPDATE sessions SET seen_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-10 minutes')")
        .await;
    let noted = "SELECT COUNT(*) FROM sessions WHERE seen_at > strftime('%Y-%m-%d %H:%M', 'now', '-5 minutes')";
    let lock = service
        .database()
        .begin_with("BEGIN IMMEDIATE")
        .await
        .unwrap();
    assert_ne!(ada.me().await, json!(null));
    assert_eq!(service.count(noted).await, 0);
    lock.rollback().await.unwrap();
    assert_ne!(ada.me().await, json!(null));
    assert_eq!(service.count(noted).await, 1);
}

#[tokio::test]
async fn a_locked_file_is_waited_for_and_then_given_up() {
    let service = Service::start_embedded().await;
    let ada = service.person(ADA).await;
    let Store::Sqlite(pool, _) = &service.state.store else {
        panic!("the embedded database");
    };
    let lock = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    let begin = Instant::now();
    let answer = ada.put(Uuid::now_v7(), &saved).await;
    assert_eq!(answer.refusal(), (503, "unavailable".to_owned()));
    assert!(begin.elapsed() < QUICK, "{:?}", begin.elapsed());
    let query = json!({ "query": { "label": "", "from": "", "to": "", "after": "" } });
    assert_eq!(
        ada.ask("history/list", query).await.status,
        StatusCode::OK,
        "reading goes on"
    );
    lock.rollback().await.unwrap();
    assert_eq!(
        ada.put(Uuid::now_v7(), &saved).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn whoever_waits_to_write_to_the_file_does_not_keep_others_from_reading() {
    let service = Service::start_embedded().await;
    let ada = service.person(ADA).await;
    let other = service.another().await;
    let lock = other
        .database()
        .begin_with("BEGIN IMMEDIATE")
        .await
        .unwrap();
    let writes = (0..8).map(|_| service.state.store.attempt(&ADDRESS, "somewhere"));
    let writes = futures_util::future::join_all(writes);
    let reading = async {
        // All of them wait by then.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let begin = Instant::now();
        let me = ada.me().await;
        lock.rollback().await.unwrap();
        (me, begin.elapsed())
    };
    let (written, (me, took)) = tokio::join!(writes, reading);
    assert_ne!(me, json!(null));
    // Not as long as a statement may wait.
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(written.iter().all(Result::is_ok), "{written:?}");
}
