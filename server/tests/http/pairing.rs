//! What readers say of lesions of two analyses.

use model::saved::{Saved, SavedLesion};
use serde_json::{Value, json};
use server::store::pairing::PairOutcome;
use uuid::Uuid;

use crate::analysis::{analysis, document, lesion};
use crate::person::Browser;
use crate::service::Service;

const ADA: &str = "ada@example.org";

/// An examination with two lesions of the sizes, far from each other.
fn examination(day: &str, digest: &str, sizes: [f32; 2]) -> Saved {
    let mut saved = analysis("A", day);
    saved.digest = digest.repeat(32);
    saved.lesions = [(1, 0.2), (2, 0.8)]
        .into_iter()
        .zip(sizes)
        .map(|((number, left), longest_mm)| {
            let one = lesion(longest_mm, 0.9);
            let place = one.place.map(|place| model::saved::Place { left, ..place });
            SavedLesion {
                number,
                place,
                ..one
            }
        })
        .collect();
    saved
}

/// Saves two examinations; the later one has the lower number.
async fn two(ada: &Browser<'_>) -> [Uuid; 2] {
    let [later, earlier] = [Uuid::now_v7(), Uuid::now_v7()];
    assert!(later < earlier);
    let saved = [
        (earlier, examination("2023-01-01", "ab", [8.0, 10.0])),
        (later, examination("2023-06-01", "cd", [8.0, 10.0])),
    ];
    for (id, saved) in saved {
        ada.put(id, &document(&saved)).await;
    }
    [earlier, later]
}

async fn say(
    browser: &Browser<'_>,
    analyses: [Uuid; 2],
    lesions: [usize; 2],
    is_one: Option<bool>,
) -> crate::service::Answer {
    let said = json!({ "analyses": analyses, "lesions": lesions, "is_one": is_one });
    browser.ask("history/say", said).await
}

fn names(course: &Value) -> Vec<String> {
    let lesions = course["lesions"].as_array().unwrap().iter();
    let mut names: Vec<String> = lesions
        .map(|lesion| lesion["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_said_of_two_lesions_holds_until_it_is_taken_back() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let [earlier, later] = two(&ada).await;
    let pair = async || {
        let ids = json!({ "ids": [later, earlier] });
        ada.ask("history/pair", ids).await.ok()
    };
    assert_eq!(names(&pair().await), ["1 → 1", "2 → 2"]);
    let crossed = say(&ada, [earlier, later], [1, 2], Some(true)).await.ok();
    assert_eq!(names(&crossed), ["1 → 2", "2 → –", "– → 1"]);
    assert_eq!(pair().await, crossed);
    // Whichever analysis is named first, the newest word counts.
    let parted = say(&ada, [later, earlier], [2, 1], Some(false)).await.ok();
    assert_eq!(names(&parted), ["1 → 1", "2 → 2"]);
    assert_eq!(parted["paired"].as_array().unwrap().len(), 1);
    let parted = say(&ada, [later, earlier], [1, 1], Some(false)).await.ok();
    assert_eq!(names(&parted), ["1 → –", "2 → 2", "– → 1"]);
    for lesions in [[1, 2], [1, 1]] {
        say(&ada, [earlier, later], lesions, None).await.ok();
    }
    assert_eq!(pair().await["paired"], json!([]));
    assert_eq!(names(&pair().await), ["1 → 1", "2 → 2"]);
}

#[tokio::test]
async fn a_lesion_is_one_with_the_lesion_that_was_named_last() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let both = two(&ada).await;
    say(&ada, both, [1, 1], Some(true)).await.ok();
    let course = say(&ada, both, [1, 2], Some(true)).await.ok();
    assert_eq!(names(&course), ["1 → 2", "2 → –", "– → 1"]);
    assert_eq!(course["paired"].as_array().unwrap().len(), 1);
    // That they are two may be said of any number.
    say(&ada, both, [2, 1], Some(false)).await.ok();
    let course = say(&ada, both, [2, 2], Some(false)).await.ok();
    assert_eq!(course["paired"].as_array().unwrap().len(), 3);
}

/// The course of the label: what was said, and what the reader must know.
async fn course_of_label(ada: &Browser<'_>) -> (Value, String) {
    let course = ada.ask("history/course", json!({ "label": "A" }));
    let course = course.await.ok();
    (course["paired"].clone(), course["remarks"].to_string())
}

#[tokio::test]
async fn what_was_said_goes_over_to_a_newer_analysis_of_the_image_until_it_is_taken_back() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let [earlier, later] = two(&ada).await;
    say(&ada, [earlier, later], [1, 2], Some(true)).await.ok();
    let mut corrected = examination("2023-06-01", "cd", [8.0, 11.0]);
    corrected.lesions.reverse();
    for (number, lesion) in (1..).zip(&mut corrected.lesions) {
        lesion.number = number;
    }
    // Saved in the same minute: the number decides, and it grows.
    let newest = Uuid::now_v7();
    ada.put(newest, &document(&corrected)).await;
    let carried = json!({
        "analyses": [newest, earlier], "lesions": [1, 1], "is_one": true, "is_carried": true,
    });
    let (paired, remarks) = course_of_label(&ada).await;
    assert_eq!(paired, json!([carried]));
    assert!(!remarks.contains("does not count"), "{remarks}");

    let pair = async |ids: [Uuid; 2]| ada.ask("history/pair", json!({ "ids": ids })).await.ok();
    let course = pair([newest, earlier]).await;
    assert_eq!(names(&course), ["1 → 1", "2 → –", "– → 2"]);
    // Another word of the two comes first, and both are taken back at once.
    let parted = say(&ada, [newest, earlier], [1, 1], Some(false)).await.ok();
    assert_eq!(parted["paired"].as_array().unwrap().len(), 1);
    assert_eq!(parted["paired"][0]["is_one"], false);
    let course = say(&ada, [newest, earlier], [1, 1], None).await.ok();
    assert_eq!(
        (&course["paired"], names(&course)),
        (&json!([]), vec!["1 → 2".to_owned(), "2 → 1".to_owned()])
    );
    assert_eq!(pair([earlier, later]).await["paired"], json!([]));
    assert_eq!(service.count("SELECT COUNT(*) FROM pairings").await, 0);
}

#[tokio::test]
async fn follow_up_says_what_does_not_go_over_to_a_newer_analysis() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let [earlier, later] = two(&ada).await;
    say(&ada, [earlier, later], [1, 2], Some(true)).await.ok();
    let (_, remarks) = course_of_label(&ada).await;
    assert!(!remarks.contains("does not count"));
    let mut without = examination("2023-06-01", "cd", [8.0, 10.0]);
    without.lesions.truncate(1);
    let newest = Uuid::now_v7();
    ada.put(newest, &document(&without)).await;
    let (paired, remarks) = course_of_label(&ada).await;
    assert_eq!(paired, json!([]));
    assert!(remarks.contains("does not count"), "{remarks}");
    let ids = json!({ "ids": [earlier, newest] });
    let beside = ada.ask("history/pair", ids).await.ok();
    let remarks = beside["remarks"].to_string();
    assert!(remarks.contains("does not count"), "{remarks}");
}

#[tokio::test]
async fn what_was_said_of_an_analysis_of_another_label_stays_with_it() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let [earlier, later] = two(&ada).await;
    say(&ada, [earlier, later], [1, 2], Some(true)).await.ok();
    let mut other = examination("2023-06-01", "cd", [8.0, 10.0]);
    other.label = "B".to_owned();
    let newest = Uuid::now_v7();
    ada.put(newest, &document(&other)).await;
    let ids = json!({ "ids": [earlier, newest] });
    let beside = ada.ask("history/pair", ids).await.ok();
    assert_eq!(beside["paired"], json!([]));
}

#[tokio::test]
async fn follow_up_and_the_export_have_it_and_an_analysis_takes_it_along() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let [earlier, later] = two(&ada).await;
    say(&ada, [earlier, later], [1, 2], Some(true)).await.ok();
    let of_label = json!({ "label": "A" });
    let course = ada.ask("history/course", of_label).await.ok();
    // What is new comes before it.
    let joined = course["lesions"][1]["points"][1].clone();
    assert_eq!(
        (&joined["is_joined"], &joined["lesion"]["number"]),
        (&json!(true), &json!(2))
    );
    let export = ada.get("/api/account/export").await.json();
    let said = json!({ "analyses": [later, earlier], "lesions": [2, 1], "is_one": true });
    assert_eq!(export["pairings"], json!([said]));
    ada.ask("history/delete", json!({ "id": earlier }))
        .await
        .ok();
    assert_eq!(service.count("SELECT COUNT(*) FROM pairings").await, 0);
}

#[tokio::test]
async fn only_lesions_that_are_there_and_ones_own_can_be_spoken_of() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let eve = service.person("eve@example.org").await;
    let [earlier, later] = two(&ada).await;
    let [own, _] = two(&eve).await;
    for (analyses, lesions, status) in [
        ([earlier, later], [1, 7], 422),
        ([earlier, later], [0, 1], 422),
        ([earlier, later], [usize::MAX, 1], 422),
        ([earlier, earlier], [1, 2], 422),
        ([earlier, own], [1, 1], 404),
        ([earlier, Uuid::nil()], [1, 1], 404),
    ] {
        let answer = say(&ada, analyses, lesions, Some(true)).await;
        assert_eq!(answer.refusal().0, status, "{analyses:?} {lesions:?}");
    }
    let answer = say(&eve, [earlier, later], [1, 1], Some(false)).await;
    assert_eq!(answer.refusal().0, 404);
    assert_eq!(service.count("SELECT COUNT(*) FROM pairings").await, 0);
}

#[tokio::test]
async fn the_same_said_twice_at_once_is_said_once() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let both = two(&ada).await;
    let (a, b) = tokio::join!(
        say(&ada, both, [1, 2], Some(true)),
        say(&ada, both, [1, 2], Some(false))
    );
    a.ok();
    b.ok();
    assert_eq!(service.count("SELECT COUNT(*) FROM pairings").await, 1);
}

#[tokio::test]
async fn a_lesion_is_one_with_one_lesion_however_many_say_so_at_once() {
    let service = Service::start().await;
    let ada = service.person(ADA).await;
    let both = two(&ada).await;
    let store = &service.state.store;
    let account = store.account_by_email(ADA).await.unwrap().unwrap().id();
    for _ in 0..60 {
        service.run("DELETE FROM pairings").await;
        let said =
            [[1, 1], [1, 2], [2, 2], [2, 1]].map(|lesions| store.say(account, both, lesions, true));
        for outcome in futures_util::future::join_all(said).await {
            assert_eq!(outcome.unwrap(), PairOutcome::Said);
        }
        for twice in [
            "SELECT COUNT(*) - COUNT(DISTINCT first_lesion) FROM pairings",
            "SELECT COUNT(*) - COUNT(DISTINCT second_lesion) FROM pairings",
        ] {
            assert_eq!(service.count(twice).await, 0, "{twice}");
        }
    }
}
