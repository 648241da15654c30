//! The second factor: switching it on and off, its recovery codes, and what is stored of it.

use serde_json::json;
use server::second_factor::recovery::COUNT;
use server::second_factor::totp::step_now;
use server::store::second_factor::ENROLMENT;
use time::Duration;

use crate::enrolled::{ADA, Enrolled, digits, enrol, give, pending};
use crate::person::PASSWORD;
use crate::service::{Answer, Service, now};

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
async fn asvs_6_5_1_a_code_that_is_given_twice_at_once_makes_recovery_codes_once() {
    let service = Service::start().await;
    let ada = Enrolled::new(&service).await;
    let code = ada.unused_code().await;
    let renew = || {
        let form = json!({ "form": { "password": PASSWORD, "code": code } });
        ada.browser.ask("account/renew_recovery_codes", form)
    };
    let answers = tokio::join!(renew(), renew());
    let answers = <[Answer; 2]>::from(answers);
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(made, 1);
    assert_eq!(ada.codes_left().await, json!(COUNT));
    let events = "SELECT COUNT(*) FROM auth_events WHERE event = 'recovery_codes_made'";
    assert_eq!(service.count(events).await, 1);
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
