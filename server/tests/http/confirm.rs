//! Addresses that are used only after the link in a letter to them was followed.

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::store::StoreError;
use server::store::account::Details;
use time::Duration;

use crate::person::{Browser, PASSWORD, credentials, registration};
use crate::service::{Answer, Service, link, now};

const ADA: &str = "ada@example.org";
const KING: &str = "king@example.org";

const CONFIRMING: [&str; 2] = ["--confirm-addresses", "true"];

#[tokio::test]
async fn asvs_6_3_8_with_confirmed_addresses_a_registration_tells_nothing_about_an_address() {
    let service = Service::start_with(&CONFIRMING).await;
    let browser = service.browser();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let registered = browser
            .ask("account/register", registration("new@example.org"))
            .await;
        let signed_in = browser
            .ask("account/sign_in", credentials("new@example.org", PASSWORD))
            .await;
        answers.push((registered.json(), signed_in.status, signed_in.json()));
    }
    let [free, taken] = &answers[..] else {
        panic!("two tries");
    };
    assert_eq!(free, taken);
    assert_eq!(free.0, "unconfirmed");
    assert_eq!(free.1, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn asvs_6_3_8_the_link_in_the_first_letter_makes_an_account_usable_with_the_password_chosen_there()
 {
    let service = Service::start_with(&CONFIRMING).await;
    let mut browser = service.browser();
    browser
        .ask("account/register", registration("new@example.org"))
        .await
        .ok();
    let letter = service.newest_letter(1).await;
    assert!(letter.contains("Subject: Finish your registration"));
    let token = link(&letter, "reset");
    browser
        .ask(
            "account/apply_reset",
            json!({ "form": { "token": token, "password": "nine silent copper lanterns" } }),
        )
        .await
        .ok();
    let stale = browser
        .ask("account/sign_in", credentials("new@example.org", PASSWORD))
        .await;
    assert_eq!(
        stale.status,
        StatusCode::UNAUTHORIZED,
        "who registered may be somebody else"
    );
    browser
        .sign_in("new@example.org", "nine silent copper lanterns")
        .await;
}

#[tokio::test]
async fn an_account_that_nobody_confirms_is_removed_after_a_week() {
    let service = Service::start_with(&CONFIRMING).await;
    let browser = service.browser();
    for email in ["old@example.org", "new@example.org"] {
        browser
            .ask("account/register", registration(email))
            .await
            .ok();
    }
    let since = "UPDATE accounts SET unconfirmed_since = ? WHERE email_key = 'old@example.org'";
    let a_week_ago = now() - Duration::WEEK;
    for (at, kept) in [
        (a_week_ago + Duration::MINUTE, 2),
        (a_week_ago - Duration::SECOND, 1),
    ] {
        assert_eq!(service.run_at(since, at).await, 1);
        service.state.store.sweep().await.unwrap();
        let accounts = "SELECT COUNT(*) FROM accounts";
        assert_eq!(service.count(accounts).await, kept);
    }
}

fn profile(email: &str) -> Value {
    json!({ "form": { "name": "Ada King", "email": email, "age": 36, "gender": "female",
        "mobile": "+442079460018", "password": PASSWORD } })
}

/// Somebody who wants another address, and the secret of the link in the letter to it, the second
/// or third.
async fn on_the_move(service: &Service) -> (Browser<'_>, String) {
    let browser = service.confirmed(ADA).await;
    let changed = browser
        .ask("account/change_profile", profile(KING))
        .await
        .ok();
    assert_eq!(
        (&changed["email"], &changed["next_email"]),
        (&json!(ADA), &json!(KING))
    );
    assert_eq!(changed["name"], "Ada King", "the rest does not wait");
    let letter = service.letter_with("/address#", 3).await;
    assert!(letter.contains("To: king@example.org"), "{letter}");
    (browser, link(&letter, "address"))
}

async fn follow(browser: &Browser<'_>, token: &str) -> Answer {
    browser
        .ask("account/apply_address", json!({ "token": token }))
        .await
}

fn expired() -> (u16, String) {
    (422, "link_expired".to_owned())
}

#[tokio::test]
async fn asvs_6_3_8_a_new_address_is_used_once_the_link_in_the_letter_to_it_was_followed() {
    let service = Service::start_with(&CONFIRMING).await;
    let (mut browser, token) = on_the_move(&service).await;
    follow(&browser, &token).await.ok();
    let again = follow(&browser, &token).await;
    assert_eq!(again.refusal(), expired(), "it is good once");
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["email"], &profile["next_email"]),
        (&json!(KING), &json!(""))
    );
    let last = service.letter_with("To: ada@example.org", 4).await;
    assert!(last.contains("Your e-mail address was changed"), "{last}");
    browser.sign_in(KING, PASSWORD).await;
}

/// A mistyped address may be a stranger's, who reads the letter with the link.
#[tokio::test]
async fn asvs_8_2_2_the_link_to_a_new_address_is_good_for_nobody_but_its_account() {
    let service = Service::start_with(&CONFIRMING).await;
    let (browser, token) = on_the_move(&service).await;
    let signed_out = follow(&service.browser(), &token).await;
    assert_eq!(signed_out.refusal(), (401, "signed_out".to_owned()));
    let eve = service.confirmed("eve@example.org").await;
    assert_eq!(follow(&eve, &token).await.refusal(), expired());
    for (one, email) in [(&browser, ADA), (&eve, "eve@example.org")] {
        let profile = one.ask("account/profile", json!({})).await.ok();
        assert_eq!(profile["email"], email);
    }
    let mut elsewhere = service.browser();
    elsewhere.sign_in(ADA, PASSWORD).await;
    follow(&elsewhere, &token).await.ok();
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(profile["email"], KING);
}

#[tokio::test]
async fn asvs_6_3_8_changing_to_an_address_does_not_tell_whether_it_has_an_account() {
    let service = Service::start_with(&CONFIRMING).await;
    service.confirmed("eve@example.org").await;
    let browser = service.confirmed(ADA).await;
    let mut answers = Vec::new();
    for email in ["eve@example.org", "free@example.org"] {
        let changed = browser.ask("account/change_profile", profile(email)).await;
        let text = changed.text().replace(email, "THE ADDRESS");
        answers.push((changed.status, text));
    }
    assert_eq!(answers[0], answers[1]);
    let letters = service.letters(6).await.join("\n");
    assert!(
        letters.contains("another account gave your e-mail address"),
        "{letters}"
    );
    assert_eq!(letters.matches("/address#").count(), 1);
}

#[tokio::test]
async fn a_change_that_is_refused_for_too_many_letters_changes_nothing() {
    let service = Service::start_with(&CONFIRMING).await;
    let browser = service.confirmed(ADA).await;
    for _ in 0..3 {
        let form = registration(KING);
        browser.ask("account/register", form).await.ok();
    }
    let before = browser.ask("account/profile", json!({})).await.ok();
    let mut form = profile(KING);
    form["form"]["mobile"] = json!("+442079460019");
    let refused = browser.ask("account/change_profile", form).await;
    assert_eq!(refused.refusal(), (429, "too_many_attempts".to_owned()));
    let after = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(after, before);
}

/// An answer that says no is about something that was not done.
#[tokio::test]
async fn an_account_is_made_with_its_link_or_not_at_all() {
    let service = Service::start_with(&CONFIRMING).await;
    let browser = service.browser();
    service.run("DROP TABLE password_resets").await;
    let refused = browser.ask("account/register", registration(ADA)).await;
    assert_eq!(refused.refusal(), (500, "server".to_owned()));
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test]
async fn a_profile_is_changed_with_the_link_to_the_new_address_or_not_at_all() {
    let service = Service::start_with(&CONFIRMING).await;
    let browser = service.confirmed(ADA).await;
    let before = browser.ask("account/profile", json!({})).await.ok();
    service
        .run("ALTER TABLE address_changes DROP COLUMN email_key")
        .await;
    let refused = browser.ask("account/change_profile", profile(KING)).await;
    assert_eq!(refused.refusal(), (500, "server".to_owned()));
    let after = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(after, before);
    assert_eq!(service.letters(1).await.len(), 1, "the first one");
}

#[tokio::test]
async fn who_gets_no_letter_confirms_the_account_with_another_one() {
    let service = Service::start_with(&CONFIRMING).await;
    let mut browser = service.browser();
    let registered = browser.ask("account/register", registration(ADA)).await;
    assert_eq!(registered.ok(), "unconfirmed");
    browser.request_reset(ADA).await.ok();
    let token = link(&service.newest_letter(2).await, "reset");
    let form = json!({ "form": { "token": token, "password": "nine silent copper lanterns" } });
    browser.ask("account/apply_reset", form).await.ok();
    browser.sign_in(ADA, "nine silent copper lanterns").await;
}

#[tokio::test]
async fn an_address_that_was_taken_in_the_meantime_stays_where_it_is() {
    let service = Service::start_with(&CONFIRMING).await;
    let (browser, token) = on_the_move(&service).await;
    service.confirmed(KING).await;
    assert_eq!(follow(&browser, &token).await.refusal(), expired());
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(profile["email"], ADA);
}

#[tokio::test]
async fn a_changed_password_ends_a_change_of_the_address_that_somebody_else_began() {
    let service = Service::start_with(&CONFIRMING).await;
    let (mut browser, token) = on_the_move(&service).await;
    let form = json!({ "form": { "current": PASSWORD, "new": "nine silent copper lanterns" } });
    browser.cookie = browser.ask("account/change_password", form).await.cookie();
    assert_eq!(follow(&browser, &token).await.refusal(), expired());
}

#[tokio::test]
async fn a_new_address_can_be_withdrawn_until_its_link_is_followed() {
    let service = Service::start_with(&CONFIRMING).await;
    let (browser, token) = on_the_move(&service).await;
    let told = service.letter_with("To: ada@example.org", 3).await;
    assert!(told.contains("/account\r\n"), "{told}");
    assert!(!told.contains("/address#") && !told.contains(KING));
    let other = service.confirmed("eve@example.org").await;
    other.ask("account/withdraw_address", json!({})).await.ok();
    for _ in 0..2 {
        let profile = browser.ask("account/profile", json!({})).await.ok();
        let withdrawn = "SELECT COUNT(*) FROM auth_events WHERE event = 'address_withdrawn'";
        let is_waiting = profile["next_email"] == KING;
        assert_eq!(service.count(withdrawn).await, i64::from(!is_waiting));
        browser
            .ask("account/withdraw_address", json!({}))
            .await
            .ok();
    }
    let refused = "SELECT COUNT(*) FROM auth_events JOIN accounts ON accounts.id = account_id \
                   WHERE event = 'link_refused' AND accounts.email_key = 'ada@example.org'";
    assert_eq!(service.count(refused).await, 0);
    assert_eq!(follow(&browser, &token).await.refusal(), expired());
    assert_eq!(service.count(refused).await, 1, "it is an event (16.3.1)");
    assert_eq!(follow(&browser, "x").await.refusal(), expired());
    assert_eq!(service.count(refused).await, 2);
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["email"], &profile["next_email"]),
        (&json!(ADA), &json!(""))
    );
}

#[tokio::test]
async fn what_else_a_profile_says_is_saved_without_withdrawing_the_new_address() {
    let service = Service::start_with(&CONFIRMING).await;
    let (browser, token) = on_the_move(&service).await;
    let mut form = profile(ADA);
    form["form"]["password"] = json!("");
    form["form"]["age"] = json!(41);
    let saved = browser.ask("account/change_profile", form).await.ok();
    assert_eq!(
        (&saved["email"], &saved["next_email"]),
        (&json!(ADA), &json!(KING))
    );
    let withdrawn = "SELECT COUNT(*) FROM auth_events WHERE event = 'address_withdrawn'";
    assert_eq!(service.count(withdrawn).await, 0);
    follow(&browser, &token).await.ok();
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["email"], &profile["age"], &profile["next_email"]),
        (&json!(KING), &json!(41), &json!(""))
    );
}

#[tokio::test]
async fn the_link_to_a_new_address_ends_after_a_day() {
    let service = Service::start_with(&CONFIRMING).await;
    let (browser, token) = on_the_move(&service).await;
    let left = service
        .moment("SELECT expires_at FROM address_changes")
        .await
        - now();
    assert!(
        left <= Duration::DAY && left > Duration::DAY - Duration::MINUTE,
        "{left}"
    );
    let letter = service.letter_with("/address#", 3).await;
    assert!(letter.contains("within 24 hours"), "{letter}");
    let end = "UPDATE address_changes SET expires_at = ?";
    for (at, waiting) in [
        (now() + Duration::MINUTE, KING),
        (now() - Duration::SECOND, ""),
    ] {
        service.run_at(end, at).await;
        let profile = browser.ask("account/profile", json!({})).await.ok();
        assert_eq!(profile["next_email"], waiting);
    }
    assert_eq!(follow(&browser, &token).await.refusal(), expired());
    service.state.store.sweep().await.unwrap();
    let count = "SELECT COUNT(*) FROM address_changes";
    assert_eq!(service.count(count).await, 0);
}

/// What a browser was about to save when the link was followed in another.
#[tokio::test]
async fn a_profile_that_is_saved_while_the_address_changes_does_not_change_it_back() {
    let service = Service::start_with(&CONFIRMING).await;
    let (browser, token) = on_the_move(&service).await;
    let store = &service.state.store;
    let read = store.account_by_email(ADA).await.unwrap().unwrap();
    follow(&browser, &token).await.ok();
    let details = |email: &str| Details {
        email: email.to_owned(),
        email_key: email.to_lowercase(),
        name: "Augusta Ada King".to_owned(),
        birth_year: Some(1990),
        gender: Some("female".to_owned()),
        mobile: Some("+442079460018".to_owned()),
    };
    let save = async |email: &str| {
        store
            .change_account(&read, false, &details(email), None, None)
            .await
    };
    save(ADA).await.unwrap();
    for other in ["Ada@example.org", "third@example.org"] {
        let outcome = save(other).await;
        assert!(matches!(outcome, Err(StoreError::Outdated)), "{outcome:?}");
    }
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["email"], &profile["name"]),
        (&json!(KING), &json!("Augusta Ada King"))
    );
}
