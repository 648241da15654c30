//! Changing passwords, and how they are kept.

use serde_json::{Value, json};

use crate::person::{BEHIND_PROXY, Browser, PASSWORD, credentials};
use crate::service::{Service, link};

const ADA: &str = "ada@example.org";
const NEW: &str = "grüne wolken fliegen tief";

#[tokio::test]
async fn asvs_7_4_3_a_changed_password_ends_every_other_session() {
    let service = Service::start().await;
    let mut browser = service.person(ADA).await;
    let mut other = service.browser();
    other.sign_in(ADA, PASSWORD).await;
    let form = json!({ "form": { "current": PASSWORD, "new": NEW } });
    let changed = browser.ask("account/change_password", form).await;
    changed.ok();
    browser.cookie = changed.cookie();
    assert_eq!(other.me().await, Value::Null);
    assert_ne!(browser.me().await, Value::Null);
    let old = other
        .ask("account/sign_in", credentials(ADA, PASSWORD))
        .await;
    assert_eq!(old.refusal(), (401, "wrong_credentials".to_owned()));
    other.sign_in(ADA, NEW).await;
    assert!(
        service
            .letters(2)
            .await
            .join("\n")
            .contains("Subject: Your password was changed")
    );
}

#[tokio::test]
async fn asvs_7_2_4_a_changed_password_gives_the_session_that_asked_another_token() {
    let service = Service::start().await;
    let mut browser = service.person(ADA).await;
    let current = async |browser: &Browser<'_>| {
        let sign_ins = browser.ask("account/sign_ins", json!({})).await.ok();
        assert_eq!(sign_ins[0]["is_current"], true);
        sign_ins[0]["id"].clone()
    };
    let session = current(&browser).await;
    let change = async |current: &str| {
        let form = json!({ "form": { "current": current, "new": NEW } });
        browser.ask("account/change_password", form).await
    };
    let refused = change("not the password").await;
    assert!(!refused.headers.contains_key("set-cookie"));
    let answer = change(PASSWORD).await;
    answer.ok();
    assert_ne!(answer.cookie(), browser.cookie);
    assert_eq!(
        browser.me().await,
        Value::Null,
        "a copy of it is worth nothing"
    );
    browser.cookie = answer.cookie();
    assert_eq!(current(&browser).await, session);
}

#[tokio::test]
async fn asvs_6_2_3_changing_needs_the_current_password_and_a_good_new_one() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let change = |current: &str, new: &str| {
        browser.ask(
            "account/change_password",
            json!({ "form": { "current": current, "new": new } }),
        )
    };
    assert_eq!(change("not the password", NEW).await.field(), "current");
    assert!(
        change("", NEW)
            .await
            .text()
            .contains("Enter your current password.")
    );
    assert_eq!(change(PASSWORD, "short").await.field(), "new");
    assert_eq!(change(PASSWORD, "lovelace ada").await.field(), "new");
    assert_eq!(change(PASSWORD, "ada@example.org").await.field(), "new");
}

#[tokio::test]
async fn asvs_16_3_1_a_change_that_cannot_be_recorded_is_not_made() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    let token = link(&service.newest_letter(2).await, "reset");
    service.browser().sign_in(ADA, PASSWORD).await;
    service.run("DROP TABLE auth_events").await;
    for (function, arguments) in [
        (
            "account/change_password",
            json!({ "form": { "current": PASSWORD, "new": NEW } }),
        ),
        (
            "account/apply_reset",
            json!({ "form": { "token": token, "password": NEW } }),
        ),
        ("account/sign_in", credentials(ADA, PASSWORD)),
        ("account/sign_out", json!({ "everywhere": true })),
        ("account/delete", json!({ "password": PASSWORD })),
    ] {
        let answer = browser.ask(function, arguments).await;
        assert_eq!(answer.refusal(), (500, "server".to_owned()), "{function}");
    }
    for (rows, number) in [
        ("SELECT COUNT(*) FROM sessions", 2),
        ("SELECT COUNT(*) FROM password_resets", 1),
        ("SELECT COUNT(*) FROM accounts", 1),
    ] {
        assert_eq!(service.count(rows).await, number, "{rows}");
    }
}

#[tokio::test]
async fn a_password_hashed_at_an_older_cost_is_hashed_anew_at_the_next_sign_in() {
    let service = Service::start().await;
    let mut browser = service.person(ADA).await;
    // "correct horse battery staple" at m=8192, t=1.
    let old = argon2_at_a_lower_cost();
    set_hash(&service, &old).await;
    browser.sign_in(ADA, PASSWORD).await;
    let renewed =
        "SELECT COUNT(*) FROM accounts WHERE password_hash LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'";
    assert_eq!(service.count(renewed).await, 1);
    browser.sign_in(ADA, PASSWORD).await;
}

fn argon2_at_a_lower_cost() -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
    let params = Params::new(8192, 1, 1, None).unwrap();
    let hash =
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(PASSWORD.as_bytes());
    hash.unwrap().to_string()
}

async fn set_hash(service: &Service, hash: &str) {
    use server::store::Store;
    let sql = "UPDATE accounts SET password_hash = ?";
    match &service.state.store {
        Store::Sqlite(pool, _) => drop(sqlx::query(sql).bind(hash).execute(pool).await.unwrap()),
        Store::MySql(pool) => drop(sqlx::query(sql).bind(hash).execute(pool).await.unwrap()),
    }
}

#[tokio::test]
async fn several_first_sign_ins_after_a_change_of_the_cost_all_succeed() {
    let service = Service::start_with(&BEHIND_PROXY).await;
    service.person(ADA).await;
    set_hash(&service, &argon2_at_a_lower_cost()).await;
    let mut browsers: Vec<_> = (0..4)
        .map(|n| service.browser_at(&format!("198.51.100.{n}")))
        .collect();
    let sign_ins = browsers
        .iter_mut()
        .map(|browser| browser.sign_in(ADA, PASSWORD));
    futures_util::future::join_all(sign_ins).await;
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 5);
}
