//! Sessions: their tokens, and when they end.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::store::event::{Event, Note};
use server::store::session::{ABSOLUTE, IDLE, MOST, NewSession};
use server::token::PlainToken;
use time::Duration;

use crate::person::PASSWORD;
use crate::service::{Service, now};

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn asvs_7_2_4_every_sign_in_has_a_new_token_and_ends_the_one_before_it() {
    let service = Service::start().await;
    let mut browser = service.person(ADA).await;
    let before = browser.cookie.clone();
    browser.sign_in(ADA, PASSWORD).await;
    assert_ne!(browser.cookie, before);
    browser.cookie = before;
    assert_eq!(browser.me().await, Value::Null);
}

#[tokio::test]
async fn asvs_7_2_1_tokens_are_stored_hashed_and_passwords_as_argon2id() {
    let service = Service::start().await;
    service.person(ADA).await;
    assert_eq!(
        service
            .count("SELECT COUNT(*) FROM sessions WHERE LENGTH(token_hash) = 32")
            .await,
        1
    );
    let hashed =
        "SELECT COUNT(*) FROM accounts WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'";
    assert_eq!(service.count(hashed).await, 1);
}

#[tokio::test]
async fn asvs_7_3_a_session_ends_when_it_is_idle_or_old() {
    assert_eq!(
        (IDLE, ABSOLUTE),
        (Duration::hours(12), Duration::days(30)),
        "as ARCHITECTURE.md says"
    );
    for (sql, life) in [
        ("UPDATE sessions SET seen_at = ?", IDLE),
        ("UPDATE sessions SET created_at = ?", ABSOLUTE),
    ] {
        let service = Service::start().await;
        let browser = service.person(ADA).await;
        let began = now() - life;
        for (at, is_good) in [
            (began + Duration::MINUTE, true),
            (began - Duration::SECOND, false),
        ] {
            assert_eq!(service.run_at(sql, at).await, 1);
            assert_eq!(browser.me().await != Value::Null, is_good, "{sql} {at}");
            service.state.store.sweep().await.unwrap();
            let kept = service.count("SELECT COUNT(*) FROM sessions").await;
            assert_eq!(kept, i64::from(is_good), "{sql} {at}");
        }
    }
}

#[tokio::test]
async fn asvs_7_1_2_an_account_is_signed_in_fifty_times_at_most_and_the_oldest_gives_way() {
    assert_eq!(MOST, 50, "as ARCHITECTURE.md says");
    let service = Service::start().await;
    let first = service.person(ADA).await;
    let mut second = service.browser();
    second.sign_in(ADA, PASSWORD).await;
    let store = &service.state.store;
    let ada = store.account_by_email(ADA).await.unwrap().unwrap();
    let note = Note {
        event: Event::SignedIn,
        network: String::new(),
    };
    for _ in 1..MOST {
        let token = PlainToken::generate().unwrap().hash();
        let new = NewSession {
            account: ada.id(),
            proved: &ada.password_hash,
            second: None,
            token: &token,
            browser: "a browser",
            before: None,
            note: &note,
        };
        assert!(store.add_session(&new).await.unwrap());
    }
    let kept = "SELECT COUNT(*) FROM sessions";
    assert_eq!(service.count(kept).await, MOST);
    assert_eq!(first.me().await, Value::Null);
    assert_eq!(second.me().await["name"], "Ada Lovelace");
}

#[tokio::test]
async fn asvs_7_5_2_sign_ins_are_listed_and_ended_one_by_one_or_all_at_once() {
    let service = Service::start().await;
    let first = service.person(ADA).await;
    let mut second = service.browser();
    second.sign_in(ADA, PASSWORD).await;
    let list = second.ask("account/sign_ins", json!({})).await.ok();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[0]["is_current"], true);
    assert_eq!(list[0]["browser"], "Firefox on Linux");
    assert_eq!(list[0]["since"].as_str().unwrap().len(), 16);
    second
        .ask("account/end_sign_in", json!({ "id": list[1]["id"] }))
        .await
        .ok();
    assert_eq!(first.me().await, Value::Null);
    let again = second
        .ask("account/end_sign_in", json!({ "id": list[1]["id"] }))
        .await;
    assert_eq!(again.refusal(), (404, "not_found".to_owned()));

    let mut third = service.browser();
    third.sign_in(ADA, PASSWORD).await;
    third
        .ask("account/sign_out", json!({ "everywhere": true }))
        .await
        .ok();
    assert_eq!(second.me().await, Value::Null);
}

#[tokio::test]
async fn a_session_of_one_server_is_good_on_every_other() {
    let service = Service::start().await;
    let other = service.another().await;
    let browser = service.person(ADA).await;
    let mut elsewhere = other.browser();
    elsewhere.cookie.clone_from(&browser.cookie);
    assert_eq!(elsewhere.me().await["name"], "Ada Lovelace");
    elsewhere
        .ask("account/sign_out", json!({ "everywhere": false }))
        .await
        .ok();
    assert_eq!(
        browser.get("/api/account/export").await.status,
        StatusCode::UNAUTHORIZED
    );
}
