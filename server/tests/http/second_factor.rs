//! The second factor: switching it on and off, signing in with it, and what it is not fooled by.

use serde_json::{Value, json};
use server::second_factor::recovery::COUNT;
use server::second_factor::totp::{code, step_now};
use server::store::StoreError;
use server::store::event::{Event, Note};
use server::store::pending_sign_in::{LIFE, MOST, TRIES};
use server::store::second_factor::ENROLMENT;
use server::store::session::NewSession;
use server::token::PlainToken;
use time::Duration;

use crate::person::{Browser, PASSWORD, credentials};
use crate::service::{Answer, Service, link, now};

const ADA: &str = "ada@example.org";
const NEW: &str = "grüne wolken fliegen tief";

/// Somebody whose account has a second factor.
pub(crate) struct Enrolled<'a> {
    pub(crate) browser: Browser<'a>,
    secret: Vec<u8>,
    recovery_codes: Vec<String>,
}

impl<'a> Enrolled<'a> {
    pub(crate) async fn new(service: &'a Service) -> Self {
        let browser = service.person(ADA).await;
        let secret = enrol(&browser).await;
        let shown = digits(&secret, step_now());
        let confirmed = browser.ask("account/confirm_second_factor", json!({ "code": shown }));
        let codes = confirmed.await.ok();
        Self {
            browser,
            secret,
            recovery_codes: serde_json::from_value(codes).unwrap(),
        }
    }

    /// What the app shows, which nobody has used yet.
    async fn unused_code(&self) -> String {
        let service = self.browser.service;
        service.run("UPDATE second_factors SET last_step = 0").await;
        digits(&self.secret, step_now())
    }

    /// Six digits that the app does not show.
    fn wrong_code(&self) -> String {
        let now = step_now();
        let near: Vec<u32> = (now - 3..=now + 3)
            .map(|step| code(&self.secret, step))
            .collect();
        let wrong = (0..8).find(|code| !near.contains(code)).unwrap();
        format!("{wrong:06}")
    }

    async fn has_it(&self) -> bool {
        self.browser
            .ask("account/second_factor", json!({}))
            .await
            .ok()["is_on"]
            == json!(true)
    }

    async fn codes_left(&self) -> Value {
        self.browser
            .ask("account/second_factor", json!({}))
            .await
            .ok()["recovery_codes"]
            .clone()
    }
}

/// Asks for a secret with the right password.
async fn enrol(browser: &Browser<'_>) -> Vec<u8> {
    let asked = browser.ask(
        "account/enrol_second_factor",
        json!({ "password": PASSWORD }),
    );
    let enrolment = asked.await.ok();
    let image = enrolment["image"].as_str().unwrap();
    assert!(image.starts_with("data:image/svg+xml;base64,"), "{image}");
    from_base32(enrolment["secret"].as_str().unwrap())
}

fn from_base32(text: &str) -> Vec<u8> {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let digits: Vec<usize> = text.chars().filter(|c| *c != ' ').map(digit).collect();
    let bits: Vec<usize> = digits
        .iter()
        .flat_map(|digit| (0..5).rev().map(move |place| digit >> place & 1))
        .collect();
    bits.chunks_exact(8)
        .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | *bit as u8))
        .collect()
}

fn digits(secret: &[u8], step: i64) -> String {
    format!("{:06}", code(secret, step))
}

/// A browser in which the right password was given, and that is asked for the code.
async fn pending<'a>(service: &'a Service, password: &str) -> Browser<'a> {
    let mut browser = service.browser();
    let form = credentials(ADA, password);
    let answer = browser.ask("account/sign_in", form).await;
    assert_eq!(answer.refusal(), (401, "code_needed".to_owned()));
    browser.cookie = answer.cookie();
    assert!(browser.cookie.starts_with("__Host-sign-in="));
    assert_eq!(browser.me().await, Value::Null, "no session yet");
    browser
}

async fn give(browser: &Browser<'_>, code: &str) -> Answer {
    browser
        .ask("account/sign_in_code", json!({ "code": code }))
        .await
}

fn signed_out() -> (u16, String) {
    (401, "signed_out".to_owned())
}

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
async fn it_is_off_until_the_app_has_shown_a_code_and_asks_for_the_password() {
    let service = Service::start().await;
    let mut ada = service.person(ADA).await;
    let wrong = json!({ "password": "not the password" });
    let refused = ada.ask("account/enrol_second_factor", wrong).await;
    assert_eq!(refused.field(), "password");
    let first = enrol(&ada).await;
    let second = enrol(&ada).await;
    assert_ne!(first, second);
    ada.sign_in(ADA, PASSWORD).await;
    let confirm = |code: String| ada.ask("account/confirm_second_factor", json!({ "code": code }));
    let outdated = confirm(digits(&first, step_now())).await;
    assert_eq!(outdated.field(), "code", "another secret was asked for");
    let began = now() - ENROLMENT;
    let waits = "UPDATE second_factors SET waiting_since = ?";
    service.run_at(waits, began - Duration::SECOND).await;
    let late = confirm(digits(&second, step_now())).await;
    assert_eq!(late.field(), "");
    service.run_at(waits, began + Duration::MINUTE).await;
    service.state.store.sweep().await.unwrap();
    confirm(digits(&second, step_now())).await.ok();
    let again = json!({ "password": PASSWORD });
    let refused = ada.ask("account/enrol_second_factor", again).await;
    assert_eq!(refused.field(), "", "it must be switched off first");
}

#[tokio::test]
async fn a_secret_that_no_app_took_is_removed_after_a_while() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    enrol(&ada).await;
    let old = now() - ENROLMENT - Duration::SECOND;
    let waits = "UPDATE second_factors SET waiting_since = ?";
    assert_eq!(service.run_at(waits, old).await, 1);
    service.state.store.sweep().await.unwrap();
    let left = "SELECT COUNT(*) FROM second_factors";
    assert_eq!(service.count(left).await, 0);
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

#[tokio::test]
async fn switching_it_off_takes_password_and_code() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let end = |password: &str, code: String| {
        let form = json!({ "form": { "password": password, "code": code } });
        ada.browser.ask("account/end_second_factor", form)
    };
    let code = ada.unused_code().await;
    assert_eq!(end("not the password", code).await.field(), "password");
    assert_eq!(end("", ada.unused_code().await).await.field(), "password");
    assert_eq!(end(PASSWORD, String::new()).await.field(), "code");
    assert_eq!(end(PASSWORD, ada.wrong_code()).await.field(), "code");
    let unknown = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA".to_owned();
    assert_eq!(end(PASSWORD, unknown).await.field(), "code");
    assert!(ada.has_it().await);
    end(PASSWORD, ada.unused_code().await).await.ok();
    service
        .letter_with("Subject: Signing in asks for no code any more", 3)
        .await;
    assert!(!ada.has_it().await);
    assert_eq!(ada.codes_left().await, json!(0));
    service.browser().sign_in(ADA, PASSWORD).await;
}

#[tokio::test]
async fn new_recovery_codes_take_the_place_of_all_others() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let renew = |code: String| {
        let form = json!({ "form": { "password": PASSWORD, "code": code } });
        ada.browser.ask("account/renew_recovery_codes", form)
    };
    assert_eq!(renew(ada.wrong_code()).await.field(), "code");
    let made = renew(ada.recovery_codes[0].clone()).await.ok();
    let made: Vec<String> = serde_json::from_value(made).unwrap();
    assert_eq!(made.len(), COUNT);
    service
        .letter_with("Subject: Your new recovery codes", 3)
        .await;
    let browser = pending(&service, PASSWORD).await;
    let former = give(&browser, &ada.recovery_codes[1]).await;
    assert_eq!(former.field(), "code");
    give(&browser, &made[1]).await.ok();
}

#[tokio::test]
async fn an_export_says_that_there_is_one_but_no_secret_and_with_the_account_all_of_it_is_deleted()
{
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    pending(&service, PASSWORD).await;
    let hashed = "SELECT COUNT(*) FROM recovery_codes WHERE LENGTH(code_hash) = 32";
    assert_eq!(service.count(hashed).await, i64::try_from(COUNT).unwrap());
    let export = ada.browser.get("/api/account/export").await;
    let account = &export.json()["account"];
    assert_eq!(account["second_factor"], json!(true));
    assert_eq!(account["recovery_codes"], json!(COUNT));
    assert!(!export.text().contains(&model::hex::hex(&ada.secret)));
    let form = json!({ "password": PASSWORD });
    ada.browser.ask("account/delete", form).await.ok();
    for left in [
        "SELECT COUNT(*) FROM second_factors",
        "SELECT COUNT(*) FROM recovery_codes",
        "SELECT COUNT(*) FROM pending_sign_ins",
    ] {
        assert_eq!(service.count(left).await, 0, "{left}");
    }
}
