//! The search for false alarms.

use model::analysis::preprocess::NetworkInput;
use model::train::crops::Crop;
use model::train::hard::{FalseAlarm, chosen, file, find, mined_after, next_after, read, write};
use model::train::recipe::Recipe;
use model::train::sample::Sampler;
use model::train::score::{Prediction, predict};

use crate::{crop, recipe, with_vessel};

/// An answer that calls everything brighter than −500 HU a tumour.
fn bright(crop: &Crop) -> Prediction {
    let answer = |input: &NetworkInput| -> Vec<f32> {
        let logit = |&value: &f32| if value > -0.3 { 9.0 } else { -9.0 };
        input.pixels.iter().map(logit).collect()
    };
    predict(&answer, 4, crop)
}

#[test]
fn a_vessel_is_a_false_alarm_and_the_nodule_is_none() {
    let crop = with_vessel("a");
    let found = find(7, &crop, &bright(&crop));
    let [alarm] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((alarm.crop, alarm.patient.as_str()), (7, "a"));
    assert!(
        (alarm.row - 20.5).abs() < 1.0 && (alarm.column - 100.5).abs() < 1.0,
        "{alarm:?}"
    );
    assert!((16..50).contains(&alarm.pixels), "{alarm:?}");
}

#[test]
fn windows_around_a_false_alarm_show_it() {
    let recipe = Recipe {
        hard_share: 1.0,
        batch: 64,
        window: 48,
        noise_hu: 0.0,
        hu_shift: 0.0,
        hu_scale: 0.0,
        blur_share: 0.0,
        ..recipe()
    };
    let crop = with_vessel("a");
    let alarms = find(0, &crop, &bright(&crop));
    let sampler = Sampler::new(vec![crop], Vec::new(), recipe).with_hard(alarms);
    let batch = sampler.batch(4);
    let shown = batch
        .input
        .chunks(48 * 48)
        .zip(
            batch
                .target
                .chunks(48 * 48)
                .zip(batch.weight.chunks(48 * 48)),
        )
        .filter(|(input, (target, weight))| {
            let labels = target.iter().zip(*weight);
            let vessel = |(&value, (&target, &weight)): (&f32, (&f32, &f32))| {
                value > 0.0 && target == 0.0 && weight > 0.0
            };
            input.iter().zip(labels).any(vessel)
        });
    assert_eq!(shown.count(), 64);
}

#[test]
fn false_alarms_come_back_from_their_file() {
    let folder = std::env::temp_dir().join(format!("neurocare-hard-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let crops = [crop("a", 5.0), crop("b", 5.0)];
    let alarm = FalseAlarm {
        crop: 1,
        patient: "b".to_owned(),
        row: 3.25,
        column: 90.5,
        pixels: 12,
    };
    for alarms in [vec![alarm], Vec::new()] {
        let path = file(&folder, 600);
        write(&path, &alarms).unwrap();
        assert_eq!(read(&path, &crops).unwrap(), alarms);
        let other = read(&path, &[crop("c", 5.0)]);
        assert_eq!(other.is_err(), !alarms.is_empty());
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_search_comes_round_and_looks_at_other_crops_each_time() {
    let recipe = Recipe {
        hard_share: 0.2,
        hard_every: 100,
        hard_from: 50,
        hard_crops: 20,
        ..recipe()
    };
    let after = |step| mined_after(&recipe, step);
    assert_eq!(
        [49, 50, 149, 150, 320].map(after),
        [None, Some(50), Some(50), Some(150), Some(250)]
    );
    let next = |step| next_after(&recipe, step);
    assert_eq!([0, 49, 50, 149].map(next), [50, 50, 150, 150]);
    assert_eq!(next_after(&crate::recipe(), 7), usize::MAX);
    let chosen = |step| chosen(&recipe, step, 1000, &[], 2);
    let (first, second) = (chosen(50), chosen(150));
    assert_eq!(first, chosen(50));
    assert_ne!(first, second);
    assert!(first.len() == 22 && first.ends_with(&[1000, 1001]));
}

/// Among 1,000 crops of which every fifth has no target, how many of these are chosen, and of the
/// others.
fn shares(hard_empty_share: Option<f64>, hard_crops: usize) -> (usize, usize) {
    let recipe = Recipe {
        hard_crops,
        hard_empty_share,
        ..recipe()
    };
    let empty: Vec<usize> = (0..1000).step_by(5).collect();
    let found = chosen(&recipe, 50, 1000, &empty, 3);
    assert!(found.is_sorted() && found.ends_with(&[1000, 1001, 1002]));
    let crops = &found[..found.len() - 3];
    let is_empty = |at: &&usize| at.is_multiple_of(5);
    let count = crops.iter().filter(is_empty).count();
    (count, crops.len() - count)
}

#[test]
fn a_recipe_may_prefer_crops_without_a_target() {
    assert_eq!(shares(Some(0.75), 80), (60, 20));
    assert_eq!(shares(Some(0.0), 80), (0, 80));
    assert_eq!(shares(Some(1.0), 80), (80, 0));
    // There are no more of them than 200.
    assert_eq!(shares(Some(1.0), 500), (200, 0));
    let (alike, others) = shares(None, 100);
    assert!(alike + others == 100 && (8..35).contains(&alike), "{alike}");
}

#[test]
fn recipes_that_say_nothing_of_empty_crops_search_those_that_they_always_did() {
    let recipe = Recipe {
        seed: 44,
        hard_crops: 6,
        ..recipe()
    };
    let found = chosen(&recipe, 300, 8716, &[1, 2, 3], 0);
    assert_eq!(found, [2241, 4099, 4259, 4720, 6491, 7980]);
}
