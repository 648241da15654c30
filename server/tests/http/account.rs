//! Registering, signing in and out, and what is recorded of it.

use serde_json::{Value, json};

use crate::person::{PASSWORD, credentials, registration};
use crate::service::Service;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn somebody_registers_signs_in_and_signs_out() {
    let service = Service::start().await;
    let mut browser = service.browser();
    assert_eq!(browser.me().await, Value::Null);
    assert_eq!(
        browser
            .ask("account/register", registration(ADA))
            .await
            .ok(),
        "ready"
    );
    assert_eq!(
        browser.me().await,
        Value::Null,
        "registering does not sign in"
    );
    browser.sign_in("  ADA@Example.ORG ", PASSWORD).await;
    let me = browser.me().await;
    assert_eq!(me["name"], "Ada Lovelace");
    assert_eq!(me["image_key"].as_str().unwrap().len(), 64);
    let answer = browser
        .ask("account/sign_out", json!({ "everywhere": false }))
        .await;
    assert_eq!(answer.ok(), Value::Null);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        answer.header("clear-site-data"),
        "",
        "other services of the same domain keep their cookies"
    );
    assert_eq!(
        browser.me().await,
        Value::Null,
        "the server has forgotten the session, not only the browser"
    );
}

#[tokio::test]
async fn asvs_14_3_2_answers_are_not_stored() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    for answer in [
        browser.ask("account/profile", json!({})).await,
        browser.get("/api/account/export").await,
        browser.get("/api/analyses/none").await,
    ] {
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn asvs_6_3_8_a_taken_address_is_not_told_and_its_owner_gets_a_letter() {
    let service = Service::start().await;
    let browser = service.browser();
    let begin = std::time::Instant::now();
    let first = browser.ask("account/register", registration(ADA)).await;
    let again = browser
        .ask("account/register", registration(" ADA@example.org "))
        .await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    // Neither is answered before both could have been.
    assert!(begin.elapsed() >= std::time::Duration::from_millis(600));
    let names = |answer: &crate::service::Answer| -> Vec<String> {
        answer.headers.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(&first), names(&again));
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 1);
    let letters = service.letters(2).await.join("\n");
    assert!(
        letters.contains("Subject: Welcome to NeuroCare AI"),
        "{letters}"
    );
    assert!(
        letters.contains("Subject: You have an account already"),
        "{letters}"
    );
}

#[tokio::test]
async fn asvs_6_3_8_wrong_passwords_and_unknown_addresses_are_answered_alike() {
    let service = Service::start().await;
    service
        .browser()
        .ask("account/register", registration(ADA))
        .await
        .ok();
    let browser = service.browser();
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for n in 0..4 {
        for (email, times) in [
            (ADA.to_owned(), &mut known),
            (format!("no{n}@example.org"), &mut unknown),
        ] {
            let begin = std::time::Instant::now();
            let answer = browser
                .ask("account/sign_in", credentials(&email, "not the password"))
                .await;
            times.push(begin.elapsed());
            assert_eq!(answer.refusal(), (401, "wrong_credentials".to_owned()));
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    // The fastest of each: one that skipped hashing would be ten times faster.
    let (known, unknown) = (known.iter().min().unwrap(), unknown.iter().min().unwrap());
    assert!(
        unknown.as_secs_f64() > known.as_secs_f64() / 3.0,
        "{unknown:?} against {known:?}"
    );
}

#[tokio::test]
async fn asvs_2_2_2_every_field_is_checked_on_the_server() {
    let service = Service::start().await;
    let browser = service.browser();
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("a\u{0}b")),
        ("email", json!("ada")),
        ("email", json!("a@b.co\r\nBcc: x@y.z")),
        ("password", json!("short")),
        ("password", json!("password1234")),
        ("age", json!(5)),
        ("gender", json!("?")),
        ("mobile", json!("12")),
    ] {
        let mut form = registration(ADA);
        form["form"][field] = value;
        assert_eq!(browser.ask("account/register", form).await.field(), field);
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test]
async fn gender_and_mobile_number_may_be_left_out() {
    let service = Service::start().await;
    let mut form = registration(ADA);
    form["form"]["gender"] = json!("");
    form["form"]["mobile"] = json!("");
    let mut browser = service.browser();
    assert_eq!(browser.ask("account/register", form).await.ok(), "ready");
    let empty = "SELECT COUNT(*) FROM accounts WHERE gender IS NULL AND mobile IS NULL";
    assert_eq!(service.count(empty).await, 1);
    browser.sign_in(ADA, PASSWORD).await;
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["gender"], &profile["mobile"]),
        (&json!(""), &json!(""))
    );
}

#[tokio::test]
async fn asvs_1_2_4_unicode_and_sql_are_only_text() {
    let service = Service::start().await;
    let name = "Robert'); DROP TABLE accounts;-- \u{1F9EC} \u{202E}李";
    let mut form = registration("o'brien+\u{fc}@ex\u{e4}mple.org");
    form["form"]["name"] = json!(name);
    let mut browser = service.browser();
    browser.ask("account/register", form).await.ok();
    browser
        .sign_in("O'Brien+\u{dc}@Ex\u{c4}mple.org", PASSWORD)
        .await;
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(profile["name"], name);
    assert_eq!(profile["email"], "o'brien+\u{fc}@ex\u{e4}mple.org");
    for email in ["' OR '1'='1", "o'brien%", "\" OR 1=1 --", "\u{0}"] {
        let answer = browser
            .ask("account/sign_in", credentials(email, PASSWORD))
            .await;
        assert_eq!(
            answer.refusal(),
            (401, "wrong_credentials".to_owned()),
            "{email}"
        );
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 1);
}

#[tokio::test]
async fn asvs_16_3_1_sign_in_events_are_kept_without_whole_addresses() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser
        .ask("account/sign_in", credentials(ADA, "not the password"))
        .await;
    browser
        .ask(
            "account/sign_in",
            credentials("no@example.org", "not the password"),
        )
        .await;
    let count = "SELECT COUNT(*) FROM auth_events WHERE event = 'sign_in_failed'";
    assert_eq!(service.count(count).await, 2);
    let networks = "SELECT COUNT(*) FROM auth_events WHERE network <> '127.0.0.0/24'";
    assert_eq!(service.count(networks).await, 0);
}

#[tokio::test]
async fn what_has_expired_is_removed_and_the_rest_stays() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    browser.request_reset(ADA).await.ok();
    service.letters(2).await;
    let rows = [
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM password_resets",
        "SELECT COUNT(*) FROM attempts",
        "SELECT COUNT(*) FROM auth_events",
    ];
    service.state.store.sweep().await.unwrap();
    for count in rows {
        assert!(service.count(count).await > 0, "{count}");
    }
    for outdate in [
        "UPDATE sessions SET seen_at = '2025-01-01 00:00:00.000000'",
        "UPDATE password_resets SET expires_at = '2025-01-01 00:00:00.000000'",
        "UPDATE attempts SET last_at = '2025-01-01 00:00:00.000000'",
        "UPDATE auth_events SET at = '2025-01-01 00:00:00.000000'",
    ] {
        service.run(outdate).await;
    }
    service.state.store.sweep().await.unwrap();
    for count in rows {
        assert_eq!(service.count(count).await, 0, "{count}");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 1);
}

#[tokio::test]
async fn what_cannot_be_removed_keeps_nothing_else_from_being_removed() {
    let service = Service::start().await;
    service.person(ADA).await;
    for statement in [
        "UPDATE sessions SET seen_at = '2025-01-01 00:00:00.000000'",
        "UPDATE auth_events SET at = '2025-01-01 00:00:00.000000'",
        "DROP TABLE password_resets",
    ] {
        service.run(statement).await;
    }
    service.state.store.sweep().await.unwrap_err();
    for count in [
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM auth_events",
    ] {
        assert_eq!(service.count(count).await, 0, "{count}");
    }
}
