//! Letters to a mail server that does not take every one at once.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::way::Fault;
use super::*;

const ADA: &str = "ada@example.org";
const SOON: [Duration; 3] = [Duration::from_millis(10); 3];
const NEVER: [Duration; 1] = [Duration::from_hours(1)];

/// A mail server: what it answers to the recipients of the first letters (an empty answer hangs up); it takes
/// all after that.
struct MailServer {
    port: u16,
    asked: Arc<Mutex<usize>>,
    taken: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    async fn start(answers: &'static [&'static str]) -> Self {
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
                        let answer = if line.starts_with("RCPT") {
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

    fn post(&self, pauses: &'static [Duration]) -> Post {
        post(self.port, pauses)
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn post(port: u16, pauses: &'static [Duration]) -> Post {
    let url = format!("smtp://127.0.0.1:{port}");
    let config = Config::from_flags(["server", "--smtp-url", &url]).unwrap();
    Post {
        pauses,
        ..Post::open(&config).unwrap()
    }
}

#[tokio::test]
async fn a_letter_that_is_not_taken_now_is_sent_again_until_it_is() {
    let server = MailServer::start(&["451 greylisted", "", "421 busy"]).await;
    server.post(&SOON).send(ADA, Letter::Welcome).await.unwrap();
    assert_eq!(server.asked(), 4);
    let letters = server.taken();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("To: ada@example.org"), "{letters:?}");
}

#[tokio::test]
async fn a_letter_is_given_up_after_the_last_pause() {
    let server = MailServer::start(&["450 later"; 9]).await;
    let fault = server.post(&SOON).send(ADA, Letter::Welcome).await;
    assert!(matches!(fault, Err(Fault::Passing(_))), "{fault:?}");
    assert_eq!(server.asked(), 4);
}

#[tokio::test]
async fn asvs_16_2_5_a_refused_letter_is_not_sent_again_and_its_fault_names_nobody() {
    let server = MailServer::start(&["550 <ada@example.org> is unknown"]).await;
    let fault = server.post(&SOON).send(ADA, Letter::Welcome).await;
    let fault = fault.unwrap_err();
    assert!(matches!(fault, Fault::Lasting(_)), "{fault:?}");
    assert_eq!(fault.to_string(), "the mail server refuses it (550)");
    assert_eq!((server.asked(), server.taken().len()), (1, 0));
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_yet_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let fault = post(port, &SOON).send(ADA, Letter::Welcome).await;
    assert!(matches!(fault, Err(Fault::Passing(None))), "{fault:?}");
}

#[tokio::test]
async fn a_letter_that_waits_when_the_server_stops_is_tried_once_more_at_once() {
    let server = MailServer::start(&["451 greylisted"]).await;
    let post = server.post(&NEVER);
    post.send_later(ADA, Letter::Welcome);
    while server.asked() == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    timeout(Duration::from_secs(10), post.finish())
        .await
        .unwrap();
    assert_eq!((server.asked(), server.taken().len()), (2, 1));
}

#[test]
fn a_link_for_a_new_password_is_still_good_when_its_letter_is_last_tried() {
    assert!(PAUSES.is_sorted());
    let conversations = LIMIT * u32::try_from(PAUSES.len() + 1).unwrap();
    let total = PAUSES.iter().sum::<Duration>() + conversations;
    assert!(total < crate::store::reset::LIFE.unsigned_abs());
}
