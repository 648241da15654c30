//! What holds up guessing of passwords and registering in great numbers.

use serde_json::json;
use time::Duration;

use crate::person::{BEHIND_PROXY, PASSWORD, credentials, registration};
use crate::service::{Service, now};

const ADA: &str = "ada@example.org";
const NEW: &str = "grüne wolken fliegen tief";

/// As if the last of many attempts had been made just now: to look at passwords and codes may take a
/// busy machine longer than the first wait is. Attempts that are free stay so.
pub(crate) async fn made_just_now(service: &Service) {
    let until = now() + Duration::seconds(2);
    let last = "UPDATE attempts SET blocked_until = ? WHERE made >= 5";
    assert!(service.run_at(last, until).await > 0, "nobody has tried");
}

#[tokio::test]
async fn asvs_6_1_1_guessing_is_slowed_down_and_nobody_is_locked_out() {
    let service = Service::start().await;
    let other = service.another().await;
    let browser = service.person(ADA).await;
    let guess = |password: &'static str| browser.ask("account/sign_in", credentials(ADA, password));
    for _ in 0..5 {
        assert_eq!(guess("not the password").await.status, 401);
    }
    made_just_now(&service).await;
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
    for _ in 0..5 {
        made_just_now(&service).await;
        let early = other
            .browser()
            .ask("account/sign_in", credentials(ADA, PASSWORD))
            .await;
        assert_eq!(early.status, 429);
    }
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    assert_eq!(guess(PASSWORD).await.status, 200);
    // Having proved itself, the account has its free attempts again.
    assert_eq!(guess("not the password").await.status, 401);
    assert_eq!(guess(PASSWORD).await.status, 200);
}

#[tokio::test]
async fn asvs_16_3_1_a_throttled_sign_in_is_an_event_once_a_minute() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let throttled = "SELECT COUNT(*) FROM auth_events WHERE event = 'sign_in_throttled'";
    let of_ada = "SELECT COUNT(*) FROM auth_events JOIN accounts ON accounts.id = account_id \
                  WHERE event = 'sign_in_throttled'";
    let guess = async |email: &str| {
        for _ in 0..5 {
            let form = credentials(email, "not the password");
            assert_eq!(browser.ask("account/sign_in", form).await.status, 401);
        }
        for _ in 0..3 {
            made_just_now(&service).await;
            let form = credentials(email, PASSWORD);
            assert_eq!(browser.ask("account/sign_in", form).await.status, 429);
        }
    };
    guess(ADA).await;
    assert_eq!(service.count(throttled).await, 1);
    assert_eq!(service.count(of_ada).await, 1);
    guess("nobody@example.org").await;
    assert_eq!(service.count(throttled).await, 2, "of no account, too");
    assert_eq!(service.count(of_ada).await, 1);
    // Much later.
    service.run("DELETE FROM attempts").await;
    guess(ADA).await;
    assert_eq!(service.count(of_ada).await, 2);
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
    made_just_now(&service).await;
    assert_eq!(guess().await.status, 429);
    owner.sign_in(ADA, PASSWORD).await;
    let form = json!({ "form": { "current": PASSWORD, "new": NEW } });
    owner.ask("account/change_password", form).await.ok();
}

#[tokio::test]
async fn a_clock_that_was_wrong_for_a_while_keeps_nobody_out_afterwards() {
    let service = Service::start().await;
    let mut ada = service.person(ADA).await;
    for _ in 0..6 {
        ada.ask("account/sign_in", credentials(ADA, "not the password"))
            .await;
    }
    service
        .run("UPDATE attempts SET blocked_until = '2099-01-01 00:01:00.000000', last_at = '2099-01-01 00:00:00.000000'")
        .await;
    ada.sign_in(ADA, PASSWORD).await;
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
    made_just_now(&service).await;
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
        if n >= 30 {
            made_just_now(&service).await;
        }
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
async fn one_impatient_person_does_not_hold_up_everybody_at_the_address() {
    let service = Service::start().await;
    service.person(ADA).await;
    let mut other = service.person("eve@example.org").await;
    let impatient = service.browser();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let guess = credentials(ADA, "not the password");
        let answer = impatient.ask("account/sign_in", guess).await;
        statuses.push(answer.status.as_u16());
    }
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    assert!(looked_at < 10, "{statuses:?}");
    other.sign_in("eve@example.org", PASSWORD).await;
}

#[tokio::test]
async fn a_password_that_nobody_has_time_to_look_at_is_no_attempt() {
    let service = Service::start().await;
    let browser = service.person(ADA).await;
    let counted = "SELECT COUNT(*) FROM attempts WHERE made > 0";
    service.run("DELETE FROM attempts").await;
    let turns = &service.state.hasher.turns;
    let all = u32::try_from(turns.available_permits()).unwrap();
    let busy = turns.acquire_many(all).await.unwrap();
    let form = credentials(ADA, PASSWORD);
    let answers = tokio::join!(
        browser.ask("account/sign_in", form),
        browser.ask("account/delete", json!({ "password": PASSWORD }))
    );
    for answer in <[_; 2]>::from(answers) {
        assert_eq!(answer.refusal(), (503, "unavailable".to_owned()));
    }
    assert_eq!(service.count(counted).await, 0);
    drop(busy);
}

#[tokio::test]
async fn asvs_6_1_1_sign_ins_that_failed_a_while_ago_take_no_turns_however_many_follow() {
    let service = Service::start().await;
    let browser = service.browser();
    let fail = async |n: usize| {
        let form = credentials(&format!("somebody{n}@example.org"), "not the password");
        browser.ask("account/sign_in", form).await.status.as_u16()
    };
    for n in 0..30 {
        assert_eq!(fail(n).await, 401);
    }
    made_just_now(&service).await;
    assert_eq!(fail(30).await, 429);
    // Ten minutes forget ten of them.
    service
        .run_at(
            "UPDATE attempts SET last_at = ?",
            now() - Duration::minutes(10),
        )
        .await;
    service
        .run_at("UPDATE attempts SET blocked_until = ?", now())
        .await;
    for n in 31..41 {
        assert_eq!(fail(n).await, 401);
    }
    made_just_now(&service).await;
    assert_eq!(fail(41).await, 429);
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
            if n == 0 {
                // As many from there before.
                service.run("UPDATE attempts SET made = made + 20").await;
            }
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
    assert!(
        (1..=5).contains(&looked_at),
        "{looked_at} of 12 were looked at"
    );
    let held = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(looked_at + held, answers.len());
}

#[tokio::test]
async fn asvs_2_4_1_registering_is_throttled_by_address() {
    let service = Service::start().await;
    let browser = service.browser();
    // What is refused takes no turn.
    let mut weak = registration(ADA);
    weak["form"]["password"] = json!("password1234");
    for _ in 0..40 {
        let answer = browser.ask("account/register", weak.clone()).await;
        assert_eq!(answer.field(), "password");
    }
    let mut statuses = Vec::new();
    for n in 0..5 {
        let form = registration(&format!("somebody{n}@example.org"));
        statuses.push(browser.ask("account/register", form).await.status.as_u16());
        if n == 0 {
            // As many before: thirty are free.
            service.run("UPDATE attempts SET made = made + 26").await;
        }
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
    // But not for free without end.
    service.run("UPDATE attempts SET made = made + 60").await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        let answer = browser.ask("account/register", weak.clone()).await;
        answers.push(answer.status.as_u16());
    }
    assert!(answers.contains(&429), "{answers:?}");
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
async fn whoever_registers_with_an_address_again_and_again_leaves_its_owner_the_link_for_a_new_password()
 {
    let service = Service::start_with(&BEHIND_PROXY).await;
    let owner = service.person(ADA).await;
    let stranger = service.browser_at("203.0.113.9");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = stranger.ask("account/register", registration(ADA)).await;
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
    owner.request_reset(ADA).await.ok();
    let letter = service.newest_letter(4).await;
    assert!(letter.contains("/reset#"), "{letter}");
}
