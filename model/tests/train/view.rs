//! Crops as a run sees them: turned, squeezed, bent.

use model::train::crops::{Crop, TARGET};
use model::train::recipe::Recipe;
use model::train::sample::{Batch, Sampler};

use crate::{crop, recipe};

/// Windows of a size with a nodule, neither zoomed nor disturbed.
fn plain(batch: usize, window: usize) -> Recipe {
    Recipe {
        batch,
        window,
        empty_share: 0.0,
        scale: (0.999, 1.001),
        hu_shift: 0.0,
        hu_scale: 0.0,
        noise_hu: 0.0,
        blur_share: 0.0,
        ..recipe()
    }
}

/// Windows of one nodule of radius 12 in the middle of 96 pixels, without noise.
fn windows(change: impl Fn(&mut Recipe)) -> Vec<f32> {
    let mut recipe = plain(40, 96);
    change(&mut recipe);
    Sampler::new(vec![crop("a", 12.0)], Vec::new(), recipe)
        .batch(1)
        .target
}

/// Variances of rows and columns of a window's target, and their covariance.
fn moments(window: &[f32]) -> (f32, f32, f32) {
    let marked: Vec<(f32, f32)> = (0..window.len())
        .filter(|&i| window[i] > 0.0)
        .map(|i| ((i / 96) as f32, (i % 96) as f32))
        .collect();
    let count = marked.len() as f32;
    let mean = |of: &dyn Fn(&(f32, f32)) -> f32| marked.iter().map(of).sum::<f32>() / count;
    let (row, column) = (mean(&|p| p.0), mean(&|p| p.1));
    (
        mean(&|p| (p.0 - row).powi(2)),
        mean(&|p| (p.1 - column).powi(2)),
        mean(&|p| (p.0 - row) * (p.1 - column)),
    )
}

/// How far from round the targets are, on average: 1 for a disc.
fn longest(windows: &[f32]) -> f32 {
    let each: Vec<f32> = windows
        .chunks(96 * 96)
        .map(|window| {
            let (rows, columns, both) = moments(window);
            let spread = ((rows - columns).powi(2) / 4.0 + both * both).sqrt();
            let middle = rows.midpoint(columns);
            ((middle + spread) / (middle - spread)).sqrt()
        })
        .collect();
    each.iter().sum::<f32>() / each.len() as f32
}

#[test]
fn a_disc_stays_one_when_turned_and_not_when_squeezed_or_bent() {
    let turned = longest(&windows(|r| r.turn_degrees = 45.0));
    let squeezed = longest(&windows(|r| r.squeeze = 0.4));
    let bent = longest(&windows(|r| r.bend_mm = 4.0));
    assert!(turned < 1.05, "{turned}");
    // The sides are stretched by 2^u and 2^−u, u at most 0.4: on average 4^0.2.
    assert!((1.2..1.5).contains(&squeezed), "{squeezed}");
    assert!((1.05..1.6).contains(&bent), "{bent}");
}

#[test]
fn a_nodule_keeps_its_area_when_it_is_turned() {
    let area = |windows: Vec<f32>| windows.iter().sum::<f32>() / 40.0;
    let (plain, turned) = (
        area(windows(|_| ())),
        area(windows(|r| r.turn_degrees = 45.0)),
    );
    assert!((plain / turned - 1.0).abs() < 0.02, "{plain} {turned}");
}

/// An unmarked crop with a bright, marked L of 40 × 24 pixels in its middle, 6 wide.
fn with_letter() -> Crop {
    let mut crop = crop("a", 0.0);
    for row in 44..84 {
        for column in 52..76 {
            let at = row * 128 + column;
            crop.label[at] = 0;
            if column < 58 || row >= 78 {
                (crop.hu[at], crop.label[at]) = (30, TARGET);
            }
        }
    }
    for label in &mut crop.label {
        *label = u8::from(*label == TARGET);
    }
    crop.pixel_mm = 0.75;
    crop
}

/// Whether the letter stands, and in which corner of its rectangle nothing is: one of eight for
/// the ways to mirror and turn it.
fn orientation(window: &[f32], edge: usize) -> (bool, bool, bool) {
    let marked: Vec<(usize, usize)> = (0..window.len())
        .filter(|&at| window[at] > 0.0)
        .map(|at| (at / edge, at % edge))
        .collect();
    let ends = |of: &dyn Fn(&(usize, usize)) -> usize| {
        let (first, last) = (marked.iter().map(of).min(), marked.iter().map(of).max());
        (first.unwrap(), last.unwrap())
    };
    let ((top, bottom), (left, right)) = (ends(&|p| p.0), ends(&|p| p.1));
    let share = |of: &dyn Fn(&(usize, usize)) -> bool| {
        2 * marked.iter().filter(|p| of(p)).count() > marked.len()
    };
    (
        bottom - top > right - left,
        share(&|p| 2 * p.0 < top + bottom),
        share(&|p| 2 * p.1 < left + right),
    )
}

#[test]
fn windows_are_mirrored_and_turned_in_all_eight_ways_equally_often_with_their_labels() {
    let recipe = plain(400, 128);
    let Batch { input, target, .. } =
        Sampler::new(vec![with_letter()], Vec::new(), recipe).batch(1);
    let mut times = std::collections::BTreeMap::new();
    for (input, target) in input.chunks(128 * 128).zip(target.chunks(128 * 128)) {
        *times.entry(orientation(target, 128)).or_insert(0) += 1;
        // The image goes with the labels, but for what is between two pixels.
        let bright = input.iter().map(|&value| value > -0.16);
        let apart = bright
            .zip(target)
            .filter(|(a, b)| *a != (**b > 0.0))
            .count();
        assert!(apart < 130, "{apart}");
    }
    // 50 each, give or take four times their chance deviation of 6.6.
    assert_eq!(times.len(), 8, "{times:?}");
    assert!(times.values().all(|t| (24..77).contains(t)), "{times:?}");
}
