//! Signing in with the second factor, and what it is not fooled by.

use serde_json::{Value, json};
use server::second_factor::recovery::COUNT;
use server::store::StoreError;
use server::store::event::{Event, Note};
use server::store::pending_sign_in::{LIFE, MOST, TRIES};
use server::store::session::NewSession;
use server::token::PlainToken;
use time::Duration;

use crate::enrolled::{ADA, Enrolled, give, pending, signed_out};
use crate::person::PASSWORD;
use crate::service::{Answer, Service, link, now};
use crate::throttle::made_just_now;

const NEW: &str = "grüne wolken fliegen tief";

#[tokio::test]
async fn asvs_6_3_3_who_has_switched_it_on_signs_in_with_password_and_code() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let letter = "Subject: Signing in asks for a code now";
    service.letter_with(letter, 2).await;
    assert!(ada.has_it().await);
    assert_eq!(ada.codes_left().await, json!(COUNT));

    let mut browser = pending(&service, PASSWORD).await;
    assert_eq!(give(&browser, "").await.field(), "code");
    assert_eq!(give(&browser, &ada.wrong_code()).await.field(), "code");
    let answer = give(&browser, &ada.unused_code().await).await;
    assert_eq!(answer.ok()["name"], "Ada Lovelace");
    let before = std::mem::replace(&mut browser.cookie, answer.cookie());
    assert_eq!(browser.me().await["name"], "Ada Lovelace");
    browser.cookie = before;
    let again = give(&browser, &ada.unused_code().await).await;
    assert_eq!(again.refusal(), signed_out(), "one sign-in a password");
    for (event, count) in [
        ("second_factor_on", 1),
        ("code_asked", 1),
        ("code_failed", 1),
        ("signed_in", 2),
    ] {
        let events = service.state.store.events(account(&service).await).await;
        let events = events.unwrap();
        let met = events.iter().filter(|it| it.event == event).count();
        assert_eq!(met, count, "{event}");
    }
}

#[tokio::test]
async fn asvs_6_3_3_a_sign_in_that_was_under_way_when_it_was_switched_on_begins_no_session() {
    let service = Service::start().await;
    Enrolled::new(&service).await;
    let store = &service.state.store;
    let read = store.account_by_email(ADA).await.unwrap().unwrap();
    let sessions = "SELECT COUNT(*) FROM sessions";
    let before = service.count(sessions).await;
    let begun = store
        .add_session(&NewSession {
            account: read.id(),
            proved: &read.password_hash,
            second: None,
            token: &PlainToken::generate().unwrap().hash(),
            browser: "a browser",
            before: None,
            note: &Note {
                event: Event::SignedIn,
                network: String::new(),
            },
        })
        .await;
    assert!(matches!(begun, Err(StoreError::Outdated)), "{begun:?}");
    assert_eq!(service.count(sessions).await, before);
}

async fn account(service: &Service) -> server::store::account::AccountId {
    let account = service.state.store.account_by_email(ADA).await.unwrap();
    account.unwrap().id()
}

#[tokio::test]
async fn asvs_6_5_1_no_code_is_good_twice() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let used = ada.unused_code().await;
    let (first, second) = (
        pending(&service, PASSWORD).await,
        pending(&service, PASSWORD).await,
    );
    // At once, too: only one of them is let in.
    let answers = tokio::join!(give(&first, &used), give(&second, &used));
    let answers = <[Answer; 2]>::from(answers);
    let let_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(let_in, 1);
    let third = pending(&service, PASSWORD).await;
    assert_eq!(give(&third, &used).await.field(), "code");
}

#[tokio::test]
async fn asvs_6_5_1_a_recovery_code_lets_in_once_and_its_owner_is_told() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let code = ada.recovery_codes[3].to_lowercase().replace('-', " ");
    let mut browser = pending(&service, PASSWORD).await;
    let answer = give(&browser, &code).await;
    answer.ok();
    browser.cookie = answer.cookie();
    assert_eq!(browser.me().await["name"], "Ada Lovelace");
    service
        .letter_with("Subject: A recovery code was used", 3)
        .await;
    assert_eq!(ada.codes_left().await, json!(COUNT - 1));
    let again = pending(&service, PASSWORD).await;
    assert_eq!(give(&again, &code).await.field(), "code");
    give(&again, &ada.recovery_codes[4]).await.ok();
}

#[tokio::test]
async fn asvs_6_5_1_two_servers_that_are_given_one_recovery_code_at_once_let_in_once() {
    let service = Service::start().await;
    let other = service.another().await;
    let ada = Enrolled::new(&service).await;
    let sessions = "SELECT COUNT(*) FROM sessions";
    let before = service.count(sessions).await;
    let (here, there) = (
        pending(&service, PASSWORD).await,
        pending(&other, PASSWORD).await,
    );
    let code = &ada.recovery_codes[0];
    let answers = tokio::join!(give(&here, code), give(&there, code));
    let mut statuses = <[Answer; 2]>::from(answers).map(|answer| answer.status.as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(service.count(sessions).await, before + 1);
    assert_eq!(ada.codes_left().await, json!(COUNT - 1));
}

#[tokio::test]
async fn asvs_6_5_1_two_codes_at_once_begin_one_session_a_password_and_only_one_is_used_up() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let sessions = "SELECT COUNT(*) FROM sessions";
    let before = service.count(sessions).await;
    let browser = pending(&service, PASSWORD).await;
    let [first, second, ..] = &ada.recovery_codes[..] else {
        panic!("there are some");
    };
    let answers = tokio::join!(give(&browser, first), give(&browser, second));
    let answers = <[Answer; 2]>::from(answers);
    let let_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(let_in, 1);
    assert_eq!(service.count(sessions).await, before + 1);
    assert_eq!(ada.codes_left().await, json!(COUNT - 1));
}

#[tokio::test]
async fn asvs_6_1_1_guessing_codes_is_slowed_down_and_recovery_codes_still_let_the_owner_in() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let browser = pending(&service, PASSWORD).await;
    for _ in 0..TRIES {
        assert_eq!(give(&browser, &ada.wrong_code()).await.field(), "code");
    }
    let spent = give(&browser, &ada.recovery_codes[0]).await;
    assert_eq!(spent.refusal(), signed_out(), "the password again");
    let next = pending(&service, PASSWORD).await;
    // None of these is looked at, so none uses up a try of this sign-in.
    for _ in 0..=TRIES {
        made_just_now(&service).await;
        let held = give(&next, &ada.unused_code().await).await;
        assert_eq!(
            held.refusal(),
            (429, "too_many_attempts".to_owned()),
            "the right one, too, and whoever gave the password anew"
        );
    }
    let throttled = "SELECT COUNT(*) FROM auth_events JOIN accounts ON accounts.id = account_id \
                     WHERE event = 'code_throttled'";
    assert_eq!(service.count(throttled).await, 1, "an event, once a minute");
    give(&next, &ada.recovery_codes[0]).await.ok();
}

#[tokio::test]
async fn asvs_6_6_2_a_code_is_good_only_in_the_browser_of_the_password_and_for_a_short_time() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let mut browser = pending(&service, PASSWORD).await;
    let nobody = give(&service.browser(), &ada.unused_code().await).await;
    assert_eq!(nobody.refusal(), signed_out());
    // The cookie of a sign-in that waits is no session, and the other way round.
    let waiting = browser.cookie.clone();
    browser.cookie = waiting.replace("__Host-sign-in", "__Host-session");
    assert_eq!(browser.me().await, Value::Null);
    browser.cookie = ada
        .browser
        .cookie
        .replace("__Host-session", "__Host-sign-in");
    let session = give(&browser, &ada.unused_code().await).await;
    assert_eq!(session.refusal(), signed_out());
    browser.cookie = waiting;
    assert!(LIFE <= Duration::minutes(10));
    let ends = "UPDATE pending_sign_ins SET expires_at = ?";
    assert_eq!(service.run_at(ends, now() - Duration::SECOND).await, 1);
    let late = give(&browser, &ada.unused_code().await).await;
    assert_eq!(late.refusal(), signed_out());
    service.state.store.sweep().await.unwrap();
    let left = "SELECT COUNT(*) FROM pending_sign_ins";
    assert_eq!(service.count(left).await, 0);
}

#[tokio::test]
async fn who_knows_the_password_does_not_pile_up_sign_ins_the_oldest_gives_way() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let (oldest, kept) = (
        pending(&service, PASSWORD).await,
        pending(&service, PASSWORD).await,
    );
    let store = &service.state.store;
    let read = store.account_by_email(ADA).await.unwrap().unwrap();
    let note = Note {
        event: Event::CodeAsked,
        network: String::new(),
    };
    for _ in 1..MOST {
        let token = PlainToken::generate().unwrap().hash();
        let begun = store.add_pending_sign_in(&read, &token, None, &note);
        begun.await.unwrap();
    }
    let waiting = "SELECT COUNT(*) FROM pending_sign_ins";
    assert_eq!(service.count(waiting).await, MOST);
    let gone = give(&oldest, &ada.recovery_codes[0]).await;
    assert_eq!(gone.refusal(), signed_out());
    give(&kept, &ada.recovery_codes[0]).await.ok();
}

#[tokio::test]
async fn asvs_6_4_3_a_new_password_by_letter_does_not_switch_it_off() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let begun_before = pending(&service, PASSWORD).await;
    let stranger = service.browser();
    stranger.request_reset(ADA).await.ok();
    let token = link(&service.letter_with("/reset#", 3).await, "reset");
    let form = json!({ "form": { "token": token, "password": NEW } });
    stranger.ask("account/apply_reset", form).await.ok();
    let outdated = give(&begun_before, &ada.unused_code().await).await;
    assert_eq!(outdated.refusal(), signed_out(), "another password by now");
    let browser = pending(&service, NEW).await;
    give(&browser, &ada.unused_code().await).await.ok();
}
