//! What the operator decides: who may have an account and use it.

use axum::http::StatusCode;
use serde_json::json;
use server::store::StoreError;
use server::store::event::{Event, Note};
use server::store::session::NewSession;
use server::token::PlainToken;

use crate::enrolled::Enrolled;
use crate::person::{PASSWORD, credentials, registration};
use crate::process::{program, run};
use crate::service::{Service, link};

const ADA: &str = "ada@example.org";

/// Runs a command of the program; what it said, and whether it succeeded.
async fn command(service: &Service, arguments: &[&str]) -> (bool, String) {
    let output = run(program(service, arguments)).await;
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let log = words.to_lowercase();
    assert!(!log.contains(ADA), "the log names nobody: {words}");
    (output.status.success(), words)
}

#[tokio::test]
async fn where_registration_is_closed_nobody_makes_an_account_by_themselves() {
    let service = Service::start_with(&["--registration", "closed"]).await;
    let browser = service.browser();
    let refused = browser.ask("account/register", registration(ADA)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text().contains("Ask whoever runs this service"),
        "{}",
        refused.text()
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 0);
    let page = service.get("/register").await;
    assert!(page.text().contains("accounts are made by its operator"));
    assert!(!page.text().contains("Mobile number"));
    let open = Service::start().await.get("/register").await;
    assert!(open.text().contains("Mobile number"));
}

#[tokio::test]
async fn the_operator_makes_an_account_whose_owner_chooses_the_password_behind_a_link() {
    let service = Service::start_with(&["--registration", "closed"]).await;
    let mut browser = service.browser();
    let (is_made, words) = command(&service, &["add-account", " Ada@example.org"]).await;
    assert!(is_made, "{words}");
    let (is_made, words) = command(&service, &["add-account", ADA]).await;
    assert!(
        !is_made && words.contains("has an account already"),
        "{words}"
    );
    let letter = service.newest_letter(1).await;
    assert!(letter.contains("To: Ada@example.org"), "{letter}");
    let token = link(&letter, "reset");
    let form = json!({ "form": { "token": token, "password": PASSWORD } });
    browser.ask("account/apply_reset", form).await.ok();
    browser.sign_in(ADA, PASSWORD).await;
    assert_eq!(browser.me().await["name"], "Ada");
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["age"], &profile["mobile"]),
        (&json!(0), &json!(""))
    );
    let mut form = registration(ADA);
    form["form"]["name"] = json!("Ada Lovelace");
    let changed = browser.ask("account/change_profile", form).await.ok();
    assert_eq!(changed["age"], 36);
}

#[tokio::test]
async fn an_account_that_the_operator_made_cannot_be_used_before_its_owner_chose_a_password() {
    let service = Service::start().await;
    let (is_made, words) = command(&service, &["add-account", ADA]).await;
    assert!(is_made, "{words}");
    let browser = service.browser();
    let refused = browser
        .ask("account/sign_in", credentials(ADA, PASSWORD))
        .await;
    assert_eq!(refused.refusal(), (401, "wrong_credentials".to_owned()));
}

#[tokio::test]
async fn what_is_no_address_and_a_database_that_is_not_there_get_no_account() {
    let service = Service::start_embedded().await;
    let (is_made, words) = command(&service, &["add-account", "ada"]).await;
    assert!(!is_made, "{words}");
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.sqlite");
    let mut elsewhere = program(&service, &["add-account", ADA]);
    elsewhere.env("DATABASE_URL", format!("sqlite://{}", other.display()));
    let output = run(elsewhere).await;
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("NEUROCARE_DATA"), "{words}");
}

#[tokio::test]
async fn asvs_7_4_2_a_disabled_account_is_signed_out_everywhere_and_cannot_be_used_until_it_is_enabled()
 {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let bob = service.person("bob@example.org").await;
    let mut browser = service.browser();
    browser.request_reset(ADA).await.ok();
    let token = link(&service.newest_letter(3).await, "reset");
    let (is_done, words) = command(&service, &["disable-account", "Ada@example.org"]).await;
    assert!(is_done, "{words}");
    assert_eq!(ada.me().await, json!(null));
    assert_ne!(bob.me().await, json!(null));
    let guess = |password: &'static str| browser.ask("account/sign_in", credentials(ADA, password));
    let wrong = guess("nine silent copper lanterns").await;
    assert_eq!(wrong.refusal(), (401, "wrong_credentials".to_owned()));
    let right = guess(PASSWORD).await;
    assert!(right.text().contains("disabled"), "{}", right.text());
    assert_eq!(right.header("set-cookie"), "");
    let form = json!({ "form": { "token": token, "password": PASSWORD } });
    let late = browser.ask("account/apply_reset", form).await;
    assert_eq!(late.refusal(), (422, "link_expired".to_owned()));
    browser.request_reset(ADA).await.ok();
    service.state.post.finish().await;
    assert_eq!(
        service.letters_now().len(),
        3,
        "no link that would be of no use"
    );

    let (is_done, words) = command(&service, &["enable-account", ADA]).await;
    assert!(is_done, "{words}");
    browser.sign_in(ADA, PASSWORD).await;
    let (is_done, words) = command(&service, &["disable-account", "eve@example.org"]).await;
    assert!(
        !is_done && words.contains("no account has this address"),
        "{words}"
    );
}

#[tokio::test]
async fn the_operator_resets_the_second_factor_of_whoever_has_lost_app_and_recovery_codes() {
    let service = Service::start().await;
    let (is_done, words) = command(&service, &["reset-second-factor", ADA]).await;
    assert!(
        !is_done && words.contains("no account has this address"),
        "{words}"
    );
    let ada = Enrolled::new(&service).await;
    let (is_done, words) = command(&service, &["reset-second-factor", "Ada@example.org"]).await;
    assert!(is_done, "{words}");
    let letter = "Subject: Signing in asks for no code any more";
    service.letter_with(letter, 3).await;
    service.browser().sign_in(ADA, PASSWORD).await;
    assert_ne!(ada.browser.me().await, json!(null), "sessions go on");
    let (is_done, words) = command(&service, &["reset-second-factor", ADA]).await;
    assert!(
        !is_done && words.contains("has no second factor"),
        "{words}"
    );
}

#[tokio::test]
async fn a_sign_in_that_was_under_way_when_its_account_was_disabled_begins_no_session() {
    let service = Service::start().await;
    service.person(ADA).await;
    let store = &service.state.store;
    let read = store.account_by_email(ADA).await.unwrap().unwrap();
    command(&service, &["disable-account", ADA]).await;
    let note = Note {
        event: Event::SignedIn,
        network: String::new(),
    };
    let token = PlainToken::generate().unwrap().hash();
    let begun = store
        .add_session(&NewSession {
            account: read.id(),
            proved: &read.password_hash,
            second: None,
            token: &token,
            browser: "a browser",
            before: None,
            note: &note,
        })
        .await;
    assert!(matches!(begun, Err(StoreError::Outdated)), "{begun:?}");
}
