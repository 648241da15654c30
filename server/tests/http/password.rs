//! Changing passwords, and what holds guessing up.

use serde_json::{Value, json};

use crate::person::{BEHIND_PROXY, PASSWORD, credentials, registration};
use crate::service::{Service, link};

const ADA: &str = "ada@example.org";
const NEW: &str = "grüne wolken fliegen tief";

#[tokio::test]
async fn asvs_7_4_3_a_changed_password_ends_every_other_session() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let mut other = service.browser();
    other.sign_in(ADA, PASSWORD).await;
    let form = json!({ "form": { "current": PASSWORD, "new": NEW } });
    browser.ask("account/change_password", form).await.ok();
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
    assert_eq!(change(PASSWORD, "short").await.field(), "new");
    assert_eq!(change(PASSWORD, "lovelace ada").await.field(), "new");
    assert_eq!(change(PASSWORD, "ada@example.org").await.field(), "new");
}

/// The secret of the link in the newest letter.
async fn secret(service: &Service, letters: usize) -> String {
    link(&service.newest_letter(letters).await, "reset")
}

#[tokio::test]
async fn asvs_6_4_3_a_letter_sets_a_new_password_once_and_ends_every_session() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let mut stranger = service.browser();
    stranger
        .ask(
            "account/request_reset",
            json!({ "email": " ADA@example.org" }),
        )
        .await
        .ok();
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
    browser
        .ask("account/request_reset", json!({ "email": ADA }))
        .await
        .ok();
    let first = secret(&service, 2).await;
    browser
        .ask("account/request_reset", json!({ "email": ADA }))
        .await
        .ok();
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
    service
        .run("UPDATE password_resets SET expires_at = '2025-01-01 00:00:00.000000'")
        .await;
    assert_eq!(apply(&second).await.refusal(), expired);
}

#[tokio::test]
async fn asvs_6_4_3_a_link_ends_when_the_address_that_it_went_to_is_given_up() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser
        .ask("account/request_reset", json!({ "email": ADA }))
        .await
        .ok();
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

#[tokio::test]
async fn a_letter_that_was_asked_for_is_sent_before_the_server_ends() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    service.letters(1).await;
    browser
        .ask("account/request_reset", json!({ "email": ADA }))
        .await
        .ok();
    service.state.post.finish().await;
    assert_eq!(service.letters_now().len(), 2);
}

#[tokio::test]
async fn asvs_16_3_1_a_change_that_cannot_be_recorded_is_not_made() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser
        .ask("account/request_reset", json!({ "email": ADA }))
        .await
        .ok();
    let token = secret(&service, 2).await;
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
async fn asvs_6_3_8_asking_for_a_letter_says_nothing_about_accounts() {
    let service = Service::start().await;
    service.person(ADA).await;
    // She registered long ago: her first letter counts no more.
    service.run("DELETE FROM attempts").await;
    let browser = service.browser();
    let known = browser
        .ask("account/request_reset", json!({ "email": ADA }))
        .await;
    let unknown = browser
        .ask(
            "account/request_reset",
            json!({ "email": "no@example.org" }),
        )
        .await;
    assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
    // Three an hour, whether there is such an account or not.
    for email in [ADA, "no@example.org"] {
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(
                browser
                    .ask("account/request_reset", json!({ "email": email }))
                    .await
                    .status
                    .as_u16(),
            );
        }
        assert_eq!(answers, [200, 200, 429], "{email}");
    }
}

#[tokio::test]
async fn asvs_6_1_1_guessing_is_slowed_down_and_nobody_is_locked_out() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let guess = |password: &'static str| browser.ask("account/sign_in", credentials(ADA, password));
    for _ in 0..5 {
        assert_eq!(guess("not the password").await.status, 401);
    }
    let held = guess(PASSWORD).await;
    assert_eq!(
        held.refusal(),
        (429, "too_many_attempts".to_owned()),
        "the right one too"
    );
    assert!(
        (1..=2).contains(&held.json()["wait_secs"].as_u64().unwrap()),
        "{}",
        held.text()
    );
    // Attempts that come too early do not make it longer, on any server.
    let other = service.another().await;
    for _ in 0..5 {
        let early = other
            .browser()
            .ask("account/sign_in", credentials(ADA, PASSWORD))
            .await;
        assert_eq!(early.status, 429);
    }
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(guess(PASSWORD).await.status, 200);
    // Having proved itself, the account has its free attempts again.
    assert_eq!(guess("not the password").await.status, 401);
    assert_eq!(guess(PASSWORD).await.status, 200);
}

#[tokio::test]
async fn asvs_6_1_1_guessing_from_elsewhere_does_not_hold_the_owner_up() {
    let service = Service::start_with(&BEHIND_PROXY).await;
    let mut owner = service.person(ADA).await;
    let stranger = service.browser_at("203.0.113.9");
    let guess = || stranger.ask("account/sign_in", credentials(ADA, "not the password"));
    for _ in 0..5 {
        assert_eq!(guess().await.status, 401);
    }
    assert_eq!(guess().await.status, 429);
    owner.sign_in(ADA, PASSWORD).await;
    let form = json!({ "form": { "current": PASSWORD, "new": NEW } });
    owner.ask("account/change_password", form).await.ok();
}

#[tokio::test]
async fn asvs_6_1_1_guessing_one_account_from_many_places_is_slowed_down_too() {
    let service = Service::start_with(&BEHIND_PROXY).await;
    service.person(ADA).await;
    let guess = async |host: &str, password: &str| {
        let browser = service.browser_at(host);
        browser
            .ask("account/sign_in", credentials(ADA, password))
            .await
    };
    assert_eq!(guess("203.0.113.1", "not the password").await.status, 401);
    // As many from other places.
    service.run("UPDATE attempts SET made = made + 99").await;
    assert_eq!(guess("203.0.113.2", "not the password").await.status, 401);
    let held = guess("203.0.113.3", PASSWORD).await;
    assert_eq!(held.refusal(), (429, "too_many_attempts".to_owned()));
    let wait = held.json()["wait_secs"].as_u64().unwrap();
    assert!((1..=3).contains(&wait), "{}", held.text());
    tokio::time::sleep(std::time::Duration::from_secs(wait)).await;
    assert_eq!(guess("203.0.113.3", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn asvs_6_1_1_guessing_many_accounts_from_one_address_is_slowed_down_too() {
    let service = Service::start().await;
    let browser = service.browser();
    let mut statuses = Vec::new();
    for n in 0..32 {
        let guess = credentials(&format!("somebody{n}@example.org"), "not the password");
        statuses.push(browser.ask("account/sign_in", guess).await.status.as_u16());
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        30,
        "{statuses:?}"
    );
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test]
async fn asvs_4_1_3_addresses_are_taken_from_trusted_proxies_only() {
    for (flags, refused) in [(["--trusted-proxies", "127.0.0.1"].as_slice(), 0), (&[], 2)] {
        let service = Service::start_with(flags).await;
        let mut statuses = Vec::new();
        for n in 0..12 {
            let request = axum::http::Request::post("/api/account/register")
                .header("content-type", "application/json")
                .header("x-forwarded-for", format!("203.0.113.{n}"))
                .body(
                    registration(&format!("somebody{n}@example.org"))
                        .to_string()
                        .into(),
                )
                .unwrap();
            statuses.push(service.send(request).await.status.as_u16());
        }
        let count = statuses.iter().filter(|status| **status == 429).count();
        assert_eq!(count, refused, "{flags:?}: {statuses:?}");
    }
}

#[tokio::test]
async fn asvs_6_1_1_attempts_made_at_once_count_as_many() {
    let service = Service::start().await;
    service.person(ADA).await;
    let browser = service.browser();
    let guesses =
        (0..12).map(|_| browser.ask("account/sign_in", credentials(ADA, "not the password")));
    let answers = futures_util::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    assert!(looked_at <= 5, "{looked_at} of 12 were looked at");
}

#[tokio::test]
async fn asvs_2_4_1_registering_is_throttled_by_address() {
    let service = Service::start().await;
    let browser = service.browser();
    let mut statuses = Vec::new();
    for n in 0..12 {
        let form = registration(&format!("somebody{n}@example.org"));
        statuses.push(browser.ask("account/register", form).await.status.as_u16());
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        10,
        "{statuses:?}"
    );
}

#[tokio::test]
async fn asvs_2_4_1_registering_sends_an_address_few_letters_from_wherever_it_is_tried() {
    let service = Service::start_with(&BEHIND_PROXY).await;
    // What is refused sends no letter, and does not count.
    let mut weak = registration(ADA);
    weak["form"]["password"] = json!("password1234");
    let browser = service.browser();
    for _ in 0..4 {
        let answer = browser.ask("account/register", weak.clone()).await;
        assert_eq!(answer.field(), "password");
    }
    let mut statuses = Vec::new();
    for n in 0..5 {
        let browser = service.browser_at(&format!("203.0.113.{n}"));
        let form = registration(ADA);
        statuses.push(browser.ask("account/register", form).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(service.letters(3).await.len(), 3);
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
        Store::Sqlite(pool) => drop(sqlx::query(sql).bind(hash).execute(pool).await.unwrap()),
        Store::MySql(pool) => drop(sqlx::query(sql).bind(hash).execute(pool).await.unwrap()),
    }
}

#[tokio::test]
async fn an_account_is_deleted_with_everything_in_it_and_only_with_its_password() {
    use crate::analysis::{analysis, document};
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    assert_eq!(browser.put(uuid::Uuid::now_v7(), &saved).await.status, 201);
    let delete = |password: &str| browser.ask("account/delete", json!({ "password": password }));
    assert_eq!(delete("not the password").await.field(), "password");
    delete(PASSWORD).await.ok();
    assert_eq!(browser.me().await, Value::Null);
    for rows in [
        "SELECT COUNT(*) FROM accounts",
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM usages",
        "SELECT COUNT(*) FROM analyses",
        "SELECT COUNT(*) FROM documents",
    ] {
        assert_eq!(service.count(rows).await, 0, "{rows}");
    }
}
