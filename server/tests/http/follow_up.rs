//! Following lesions up over examinations.

use std::pin::Pin;
use std::sync::mpsc;
use std::time::Duration;

use model::saved::{Saved, SavedLesion};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;
use uuid::Uuid;

use crate::analysis::{analysis, document, lesion};
use crate::person::Browser;
use crate::service::Service;

const ADA: &str = "ada@example.org";

#[tokio::test]
async fn a_course_is_oldest_first_with_its_lesions() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (day, digest, longest_mm) in [("2023-06-01", "ab", 9.0), ("2023-01-01", "cd", 6.0)] {
        let mut saved = analysis("A", day);
        saved.digest = digest.repeat(32);
        saved.lesions = vec![lesion(longest_mm, 0.5)];
        ada.put(Uuid::now_v7(), &document(&saved)).await;
    }
    let course = ada
        .ask("history/course", json!({ "label": "A" }))
        .await
        .ok();
    let points = course["lesions"][0]["points"].as_array().unwrap().iter();
    let sizes: Vec<f64> = points
        .map(|point| point["lesion"]["longest_mm"].as_f64().unwrap())
        .collect();
    assert_eq!(sizes, [6.0, 9.0]);
    assert_eq!(course["visits"][0]["day"], "2023-01-01");
}

/// The three questions of which each computes a course, of two examinations that `ada` has saved.
async fn questions(ada: &Browser<'_>) -> [(&'static str, Value); 3] {
    let ids = [Uuid::now_v7(), Uuid::now_v7()];
    for (id, day, digest) in [(ids[0], "2023-01-01", "ab"), (ids[1], "2023-06-01", "cd")] {
        let mut saved = analysis("A", day);
        saved.digest = digest.repeat(32);
        ada.put(id, &document(&saved)).await;
    }
    [
        ("history/course", json!({ "label": "A" })),
        ("history/pair", json!({ "ids": ids })),
        (
            "history/say",
            json!({ "analyses": ids, "lesions": [1, 1], "is_one": true }),
        ),
    ]
}

/// Matching the lesions of many examinations takes a while, which the user chooses.
#[tokio::test]
async fn asvs_15_4_4_courses_are_computed_few_at_once_and_saving_waits_for_none() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for (function, question) in questions(&ada).await {
        let turns = &service.state.courses.all;
        let all = u32::try_from(turns.available_permits()).unwrap();
        let taken = turns.acquire_many(all).await.unwrap();
        let mut answer = std::pin::pin!(ada.ask(function, question));
        let early = timeout(Duration::from_millis(300), answer.as_mut()).await;
        assert!(early.is_err(), "{function}");
        let saved = document(&analysis("B", "2023-01-01"));
        let saved = timeout(Duration::from_mins(1), ada.put(Uuid::now_v7(), &saved));
        assert_eq!(saved.await.unwrap().status, 201, "{function}");
        drop(taken);
        answer.await.ok();
    }
}

/// With one thread that computes courses, one after another: tests say when ([`Pause`]).
fn one_thread() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().max_blocking_threads(1);
    builder.build().unwrap()
}

/// Keeps that thread from what is to be computed after it.
struct Pause {
    begun: oneshot::Receiver<()>,
    end: mpsc::Sender<()>,
}

impl Pause {
    fn begin() -> Self {
        let ((begin, begun), (end, ended)) = (oneshot::channel(), mpsc::channel());
        tokio::task::spawn_blocking(move || {
            begin.send(()).unwrap();
            ended.recv()
        });
        Self { begun, end }
    }

    fn end(self) {
        self.end.send(()).unwrap();
    }
}

/// Goes on with an answer until it has a turn to compute something, which a [`Pause`] holds up.
async fn until_its_turn<T>(turns: &Semaphore, mut answer: Pin<&mut impl Future<Output = T>>) {
    let all = turns.available_permits();
    while turns.available_permits() == all {
        let early = timeout(Duration::from_millis(10), answer.as_mut()).await;
        assert!(early.is_err());
    }
}

/// Else one account could keep everybody else from following up, also by hanging up early.
#[test]
fn asvs_15_4_4_an_account_has_one_course_computed_at_a_time() {
    one_thread().block_on(async {
        let service = Service::start().await;
        let ada = service.person(ADA).await;
        let [(function, question), ..] = questions(&ada).await;
        let before = Pause::begin();
        let turns = &service.state.courses.all;
        let all = turns.available_permits();
        let mut first = Box::pin(ada.ask(function, question.clone()));
        until_its_turn(turns, first.as_mut()).await;
        let mut second = Box::pin(ada.ask(function, question));
        let mut waits = async || {
            let early = timeout(Duration::from_millis(300), second.as_mut()).await;
            early.is_err() && turns.available_permits() == all - 1
        };
        assert!(waits().await);
        drop(first);
        assert!(waits().await, "work goes on when its client is gone");
        before.end();
        second.await.ok();
        assert_eq!(turns.available_permits(), all);
    });
}

/// What comes to a word is told among all words and all older analyses of the images.
#[test]
fn asvs_15_4_4_what_is_taken_back_is_found_in_a_turn_too() {
    one_thread().block_on(async {
        let service = Service::start().await;
        let ada = service.person(ADA).await;
        let [.., (function, mut question)] = questions(&ada).await;
        ada.ask(function, question.clone()).await.ok();
        let words = async || service.count("SELECT COUNT(*) FROM pairings").await;
        let turns = &service.state.courses.all;
        question["is_one"] = Value::Null;
        let before = Pause::begin();
        let mut answer = Box::pin(ada.ask(function, question));
        // Once the analyses are read, the next turn is that in which it is found.
        until_its_turn(turns, answer.as_mut()).await;
        let mut between = Pause::begin();
        before.end();
        (&mut between.begun).await.unwrap();
        until_its_turn(turns, answer.as_mut()).await;
        assert_eq!(words().await, 1);
        between.end();
        answer.await.ok();
        assert_eq!(words().await, 0);
    });
}

#[tokio::test]
async fn asvs_2_4_1_very_many_courses_in_a_row_are_slowed_down() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let questions = questions(&ada).await;
    let [(function, question), ..] = &questions;
    ada.ask(function, question.clone()).await.ok();
    // As many again as are free, and some: each further one waits longer.
    service.run("UPDATE attempts SET made = made + 122").await;
    ada.ask(function, question.clone()).await.ok();
    for (function, question) in questions {
        let held = ada.ask(function, question).await;
        assert_eq!(held.refusal(), (429, "too_many_attempts".to_owned()));
    }
    let bob = service.person("bob@example.org").await;
    let question = json!({ "label": "A" });
    bob.ask("history/course", question).await.ok();
}

#[tokio::test]
async fn asvs_2_4_1_of_very_many_lesions_the_largest_are_followed() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    for visit in 0..40_u8 {
        let mut saved = analysis("A", &format!("2023-01-{:02}", visit % 28 + 1));
        saved.digest = format!("{visit:02x}").repeat(32);
        let many = (1..=200).map(|number| SavedLesion {
            number,
            ..lesion(3.0 + number as f32 / 8.0, 0.5)
        });
        saved.lesions = many.collect();
        let answer = ada.put(Uuid::now_v7(), &document(&saved)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }
    let question = json!({ "label": "A" });
    let answer = ada.ask("history/course", question).await;
    let course = answer.ok();
    let remarks = course["remarks"].to_string();
    assert!(remarks.contains("no more than 31 of each"), "{remarks}");
    assert!(answer.body.len() < 4 << 20, "{} bytes", answer.body.len());
}

/// Saves two examinations of a patient, the second one made with `change`, and compares them.
async fn compared(ada: &Browser<'_>, change: impl FnOnce(&mut Saved)) -> Value {
    let mut later = analysis("A", "2023-06-01");
    later.digest = "cd".repeat(32);
    later.settings.postprocess.threshold = 0.25;
    change(&mut later);
    let ids = [Uuid::now_v7(), Uuid::now_v7()];
    ada.put(ids[0], &document(&later)).await;
    ada.put(ids[1], &document(&analysis("A", "2023-01-01")))
        .await;
    ada.ask("history/pair", json!({ "ids": ids })).await.ok()
}

#[tokio::test]
async fn two_analyses_are_compared_in_the_order_of_their_days() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let alike = analysis("A", "2023-01-01").settings;
    let pair = compared(&ada, |later| later.settings = alike).await;
    let days: Vec<&str> = pair["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| visit["day"].as_str().unwrap())
        .collect();
    assert_eq!(days, ["2023-01-01", "2023-06-01"]);
    assert_eq!(pair["lesions"][0]["points"][1]["growth"]["days"], 151);
    let [remark] = pair["remarks"].as_array().unwrap().as_slice() else {
        panic!("{}", pair["remarks"]);
    };
    assert!(remark.as_str().unwrap().contains("within the slice"));
}

#[tokio::test]
async fn what_was_made_with_other_settings_has_no_growth() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let pair = compared(&ada, |_| ()).await;
    assert_eq!(pair["lesions"][0]["points"][1]["growth"], Value::Null);
    let remark = pair["remarks"][0].as_str().unwrap();
    assert!(remark.contains("another threshold"), "{remark}");
    assert_eq!(pair["visits"][1]["made_with"], "U-Net, threshold 25\u{a0}%");
    // As a release before stored them.
    service.run("UPDATE analyses SET conditions = NULL").await;
    let course = ada.ask("history/course", json!({ "label": "A" })).await;
    let course = course.ok();
    assert_eq!(course["visits"][1]["made_with"], "U-Net");
    assert_eq!(course["lesions"][0]["points"][1]["growth"]["days"], 151);
}
