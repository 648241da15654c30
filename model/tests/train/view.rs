use model::train::recipe::Recipe;
use model::train::sample::Sampler;

use crate::{crop, recipe};

/// Windows of one nodule of radius 12 in the middle of 96 pixels, without noise.
fn windows(change: impl Fn(&mut Recipe)) -> Vec<f32> {
    let mut recipe = Recipe {
        batch: 40,
        window: 96,
        empty_share: 0.0,
        scale: (0.999, 1.001),
        hu_shift: 0.0,
        hu_scale: 0.0,
        noise_hu: 0.0,
        blur_share: 0.0,
        ..recipe()
    };
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
