//! Which windows a run is shown.

use std::sync::Arc;
use std::time::Duration;

use model::train::crops::{DOUBTFUL, RIM};
use model::train::loader::Loader;
use model::train::recipe::Recipe;
use model::train::sample::Sampler;

use crate::{crop, recipe};

fn sampler(change: impl Fn(&mut Recipe)) -> Sampler {
    let mut recipe = recipe();
    change(&mut recipe);
    let crops = vec![crop("a", 5.0), crop("b", 12.0), crop("c", 0.0)];
    Sampler::new(crops, Vec::new(), recipe)
}

#[test]
fn a_step_has_the_same_batch_however_many_threads_make_it() {
    let sampler = Arc::new(sampler(|_| ()));
    let alone: Vec<_> = (3..9).map(|step| sampler.batch(step)).collect();
    let together: Vec<_> = Loader::new(&sampler, 3, 9, 3).collect();
    assert_eq!(alone, together);
    assert_ne!(alone[0], alone[1]);
}

#[test]
fn how_long_was_waited_for_batches_is_told_once() {
    let sampler = Arc::new(sampler(|_| ()));
    let mut loader = Loader::new(&sampler, 0, 3, 1);
    assert!(loader.next().is_some());
    // The thread had no time to make the first one ahead.
    assert!(loader.take_waited() > Duration::ZERO);
    assert_eq!(loader.take_waited(), Duration::ZERO);
    assert_eq!(loader.by_ref().count(), 2);
}

#[test]
fn the_nodule_is_anywhere_in_the_window() {
    let sampler = sampler(|r| (r.empty_share, r.batch, r.window) = (0.0, 64, 64));
    let batch = sampler.batch(0);
    let centres: Vec<(f32, f32)> = batch.target.chunks(64 * 64).filter_map(centre).collect();
    assert!(centres.len() > 30);
    let in_middle = centres
        .iter()
        .filter(|(r, c)| (24.0..40.0).contains(r) && (24.0..40.0).contains(c))
        .count();
    let near_edge = centres
        .iter()
        .filter(|(r, c)| *r < 16.0 || *r > 48.0 || *c < 16.0 || *c > 48.0)
        .count();
    assert!(
        in_middle * 3 < centres.len() && near_edge * 4 > centres.len(),
        "{in_middle} {near_edge}"
    );
}

#[test]
fn empty_windows_are_clear_of_every_mark() {
    let sampler = sampler(|r| (r.empty_share, r.batch, r.window) = (1.0, 32, 48));
    let batch = sampler.batch(1);
    let marked = |window: usize| {
        let range = window * 48 * 48..(window + 1) * 48 * 48;
        batch.target[range.clone()].iter().any(|&t| t > 0.0)
            || batch.weight[range].iter().any(|&w| w < 1.0)
    };
    // A few fail after eight tries: the largest nodules leave hardly any room.
    assert!((0..32).filter(|&window| marked(window)).count() <= 6);
}

#[test]
fn windows_show_what_the_labels_say() {
    let sampler = sampler(|r| {
        (r.noise_hu, r.hu_shift, r.hu_scale, r.blur_share) = (0.0, 0.0, 0.0, 0.0);
        (r.empty_share, r.batch) = (0.0, 32);
    });
    let batch = sampler.batch(2);
    assert!(batch.target.iter().any(|&t| t > 0.0));
    // The nodule has 30 HU, the lung −850: on the network's scale 0.47 and −0.79.
    for (input, (target, weight)) in batch
        .input
        .iter()
        .zip(batch.target.iter().zip(&batch.weight))
    {
        if *target > 0.0 {
            assert!(*input > -0.6, "{input}");
        } else if *weight > 0.0 {
            assert!((*input + 0.7857).abs() < 1e-3, "{input}");
        }
    }
}

#[test]
fn one_readers_marks_count_around_a_target_and_not_on_their_own() {
    let weights = |rim_weight: f32| {
        let sampler = sampler(|r| (r.rim_weight, r.empty_share, r.batch) = (rim_weight, 0.0, 16));
        let mut weights = sampler.batch(0).weight;
        weights.sort_by(f32::total_cmp);
        weights.dedup();
        weights
    };
    assert_eq!(weights(0.0), [0.0, 1.0]);
    assert_eq!(weights(0.5), [0.5, 1.0]);
    let labels = |radius: f32| crop("a", radius).with_rim().label;
    assert!(labels(5.0).contains(&RIM) && !labels(5.0).contains(&DOUBTFUL));
    assert!(labels(0.0).contains(&DOUBTFUL) && !labels(0.0).contains(&RIM));
}

fn centre(window: &[f32]) -> Option<(f32, f32)> {
    let marked: Vec<usize> = (0..window.len()).filter(|&i| window[i] > 0.0).collect();
    let mean = |of: &dyn Fn(usize) -> usize| {
        marked.iter().map(|&i| of(i) as f32).sum::<f32>() / marked.len() as f32
    };
    (!marked.is_empty()).then(|| (mean(&|i| i / 64), mean(&|i| i % 64)))
}

/// Pixels of a batch as they were drawn before windows were computed row by row.
const KNOWN: [f32; 14] = [
    0.46369, -0.83065, -0.81693, -0.86791, -0.87919, -0.77551, -0.75855, -0.69781, -0.69124,
    -0.72982, -0.80808, -0.79376, -0.64902, -0.65247,
];

#[test]
fn a_seed_draws_the_windows_that_it_always_drew() {
    let sampler = sampler(|r| {
        (r.seed, r.batch, r.window, r.reach) = (44, 6, 48, 0.5);
        (r.turn_degrees, r.squeeze, r.bend_mm, r.gamma) = (45.0, 0.2, 2.0, 0.35);
        (r.scale, r.blur_share, r.rim_weight) = ((0.65, 2.0), 0.5, 0.5);
    });
    let batch = sampler.batch(7);
    let some: Vec<f32> = batch.input.iter().step_by(997).copied().collect();
    assert_eq!(some.len(), KNOWN.len());
    let close = some.iter().zip(KNOWN).all(|(a, b)| (a - b).abs() < 1e-4);
    assert!(close, "{some:?}");
}
