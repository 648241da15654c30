//! What disturbances do to the HU of a window, each alone.

use model::analysis::preprocess::normalise_hu;
use model::train::disturb::disturb;
use model::train::recipe::Recipe;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::oracle::{Blur, oracle};
use crate::recipe;

/// Nothing is disturbed but what `change` asks for.
fn calm(change: impl Fn(&mut Recipe)) -> Recipe {
    let mut recipe = Recipe {
        hu_shift: 0.0,
        hu_scale: 0.0,
        noise_hu: 0.0,
        blur_share: 0.0,
        gamma: 0.0,
        ..recipe()
    };
    change(&mut recipe);
    recipe
}

/// The image in HU after the disturbance of a seed, as the network's scale says it.
fn disturbed(recipe: &Recipe, hu: &[f32], edge: usize, seed: u64) -> Vec<f32> {
    let mut hu = hu.to_vec();
    disturb(&mut StdRng::seed_from_u64(seed), recipe, &mut hu, edge);
    hu.iter()
        .map(|value| (value + 1.0) / 2.0 * 1400.0 - 1000.0)
        .collect()
}

/// Mean and standard deviation.
fn spread(values: &[f32]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
    let square = |v: &f32| (f64::from(*v) - mean).powi(2);
    let variance = values.iter().map(square).sum::<f64>() / count;
    (mean, variance.sqrt())
}

/// The smallest and the largest.
fn range(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::MAX, f32::MIN), |(low, high), v| {
        (low.min(v), high.max(v))
    })
}

#[test]
fn without_any_strength_an_image_is_only_brought_to_the_networks_scale() {
    let hu: Vec<f32> = (0..64).map(|i: u16| f32::from(i) * 30.0 - 1200.0).collect();
    let mut found = hu.clone();
    disturb(&mut StdRng::seed_from_u64(1), &calm(|_| ()), &mut found, 8);
    let expected: Vec<f32> = hu.iter().map(|&value| normalise_hu(value)).collect();
    assert_eq!(found, expected);
}

#[test]
fn noise_has_the_standard_deviation_asked_for_at_most_and_a_third_of_it_on_average() {
    let recipe = calm(|r| r.noise_hu = 60.0);
    let image = vec![-300.0; 64 * 64];
    let windows: Vec<Vec<f32>> = (0..400)
        .map(|seed| disturbed(&recipe, &image, 64, seed))
        .collect();
    let deviations: Vec<f32> = windows
        .iter()
        .map(|window| {
            let (mean, deviation) = spread(window);
            assert!((mean + 300.0).abs() < 0.08 * 60.0, "mean {mean}");
            deviation as f32
        })
        .collect();
    // Each window's is the square of a uniform number: E u² = 1/3, at most 1 (here within 3 %).
    let (mean, _) = spread(&deviations);
    assert!((mean / 60.0 - 1.0 / 3.0).abs() < 0.05, "{mean}");
    let (least, most) = range(deviations.iter().copied());
    assert!(
        least < 0.2 && (57.0..61.8).contains(&most),
        "{least} {most}"
    );
}

#[test]
fn noise_is_nearly_normal_and_independent_from_pixel_to_pixel() {
    let recipe = calm(|r| r.noise_hu = 60.0);
    let image = vec![-300.0; 128 * 128];
    let noisy = (0..30).map(|seed| disturbed(&recipe, &image, 128, seed));
    let window = noisy
        .max_by(|a, b| spread(a).1.total_cmp(&spread(b).1))
        .unwrap();
    let (mean, deviation) = spread(&window);
    let scaled: Vec<f64> = window
        .iter()
        .map(|&v| (f64::from(v) - mean) / deviation)
        .collect();
    let count = scaled.len() as f64;
    let within = scaled.iter().filter(|v| v.abs() < 1.0).count() as f64 / count;
    // 0.683 of a normal distribution; the sum of four uniform numbers has 0.670.
    assert!((within - 0.67).abs() < 0.02, "{within}");
    let beside = scaled.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>() / count;
    assert!(beside.abs() < 0.03, "{beside}");
}

#[test]
fn a_shift_moves_all_pixels_alike_up_or_down_by_no_more_than_asked_for() {
    let recipe = calm(|r| r.hu_shift = 70.0);
    let image = [-800.0, -500.0, -100.0, 200.0];
    let shifts: Vec<f32> = (0..200)
        .map(|seed| {
            let found = disturbed(&recipe, &image, 2, seed);
            let moved: Vec<f32> = found.iter().zip(image).map(|(a, b)| a - b).collect();
            let (least, most) = range(moved.iter().copied());
            assert!(most - least < 0.01, "{moved:?}");
            most
        })
        .collect();
    let (least, most) = range(shifts.into_iter());
    assert!((-70.0..-65.0).contains(&least), "{least}");
    assert!((65.0..70.0).contains(&most), "{most}");
}

#[test]
fn a_gain_stretches_from_air_by_no_more_than_asked_for() {
    let recipe = calm(|r| r.hu_scale = 0.1);
    let image = [-1000.0, -600.0, -200.0, 100.0];
    let gains: Vec<f32> = (0..200)
        .map(|seed| {
            let found = disturbed(&recipe, &image, 2, seed);
            assert!((found[0] + 1000.0).abs() < 0.01, "air at {}", found[0]);
            let gain = |at: usize| (found[at] + 1000.0) / (image[at] + 1000.0);
            assert!((gain(1) - gain(3)).abs() < 1e-4, "{found:?}");
            gain(2)
        })
        .collect();
    let (least, most) = range(gains.into_iter());
    assert!((0.9..0.907).contains(&least), "{least}");
    assert!((1.093..1.1).contains(&most), "{most}");
}

#[test]
fn gamma_bends_the_scale_between_its_ends() {
    let recipe = calm(|r| r.gamma = 0.35);
    // Shares 0, 0.2, 0.5 and 1 of the window of 1400 HU.
    let image = [-1000.0, -720.0, -300.0, 400.0];
    let exponents: Vec<f32> = (0..200)
        .map(|seed| {
            let found = disturbed(&recipe, &image, 2, seed);
            let share = |at: usize| (found[at] + 1000.0) / 1400.0;
            assert!(share(0).abs() < 1e-5 && (share(3) - 1.0).abs() < 1e-5);
            let exponent = |at: usize, before: f32| share(at).ln() / before.ln();
            let (low, middle) = (exponent(1, 0.2), exponent(2, 0.5));
            assert!((low - middle).abs() < 1e-3, "{low} {middle}");
            middle.log2()
        })
        .collect();
    let (least, most) = range(exponents.into_iter());
    assert!((-0.35..-0.32).contains(&least), "{least}");
    assert!((0.32..0.35).contains(&most), "{most}");
}

#[test]
fn blur_is_one_to_five_passes_of_scipys_convolution_and_close_to_its_gaussians() {
    let Blur {
        edge,
        hu,
        passes,
        gaussians,
    } = oracle().blur;
    let recipe = calm(|r| r.blur_share = 1.0);
    let mut seen = [0; 5];
    for seed in 0..60 {
        let found = disturbed(&recipe, &hu, edge, seed);
        // What lies at the side is mirrored there and left as it is here.
        let inner = |count: usize| {
            let middle = count..edge - count;
            (0..edge * edge)
                .filter(move |at| middle.contains(&(at / edge)) && middle.contains(&(at % edge)))
        };
        let off = |count: usize| {
            let differ = |at: usize| (found[at] - passes[count - 1][at]).abs();
            inner(count).map(differ).fold(0.0, f32::max)
        };
        let count = (1..=5).find(|&count| off(count) < 0.01);
        let count = count.expect("no number of passes");
        seen[count - 1] += 1;
        let gaussian = &gaussians[count - 1];
        let square = |of: &dyn Fn(usize) -> f32| inner(8).map(|at| of(at).powi(2)).sum::<f32>();
        let apart = square(&|at| found[at] - gaussian[at]).sqrt();
        let blurred = square(&|at| hu[at] - gaussian[at]).sqrt();
        assert!(apart < 0.15 * blurred, "{count} passes: {apart} {blurred}");
    }
    assert!(seen.iter().all(|&times| times > 0), "{seen:?}");
}

#[test]
fn as_many_windows_are_blurred_as_asked_for() {
    let recipe = calm(|r| r.blur_share = 0.25);
    let hu = oracle().blur.hu;
    let plain = disturbed(&calm(|_| ()), &hu, 24, 0);
    let blurred = (0..400).filter(|&seed| disturbed(&recipe, &hu, 24, seed) != plain);
    let count = blurred.count();
    assert!((70..130).contains(&count), "{count}");
}
