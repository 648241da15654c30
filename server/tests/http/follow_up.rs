//! Following lesions up over examinations.

use std::time::Duration;

use model::saved::Saved;
use serde_json::{Value, json};
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

/// Matching the lesions of many examinations takes a while, which the user chooses.
#[tokio::test]
async fn asvs_15_4_4_a_course_is_computed_in_turn_with_what_else_takes_long() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let [earlier, later] = [("2023-01-01", "ab"), ("2023-06-01", "cd")].map(|(day, digest)| {
        let mut saved = analysis("A", day);
        saved.digest = digest.repeat(32);
        (Uuid::now_v7(), saved)
    });
    for (id, saved) in [&earlier, &later] {
        ada.put(*id, &document(saved)).await;
    }
    let ids = json!({ "ids": [earlier.0, later.0] });
    for (function, question) in [
        ("history/course", json!({ "label": "A" })),
        ("history/pair", ids),
    ] {
        let turns = &service.state.reading;
        let all = u32::try_from(turns.available_permits()).unwrap();
        let taken = turns.acquire_many(all).await.unwrap();
        let mut answer = std::pin::pin!(ada.ask(function, question));
        let early = timeout(Duration::from_millis(300), answer.as_mut()).await;
        assert!(early.is_err(), "{function}");
        drop(taken);
        answer.await.ok();
    }
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
