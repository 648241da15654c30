//! New passwords by the link in a letter.

use serde_json::{Value, json};
use server::store::StoreError;
use server::store::event::{Event, Note};
use server::store::reset::LIFE;
use server::store::session::NewSession;
use server::token::PlainToken;
use time::Duration;

use crate::person::{BEHIND_PROXY, PASSWORD, credentials, registration};
use crate::service::{Service, link, now};

const ADA: &str = "ada@example.org";
const NEW: &str = "grüne wolken fliegen tief";

/// The secret of the link in the newest letter.
async fn secret(service: &Service, letters: usize) -> String {
    link(&service.newest_letter(letters).await, "reset")
}

#[tokio::test]
async fn asvs_6_4_3_a_letter_sets_a_new_password_once_and_ends_every_session() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let mut stranger = service.browser();
    stranger.request_reset(" ADA@example.org").await.ok();
    let token = secret(&service, 2).await;
    let apply = |password: &str| {
        stranger.ask(
            "account/apply_reset",
            json!({ "form": { "token": token, "password": password } }),
        )
    };
    assert_eq!(
        apply("short").await.field(),
        "password",
        "and the link is still good"
    );
    apply(NEW).await.ok();
    assert_eq!(browser.me().await, Value::Null);
    assert_eq!(
        apply(PASSWORD).await.refusal(),
        (422, "link_expired".to_owned())
    );
    stranger.sign_in(ADA, NEW).await;
}

#[tokio::test]
async fn asvs_6_4_3_a_link_ends_after_half_an_hour_or_when_a_newer_one_is_sent() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    let first = secret(&service, 2).await;
    browser.request_reset(ADA).await.ok();
    let second = secret(&service, 3).await;
    let apply = |token: &str| {
        browser.ask(
            "account/apply_reset",
            json!({ "form": { "token": token, "password": NEW } }),
        )
    };
    let expired = (422, "link_expired".to_owned());
    assert_eq!(apply(&first).await.refusal(), expired);
    assert_eq!(apply(&"A".repeat(43)).await.refusal(), expired);
    assert_eq!(apply("' OR 1=1").await.refusal(), expired);
    let ends = "SELECT expires_at FROM password_resets";
    let left = service.moment(ends).await - now();
    let half_an_hour = Duration::minutes(30);
    assert!(
        left <= half_an_hour && left > half_an_hour - Duration::MINUTE,
        "{left}"
    );
    let letter = service.newest_letter(3).await;
    assert!(letter.contains("within 30 minutes"), "{letter}");
    let end = "UPDATE password_resets SET expires_at = ?";
    service.run_at(end, now() + Duration::MINUTE).await;
    let weak = json!({ "form": { "token": second, "password": "short" } });
    let refused = browser.ask("account/apply_reset", weak).await;
    assert_eq!(refused.field(), "password", "it is still good");
    service.run_at(end, now() - Duration::SECOND).await;
    assert_eq!(apply(&second).await.refusal(), expired);
}

#[tokio::test]
async fn asvs_16_3_1_a_link_that_is_good_no_more_is_an_event() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    let token = secret(&service, 2).await;
    let apply = |token: &str| {
        let form = json!({ "form": { "token": token, "password": NEW } });
        browser.ask("account/apply_reset", form)
    };
    let refused = "SELECT COUNT(*) FROM auth_events WHERE event = 'link_refused'";
    let of_ada = "SELECT COUNT(*) FROM auth_events JOIN accounts ON accounts.id = account_id \
                  WHERE event = 'link_refused'";
    let end = "UPDATE password_resets SET expires_at = ?";
    service.run_at(end, now() - Duration::SECOND).await;
    assert_eq!(apply(&token).await.status, 422);
    assert_eq!(service.count(refused).await, 1);
    assert_eq!(
        service.count(of_ada).await,
        1,
        "whose it was is still known"
    );

    service.run_at(end, now() + Duration::MINUTE).await;
    apply(&token).await.ok();
    assert_eq!(service.count(refused).await, 1, "one that is good is none");
    for token in [token.as_str(), &"A".repeat(43), "' OR 1=1"] {
        assert_eq!(apply(token).await.status, 422, "{token}");
    }
    assert_eq!(service.count(refused).await, 4);
    assert_eq!(service.count(of_ada).await, 1, "nobody's any more");
}

#[tokio::test]
async fn asvs_6_4_3_a_link_ends_when_the_address_that_it_went_to_is_given_up() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    let token = secret(&service, 2).await;
    let change = |name: &str, email: &str| {
        let mut form = registration(email);
        form["form"]["name"] = json!(name);
        browser.ask("account/change_profile", form)
    };
    let links = "SELECT COUNT(*) FROM password_resets";
    change("Augusta Ada King", ADA).await.ok();
    assert_eq!(service.count(links).await, 1);
    change("Augusta Ada King", "king@example.org").await.ok();
    assert_eq!(service.count(links).await, 0);
    let form = json!({ "form": { "token": token, "password": NEW } });
    let late = browser.ask("account/apply_reset", form).await;
    assert_eq!(late.refusal(), (422, "link_expired".to_owned()));
}

/// A letter is written beside the request: between looking the account up and storing its link,
/// much can happen.
#[tokio::test]
async fn asvs_6_4_3_no_link_is_made_for_an_address_that_was_given_up_meanwhile() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let store = &service.state.store;
    let read = store.account_by_email(ADA).await.unwrap().unwrap();
    let token = PlainToken::generate().unwrap().hash();
    let form = registration("king@example.org");
    browser.ask("account/change_profile", form).await.ok();
    let made = store.add_reset(&read, &token, LIFE).await;
    assert!(matches!(made, Err(StoreError::Outdated)), "{made:?}");
    let read = store.account_by_email("king@example.org").await;
    let read = read.unwrap().unwrap();
    service
        .run("UPDATE accounts SET disabled_since = created_at")
        .await;
    let made = store.add_reset(&read, &token, LIFE).await;
    assert!(matches!(made, Err(StoreError::Outdated)), "{made:?}");
    let links = "SELECT COUNT(*) FROM password_resets";
    assert_eq!(service.count(links).await, 0);
}

#[tokio::test]
async fn asvs_7_4_2_a_link_sets_no_password_of_an_account_that_was_disabled_meanwhile() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    let token = secret(&service, 2).await;
    service
        .run("UPDATE accounts SET disabled_since = created_at")
        .await;
    let form = json!({ "form": { "token": token, "password": NEW } });
    let refused = browser.ask("account/apply_reset", form).await;
    assert_eq!(refused.refusal(), (422, "link_expired".to_owned()));
    service
        .run("UPDATE accounts SET disabled_since = NULL")
        .await;
    service.browser().sign_in(ADA, PASSWORD).await;
}

#[tokio::test]
async fn a_letter_that_was_asked_for_is_sent_before_the_server_ends() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    service.letters(1).await;
    browser.request_reset(ADA).await.ok();
    service.state.post.finish().await;
    assert_eq!(service.letters_now().len(), 2);
}

#[tokio::test]
async fn asvs_6_3_8_asking_for_a_letter_says_nothing_about_accounts() {
    let service = Service::start().await;
    service.person(ADA).await;
    let browser = service.browser();
    let known = browser.request_reset(ADA).await;
    let unknown = browser.request_reset("no@example.org").await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    // Three an hour, whether there is such an account or not.
    for email in [ADA, "no@example.org"] {
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(browser.request_reset(email).await.status.as_u16());
        }
        assert_eq!(answers, [200, 200, 429], "{email}");
    }
}

/// A sign-in compares the password first, which takes long, and is written down later.
#[tokio::test]
async fn asvs_7_4_3_no_sign_in_that_is_under_way_outlives_a_new_password() {
    let service = Service::start_with(&BEHIND_PROXY).await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    let token = secret(&service, 2).await;
    let browsers: Vec<_> = (0..40)
        .map(|n| service.browser_at(&format!("198.51.100.{n}")))
        .collect();
    let sign_ins = browsers.iter().map(|elsewhere| async {
        let form = credentials(ADA, PASSWORD);
        let answer = elsewhere.ask("account/sign_in", form).await;
        answer.status.as_u16()
    });
    let form = json!({ "form": { "token": token, "password": NEW } });
    let (answers, reset) = tokio::join!(
        futures_util::future::join_all(sign_ins),
        browser.ask("account/apply_reset", form)
    );
    reset.ok();
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 0);
    assert!(
        answers.iter().all(|status| [200, 401].contains(status)),
        "{answers:?}"
    );
}

/// The same, in the order in which it would do harm.
#[tokio::test]
async fn asvs_7_4_3_what_a_password_allowed_is_refused_once_it_is_another_one() {
    let service = Service::start().await;
    service.person(ADA).await;
    let store = &service.state.store;
    let account = store.account_by_email(ADA).await.unwrap().unwrap();
    let (id, proved) = (account.id(), account.password_hash.as_str());
    let note = Note {
        event: Event::PasswordChanged,
        network: String::new(),
    };
    store
        .change_password(id, proved, "another hash", None, &note)
        .await
        .unwrap();
    let token = PlainToken::generate().unwrap().hash();
    let outdated = |outcome: Result<(), StoreError>| {
        assert!(matches!(outcome, Err(StoreError::Outdated)), "{outcome:?}");
    };
    let begun = store
        .add_session(&NewSession {
            account: id,
            proved,
            second: None,
            token: &token,
            browser: "Firefox",
            before: None,
            note: &note,
        })
        .await;
    outdated(begun.map(drop));
    let changed = store.change_password(id, proved, "third", None, &note);
    outdated(changed.await);
    outdated(store.delete_account(id, proved, &note).await);
    assert!(!store.rehash(id, proved, "the old one").await.unwrap());
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 0);
    let kept = "SELECT COUNT(*) FROM accounts WHERE password_hash = 'another hash'";
    assert_eq!(service.count(kept).await, 1);
}
