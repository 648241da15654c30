//! What an account says of its owner, and its end.

use std::time::Duration;

use serde_json::{Value, json};
use server::store::Store;
use server::store::account::Details;
use tokio::time::timeout;

use crate::analysis::{analysis, document};
use crate::person::{Browser, PASSWORD, registration};
use crate::service::{Service, link};

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn the_profile_is_shown_and_changed() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(profile["age"], 36);
    assert_eq!(profile["mobile"], "+442079460018");
    assert_eq!(profile["analyses"], 0);
    let mut form = profile.clone();
    form["name"] = json!(" Ada King ");
    form["age"] = json!(40);
    form["password"] = json!("");
    let changed = browser
        .ask("account/change_profile", json!({ "form": form }))
        .await
        .ok();
    assert_eq!(
        (&changed["name"], &changed["age"]),
        (&json!("Ada King"), &json!(40))
    );
}

#[tokio::test]
async fn asvs_7_5_1_address_and_number_are_changed_with_the_password_only() {
    let service = Service::start().await;
    let mut browser = service.person(ADA).await;
    let form = |email: &str, password: &str| {
        json!({ "form": { "name": "Ada", "email": email, "age": 36, "gender": "female",
            "mobile": "+442079460018", "password": password } })
    };
    let change = |form: Value| browser.ask("account/change_profile", form);
    assert_eq!(
        change(form("king@example.org", "")).await.field(),
        "password"
    );
    assert_eq!(
        change(form("king@example.org", "not the password"))
            .await
            .field(),
        "password"
    );
    assert_eq!(
        change(form("king@example.org", PASSWORD)).await.ok()["email"],
        "king@example.org"
    );
    let former = service.letters(2).await.join("\n");
    assert!(
        former.contains("Subject: Your e-mail address was changed"),
        "{former}"
    );
    browser.sign_in("king@example.org", PASSWORD).await;
}

/// Whoever knows the former password knows nothing any more, and no field is at fault.
#[tokio::test]
async fn asvs_7_5_1_nothing_is_changed_by_a_password_that_is_another_meanwhile() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    service.run("DELETE FROM attempts").await;
    let turns = &service.state.hasher.turns;
    let all = u32::try_from(turns.available_permits()).unwrap();
    let busy = turns.acquire_many(all).await.unwrap();
    let mut form = registration("king@example.org");
    form["form"]["password"] = json!(PASSWORD);
    let mut answer = Box::pin(browser.ask("account/change_profile", form));
    // An attempt is counted once the account is read.
    while service.count("SELECT COUNT(*) FROM attempts").await == 0 {
        let early = timeout(Duration::from_millis(10), answer.as_mut()).await;
        assert!(early.is_err());
    }
    service
        .run("UPDATE accounts SET password_hash = 'another'")
        .await;
    drop(busy);
    assert_eq!(answer.await.field(), "");
    let changed = "SELECT COUNT(*) FROM accounts WHERE email_key = 'king@example.org'";
    assert_eq!(service.count(changed).await, 0);
}

/// The first of each is looked up as hers, and letters to it may go elsewhere: `\u{212a}` is a
/// Kelvin sign.
#[tokio::test]
async fn asvs_7_5_1_so_is_an_address_that_is_only_written_in_another_way() {
    let others = [
        ("Ada@example.org", ADA),
        ("ada@\u{212a}ing.org", "ada@king.org"),
    ];
    for (is_confirming, (other, email)) in [
        ("false", others[0]),
        ("false", others[1]),
        ("true", others[1]),
    ] {
        let service = Service::start_with(&["--confirm-addresses", is_confirming]).await;
        let browser = service.confirmed(email).await;
        let change = async |password: &str| {
            let mut form = registration(other);
            form["form"]["password"] = json!(password);
            browser.ask("account/change_profile", form).await
        };
        assert_eq!(change("").await.field(), "password");
        let changed = "SELECT COUNT(*) FROM auth_events WHERE event = 'profile_changed'";
        assert_eq!(service.count(changed).await, 0);
        let profile = change(PASSWORD).await.ok();
        assert_eq!(service.count(changed).await, 1);
        let wanted = if is_confirming == "true" { 3 } else { 2 };
        if is_confirming == "true" {
            let letter = service.letter_with("/address#", wanted).await;
            assert_eq!(
                (&profile["email"], &profile["next_email"]),
                (&json!(email), &json!(other))
            );
            let form = json!({ "token": link(&letter, "address") });
            browser.ask("account/apply_address", form).await.ok();
        } else {
            let letter = service.newest_letter(wanted).await;
            assert!(
                letter.contains("Subject: Your e-mail address was changed"),
                "{letter}"
            );
        }
        let profile = browser.ask("account/profile", json!({})).await.ok();
        assert_eq!(profile["email"], other);
    }
}

/// What one window was about to save when the number was changed in another.
#[tokio::test]
async fn asvs_7_5_1_what_is_saved_without_the_password_takes_no_changed_number_back() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let store = &service.state.store;
    let read = store.account_by_email(ADA).await.unwrap().unwrap();
    let mut form = registration(ADA);
    form["form"]["mobile"] = json!("+442079460019");
    browser.ask("account/change_profile", form).await.ok();
    let details = Details {
        email: read.email.clone(),
        email_key: read.email_key.clone(),
        name: "Ada King".to_owned(),
        birth_year: read.birth_year,
        gender: read.gender.clone(),
        mobile: read.mobile.clone(),
    };
    let saved = store.change_account(&read, false, &details, None, None);
    saved.await.unwrap();
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(
        (&profile["name"], &profile["mobile"]),
        (&json!("Ada King"), &json!("+442079460019"))
    );
}

#[tokio::test]
async fn an_address_that_is_taken_cannot_be_changed_to() {
    let service = Service::start().await;
    service.person("eve@example.org").await;
    let browser = service.person(ADA).await;
    let form = json!({ "form": { "name": "Ada", "email": "EVE@example.org", "age": 36, "gender": "female",
        "mobile": "+442079460018", "password": PASSWORD } });
    assert_eq!(
        browser.ask("account/change_profile", form).await.field(),
        "email"
    );
    assert_eq!(
        browser.ask("account/profile", json!({})).await.ok()["email"],
        ADA
    );
}

#[tokio::test]
async fn an_account_is_deleted_with_everything_in_it_and_only_with_its_password() {
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

/// Signed in, with so many analyses that are as large as a batch of the deletion each.
async fn with_large_analyses(service: &Service, count: usize) -> Browser<'_> {
    let browser = service.person(ADA).await;
    let saved = document(&analysis("Patient 1", "2023-11-24"));
    for _ in 0..count {
        assert_eq!(browser.put(uuid::Uuid::now_v7(), &saved).await.status, 201);
    }
    service.run("UPDATE documents SET size = 8388608").await;
    browser
}

/// On a slow disk one transaction for all of a full account would take longer than a transaction
/// may.
#[tokio::test]
async fn a_full_account_is_deleted_batch_by_batch_and_again_from_where_it_was_cut_off() {
    let service = Service::start_embedded().await;
    let browser = with_large_analyses(&service, 5).await;
    for statement in [
        "UPDATE usages SET bytes = 5 * 8388608",
        "CREATE TRIGGER cut_off BEFORE DELETE ON analyses \
         WHEN (SELECT COUNT(*) FROM analyses) = 2 BEGIN SELECT RAISE(ABORT, 'too late'); END",
    ] {
        service.run(statement).await;
    }
    let delete = || browser.ask("account/delete", json!({ "password": PASSWORD }));
    assert_eq!(delete().await.refusal(), (500, "server".to_owned()));
    let profile = browser.ask("account/profile", json!({})).await.ok();
    assert_eq!(profile["analyses"], 2, "and the account is there");
    let counted = "SELECT bytes FROM usages WHERE analyses = 2";
    assert_eq!(service.count(counted).await, 2 * 8_388_608);
    service.run("DROP TRIGGER cut_off").await;
    delete().await.ok();
    assert_eq!(browser.me().await, Value::Null);
    for rows in [
        "SELECT COUNT(*) FROM accounts",
        "SELECT COUNT(*) FROM analyses",
        "SELECT COUNT(*) FROM documents",
    ] {
        assert_eq!(service.count(rows).await, 0, "{rows}");
    }
}

/// Whoever has taken an account over could otherwise keep its owner from hearing of its end.
#[tokio::test]
async fn a_deletion_whose_client_hangs_up_goes_on_and_its_owner_hears_of_it() {
    let service = Service::start_embedded().await;
    let browser = with_large_analyses(&service, 20).await;
    {
        let delete = browser.ask("account/delete", json!({ "password": PASSWORD }));
        let begun = async { while service.count("SELECT COUNT(*) FROM analyses").await == 20 {} };
        tokio::select! {
            _ = delete => (),
            () = begun => (),
        }
    }
    let letter = service.newest_letter(2).await;
    assert!(letter.contains("Your account was deleted"), "{letter}");
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test]
async fn a_deletion_that_nobody_hears_of_any_more_is_tried_again_once_the_database_answers() {
    let service = Service::start_embedded().await;
    let browser = with_large_analyses(&service, 20).await;
    let Store::Sqlite(_, writing) = &service.state.store else {
        panic!("it is not embedded");
    };
    let in_the_way = {
        let delete = browser.ask("account/delete", json!({ "password": PASSWORD }));
        let begun = async {
            while service.count("SELECT COUNT(*) FROM analyses").await == 20 {}
            writing.acquire().await.unwrap()
        };
        tokio::select! {
            _ = delete => panic!("it is deleted already"),
            in_the_way = begun => in_the_way,
        }
    };
    // Longer than any transaction waits.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 1);
    drop(in_the_way);
    let letter = service.newest_letter(2).await;
    assert!(letter.contains("Your account was deleted"), "{letter}");
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test]
async fn a_deletion_that_takes_longer_than_an_answer_signs_out_and_goes_on() {
    let service = Service::start().await;
    let service = service.with_state(|state| state.deletion_wait = Duration::ZERO);
    let browser = service.person(ADA).await;
    let answer = browser
        .ask("account/delete", json!({ "password": PASSWORD }))
        .await;
    assert_eq!(answer.ok(), "under_way");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.me().await, Value::Null);
    let letter = service.newest_letter(2).await;
    assert!(letter.contains("Your account was deleted"), "{letter}");
    assert_eq!(service.count("SELECT COUNT(*) FROM accounts").await, 0);
}
