//! Letters that a server which was killed has left.

use std::net::TcpListener;

use serde_json::json;

use crate::person::{PASSWORD, registration};
use crate::service::{Service, link};

const ADA: &str = "ada@example.org";

/// A service whose mail server is not there, and that is killed while a letter waits: the letter is
/// in the database.
async fn killed() -> Service {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let service = Service::start_with(&["--smtp-url", &url]).await;
    service
        .browser()
        .ask("account/register", registration(ADA))
        .await
        .ok();
    for _ in 0..1500 {
        if service.count("SELECT COUNT(*) FROM letters").await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let buried = service
        .run("UPDATE letters SET ends_at = '2026-01-01 00:00:00.000000'")
        .await;
    assert_eq!(buried, 1);
    service
}

#[tokio::test]
async fn the_link_in_a_letter_that_another_server_takes_over_is_good() {
    let killed = killed().await;
    let other = killed.another().await;
    other.state.post.take_over().await.unwrap();
    let letter = other.newest_letter(1).await;
    assert!(letter.contains("Subject: Finish your registration"));
    let form = json!({ "form": { "token": link(&letter, "reset"), "password": PASSWORD } });
    let mut browser = other.browser();
    browser.ask("account/apply_reset", form).await.ok();
    browser.sign_in(ADA, PASSWORD).await;
}

#[tokio::test]
async fn a_letter_whose_link_is_not_good_any_more_is_not_sent() {
    for ends in [
        "DELETE FROM password_resets",
        "UPDATE password_resets SET expires_at = '2026-01-01 00:00:00.000000'",
        "DELETE FROM accounts",
    ] {
        let killed = killed().await;
        assert_eq!(killed.run(ends).await, 1);
        let other = killed.another().await;
        other.state.post.take_over().await.unwrap();
        other.state.post.finish().await;
        assert_eq!(other.letters_now().len(), 0, "{ends}");
        assert_eq!(other.count("SELECT COUNT(*) FROM letters").await, 0);
    }
}

#[tokio::test]
async fn a_letter_is_kept_for_a_day_at_most() {
    let killed = killed().await;
    let old = "UPDATE letters SET created_at = '2026-01-01 00:00:00.000000'";
    assert_eq!(killed.run(old).await, 1);
    let other = killed.another().await;
    other.state.post.take_over().await.unwrap();
    other.state.post.finish().await;
    assert_eq!(other.letters_now().len(), 0, "as from an old backup");
    other.state.store.sweep().await.unwrap();
    assert_eq!(other.count("SELECT COUNT(*) FROM letters").await, 0);
}
