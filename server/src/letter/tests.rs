//! Letters to a mail server that does not take every one at once.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::delivery::{PAUSES, Undelivered};
use super::way::Fault;
use super::*;
use crate::store::schema;
use crate::token::PlainToken;

const ADA: &str = "ada@example.org";
const SOON: [Duration; 3] = [Duration::from_millis(10); 3];
const NEVER: [Duration; 1] = [Duration::from_hours(1)];

/// A mail server: what it answers to the recipients of the first letters, or to whoever signs in
/// (an empty answer hangs up); it takes all after that.
struct MailServer {
    port: u16,
    asked: Arc<Mutex<usize>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start(answers: &'static [&'static str]) -> Self {
        Self::start_answering("RCPT", answers).await
    }

    async fn start_answering(counted: &'static str, answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            asked: Arc::default(),
            taken: Arc::default(),
        };
        let (asked, taken) = (Arc::clone(&server.asked), Arc::clone(&server.taken));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, taken) = (Arc::clone(&asked), Arc::clone(&taken));
                tokio::spawn(async move {
                    let (read, mut write) = stream.into_split();
                    write.write_all(b"220 stub\r\n").await.unwrap();
                    let mut lines = BufReader::new(read).lines();
                    let mut letter: Option<String> = None;
                    while let Ok(Some(line)) = lines.next_line().await {
                        if let Some(text) = &mut letter {
                            if line == "." {
                                taken.lock().unwrap().push(std::mem::take(text));
                                letter = None;
                                write.write_all(b"250 ok\r\n").await.unwrap();
                            } else {
                                text.push_str(&line);
                                text.push('\n');
                            }
                            continue;
                        }
                        let answer = if line.starts_with("EHLO") {
                            "250-stub\r\n250 AUTH PLAIN"
                        } else if line.starts_with(counted) {
                            let mut asked = asked.lock().unwrap();
                            *asked += 1;
                            answers.get(*asked - 1).copied().unwrap_or("250 ok")
                        } else if line == "DATA" {
                            letter = Some(String::new());
                            "354 go on"
                        } else {
                            "250 ok"
                        };
                        if answer.is_empty() {
                            return;
                        }
                        let answer = format!("{answer}\r\n");
                        if write.write_all(answer.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        server
    }

    async fn post(&self, pauses: &'static [Duration]) -> Post {
        post(self.port, pauses).await
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

async fn post(port: u16, pauses: &'static [Duration]) -> Post {
    post_on("sqlite::memory:", port, pauses).await
}

async fn post_on(database: &str, port: u16, pauses: &'static [Duration]) -> Post {
    post_to(&format!("smtp://127.0.0.1:{port}"), database, pauses).await
}

async fn post_to(url: &str, database: &str, pauses: &'static [Duration]) -> Post {
    let flags = ["server", "--smtp-url", url, "--database-url", database];
    let config = Config::from_flags(flags).unwrap();
    let store = Store::open(&config).await.unwrap();
    schema::migrate(&store).await.unwrap();
    Post {
        pauses,
        ..Post::open(&config, store).unwrap()
    }
}

/// Another server on the same database.
fn another(post: &Post) -> Post {
    Post {
        stopping: CancellationToken::new(),
        under_way: TaskTracker::new(),
        ..post.clone()
    }
}

fn database(post: &Post) -> &sqlx::SqlitePool {
    match &post.store {
        Store::Sqlite(pool, _) => pool,
        Store::MySql(_) => panic!("the embedded database"),
    }
}

async fn noted(post: &Post) -> i64 {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM letters");
    count.fetch_one(database(post)).await.unwrap()
}

/// As if the server of every letter had been dead for long.
async fn bury(post: &Post) {
    sqlx::query("UPDATE letters SET ends_at = '2026-01-01 00:00:00'")
        .execute(database(post))
        .await
        .unwrap();
}

async fn until_asked(server: &MailServer, times: usize) {
    let asked = async {
        while server.asked() < times {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), asked).await.unwrap();
}

#[tokio::test]
async fn a_letter_that_is_not_taken_now_is_sent_again_until_it_is() {
    let server = MailServer::start(&["451 greylisted", "", "421 busy"]).await;
    server
        .post(&SOON)
        .await
        .send(ADA, &Letter::Welcome, None)
        .await
        .unwrap();
    assert_eq!(server.asked(), 4);
    let letters = server.taken();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("To: ada@example.org"), "{letters:?}");
}

#[tokio::test]
async fn a_letter_is_given_up_after_the_last_pause() {
    let server = MailServer::start(&["450 later"; 9]).await;
    let fault = server
        .post(&SOON)
        .await
        .send(ADA, &Letter::Welcome, None)
        .await;
    assert!(
        matches!(fault, Err(Undelivered::GivenUp(Fault::Passing(_)))),
        "{fault:?}"
    );
    assert_eq!(server.asked(), 4);
}

#[tokio::test]
async fn asvs_16_2_5_a_refused_letter_is_not_sent_again_and_its_fault_names_nobody() {
    let server = MailServer::start(&["550 <ada@example.org> is unknown"]).await;
    let fault = server
        .post(&SOON)
        .await
        .send(ADA, &Letter::Welcome, None)
        .await;
    let fault = fault.unwrap_err();
    assert!(
        matches!(fault, Undelivered::GivenUp(Fault::Lasting(_))),
        "{fault:?}"
    );
    assert_eq!(
        fault.to_string(),
        "a letter was not sent: the mail server refuses it (550)"
    );
    assert_eq!((server.asked(), server.taken().len()), (1, 0));
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_yet_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let fault = post(port, &SOON)
        .await
        .send(ADA, &Letter::Welcome, None)
        .await;
    assert!(
        matches!(fault, Err(Undelivered::GivenUp(Fault::Passing(None)))),
        "{fault:?}"
    );
}

/// It accepts, and says nothing.
#[tokio::test]
async fn a_silent_mail_server_holds_up_neither_letters_nor_the_operator() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut post = post(listener.local_addr().unwrap().port(), &SOON).await;
    let Way::Smtp { limit, .. } = &mut post.way else {
        panic!("letters go to a mail server");
    };
    *limit = Duration::from_millis(20);
    let letters = (0..=AT_ONCE).map(|_| post.send(ADA, &Letter::Welcome, None));
    let outcomes = timeout(Duration::from_secs(10), join_all(letters)).await;
    for fault in outcomes.unwrap() {
        assert!(
            matches!(fault, Err(Undelivered::GivenUp(Fault::Passing(None)))),
            "{fault:?}"
        );
    }
    let told = timeout(Duration::from_secs(10), post.send_now(ADA, Letter::Welcome)).await;
    assert!(told.unwrap().unwrap_err().to_string().contains("no answer"));
}

#[tokio::test]
async fn a_letter_waits_while_the_mail_server_refuses_the_password_of_the_settings() {
    for (answers, is_sent) in [
        (
            &["535 5.7.8 wrong", "534 too weak", "530 sign in"] as &[_],
            true,
        ),
        (&["535 5.7.8 wrong"; 9], false),
    ] {
        let server = MailServer::start_answering("AUTH", answers).await;
        let url = format!("smtp://lung:rotated@127.0.0.1:{}", server.port);
        let post = post_to(&url, "sqlite::memory:", &SOON).await;
        let outcome = post.send(ADA, &Letter::Welcome, None).await;
        assert_eq!((server.asked(), server.taken().len()), (4, is_sent.into()));
        if let Err(fault) = &outcome {
            assert!(
                fault
                    .to_string()
                    .contains("the password in NEUROCARE_SMTP_URL (535)"),
                "{fault}"
            );
        }
        assert_eq!(outcome.is_ok(), is_sent);
    }
}

#[tokio::test]
async fn a_letter_that_waits_when_the_server_stops_is_tried_once_more_at_once() {
    let server = MailServer::start(&["451 greylisted"]).await;
    let post = server.post(&NEVER).await;
    post.send_later(ADA, Letter::Welcome);
    until_asked(&server, 1).await;
    timeout(Duration::from_secs(10), post.finish())
        .await
        .unwrap();
    assert_eq!((server.asked(), server.taken().len()), (2, 1));
    assert_eq!(noted(&post).await, 0);
}

#[tokio::test]
async fn what_is_not_taken_when_the_server_stops_is_sent_by_the_next_one() {
    let server = MailServer::start(&["451 greylisted", "451 greylisted"]).await;
    let post = server.post(&NEVER).await;
    post.send_later(ADA, Letter::PasswordChanged);
    until_asked(&server, 1).await;
    timeout(Duration::from_secs(10), post.finish())
        .await
        .unwrap();
    assert_eq!((server.taken().len(), noted(&post).await), (0, 1));
    let next = another(&post);
    next.take_over().await.unwrap();
    next.finish().await;
    assert!(server.taken()[0].contains("Subject: Your password was changed"));
    assert_eq!(noted(&post).await, 0);
}

#[tokio::test]
async fn a_letter_of_a_killed_server_is_sent_once_by_one_of_the_others() {
    let server = MailServer::start(&["451 greylisted"]).await;
    let killed = server.post(&NEVER).await;
    killed.send_later(ADA, Letter::PasswordChanged);
    until_asked(&server, 1).await;
    let (one, other) = (another(&killed), another(&killed));
    one.take_over().await.unwrap();
    assert_eq!(one.under_way.len(), 0, "its server may still live");
    bury(&killed).await;
    let (one_took, other_took) = tokio::join!(one.take_over(), other.take_over());
    one_took.unwrap();
    other_took.unwrap();
    one.finish().await;
    other.finish().await;
    // It was not dead after all, and comes to itself.
    killed.finish().await;
    assert_eq!((server.asked(), server.taken().len()), (2, 1));
    assert_eq!(noted(&killed).await, 0);
}

#[tokio::test]
async fn letters_of_a_newer_release_hide_none_that_this_one_can_send() {
    let server = MailServer::start(&["451 greylisted"]).await;
    let killed = server.post(&NEVER).await;
    for n in 0..100 {
        let to = format!("{n}@example.org");
        let hold = killed
            .store
            .add_letter(&to, "newer", None, time::Duration::MINUTE);
        hold.await.unwrap();
    }
    killed.send_later(ADA, Letter::PasswordChanged);
    until_asked(&server, 1).await;
    bury(&killed).await;
    let next = another(&killed);
    next.take_over().await.unwrap();
    next.finish().await;
    assert_eq!(server.taken().len(), 1);
    assert_eq!(noted(&killed).await, 100, "theirs are left to it");
}

#[tokio::test]
async fn a_letter_that_is_refused_or_given_up_is_not_kept() {
    for answers in [&["550 unknown"] as &[_], &["450 later"; 9]] {
        let server = MailServer::start(answers).await;
        let post = server.post(&SOON).await;
        post.send_later(ADA, Letter::Welcome);
        until_asked(&server, 1).await;
        post.under_way.close();
        timeout(Duration::from_secs(10), post.under_way.wait())
            .await
            .unwrap();
        assert_eq!((server.taken().len(), noted(&post).await), (0, 0));
    }
}

#[tokio::test]
async fn the_database_never_knows_the_secret_of_a_link() {
    let server = MailServer::start(&["451 greylisted"]).await;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}/letters.sqlite", folder.path().display());
    let post = post_on(&database, server.port, &NEVER).await;
    let token = PlainToken::generate().unwrap();
    let text = token.to_text();
    post.send_later(
        ADA,
        Letter::Reset {
            token: text.clone(),
        },
    );
    until_asked(&server, 1).await;
    let copy = folder.path().join("copy.sqlite");
    post.store.back_up(&copy).await.unwrap();
    let bytes = std::fs::read(copy).unwrap();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(holds(ADA.as_bytes()) && holds(token.hash().as_bytes()));
    let secret = URL_SAFE_NO_PAD.decode(&text).unwrap();
    assert!(!holds(text.as_bytes()) && !holds(&secret));
}

#[test]
fn letters_are_told_apart_by_name() {
    for letter in Letter::every("secret") {
        assert_eq!(Letter::of_kind(letter.kind(), "secret"), Some(letter));
    }
}

#[test]
fn a_link_for_a_new_password_is_still_good_when_its_letter_is_last_tried() {
    assert!(PAUSES.is_sorted());
    let conversations = LIMIT * u32::try_from(PAUSES.len() + 1).unwrap();
    let total = PAUSES.iter().sum::<Duration>() + conversations;
    assert!(total < crate::store::reset::LIFE.unsigned_abs());
}
