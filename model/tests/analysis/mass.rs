//! Masses: the second look at half the resolution, what it may add, and the lung field around them.

use super::grid::centre;
use model::analysis::mass::{Masses, field_with_masses, halved, joined};
use model::analysis::{NetworkInput, SliceView, prepare};
use model::mask::Mask;
use model::settings::Denoise;
use model::volume::{Intensity, PixelSpacing};

const EDGE: usize = 64;
const THRESHOLD: f32 = 0.6;

/// An input of `rows × cols` pixels of 0.75 mm, air but for a bright block.
fn input(rows: usize, cols: usize) -> NetworkInput {
    let mut values = vec![-1000; rows * cols];
    for row in rows / 2..rows / 2 + 14 {
        for col in cols / 4..cols / 4 + 22 {
            values[row * cols + col] = 400;
        }
    }
    let slice = SliceView {
        values: &values,
        rows,
        cols,
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(0.75)),
    };
    prepare(&slice, None, Denoise::None, 16)
}

/// Above the air.
fn brightness(pixels: &[f32]) -> Vec<f32> {
    pixels.iter().map(|value| value + 1.0).collect()
}

#[test]
fn a_halved_input_fits_the_network_and_leads_back_to_where_it_was() {
    for (rows, cols) in [(48, 80), (64, 64), (96, 112)] {
        let whole = input(rows, cols);
        let half = halved(&whole, 16);
        assert_eq!(half.pixels.len(), half.rows * half.cols);
        assert_eq!((half.rows % 16, half.cols % 16), (0, 0));
        assert!(half.rows < rows / 2 + 16 && half.cols < cols / 2 + 16);

        let back = half.on_slice(&brightness(&half.pixels));
        assert_eq!(back.len(), rows * cols);
        let (before, after) = (
            centre(&brightness(&whole.pixels), cols),
            centre(&back, cols),
        );
        assert!((before.0 - after.0).abs() < 0.1, "{before:?} {after:?}");
        assert!((before.1 - after.1).abs() < 0.1, "{before:?} {after:?}");
        let sum = |pixels: &[f32]| pixels.iter().map(|&p| f64::from(p)).sum::<f64>();
        let change = sum(&back) / sum(&brightness(&whole.pixels));
        assert!((change - 1.0).abs() < 0.01, "{change}");
    }
}

#[test]
fn what_a_halved_input_is_filled_up_with_goes_on_like_its_edge() {
    let mut whole = input(48, 48);
    whole.pixels.fill(0.25);
    let half = halved(&whole, 16);
    assert_eq!((half.rows, half.cols), (32, 32));
    assert!(half.pixels.iter().all(|&value| (value - 0.25).abs() < 1e-6));
}

/// A disk of `probability`, air around it.
fn disk(row: usize, col: usize, radius: usize, probability: f32) -> Vec<f32> {
    let inside = |at: usize| {
        let (row, col) = ((at / EDGE).abs_diff(row), (at % EDGE).abs_diff(col));
        row * row + col * col <= radius * radius
    };
    (0..EDGE * EDGE)
        .map(|at| if inside(at) { probability } else { 0.1 })
        .collect()
}

fn both(first: &[f32], second: &[f32]) -> Vec<f32> {
    joined(first.to_vec(), second, (EDGE, EDGE), THRESHOLD)
}

#[test]
fn a_mass_of_which_the_first_look_saw_a_part_is_completed() {
    let part = disk(30, 20, 3, 0.95);
    let whole = disk(30, 30, 16, 0.8);
    let higher: Vec<f32> = part.iter().zip(&whole).map(|(p, w)| p.max(*w)).collect();
    assert_eq!(both(&part, &whole), higher);
}

#[test]
fn a_mass_that_the_first_look_saw_nothing_of_is_left_aside() {
    // Two pixels away from the mass, and a part that is not probable enough.
    for part in [disk(30, 10, 2, 0.95), disk(30, 30, 4, 0.59)] {
        assert_eq!(both(&part, &disk(30, 30, 16, 0.8)), part);
    }
}

#[test]
fn what_is_smaller_than_a_mass_is_left_to_the_first_look() {
    // 300 mm² are 533 pixels: the first disk has 529, the second 613.
    let part = disk(30, 30, 3, 0.95);
    assert_eq!(both(&part, &disk(30, 30, 13, 0.8)), part);
    assert_ne!(both(&part, &disk(30, 30, 14, 0.8)), part);
}

#[test]
fn each_mass_is_judged_by_itself() {
    let first = disk(16, 16, 3, 0.95);
    let second: Vec<f32> = disk(16, 16, 14, 0.8)
        .into_iter()
        .zip(disk(48, 48, 14, 0.8))
        .map(|(one, other)| one.max(other))
        .collect();
    assert_eq!(
        both(&first, &second),
        both(&first, &disk(16, 16, 14, 0.8)),
        "only the mass that the first look saw a part of is added"
    );
}

/// Pixels of 1 mm: a lung field that is the left half, and the field with what a mass adds to it.
fn grown(probability: &[f32]) -> (Mask, Mask) {
    let mut field = Mask::empty(EDGE, EDGE);
    for (at, pixel) in field.pixels.iter_mut().enumerate() {
        *pixel = u8::from(at % EDGE < EDGE / 2);
    }
    let bytes: Vec<u8> = probability.iter().map(|p| (p * 255.0) as u8).collect();
    let spacing = PixelSpacing::square(1.0);
    let (with, _) = field_with_masses(field.clone(), &bytes, THRESHOLD, Some(spacing));
    (field, with)
}

#[test]
fn the_lung_field_takes_in_a_mass_at_the_chest_wall() {
    // 36 % of it lie in the left half.
    let mass = disk(30, 34, 12, 0.8);
    let (field, with) = grown(&mass);
    for ((&with, &before), &p) in with.pixels.iter().zip(&field.pixels).zip(&mass) {
        assert_eq!(with != 0, before != 0 || p >= THRESHOLD);
    }
}

#[test]
fn the_lung_field_stays_as_it_is_for_anything_else() {
    let mostly_outside = disk(30, 42, 12, 0.8);
    let too_small = disk(30, 33, 9, 0.8);
    let too_improbable = disk(30, 34, 12, 0.5);
    for probability in [mostly_outside, too_small, too_improbable] {
        let (field, with) = grown(&probability);
        assert_eq!(field.pixels, with.pixels);
    }
}

#[test]
fn masses_go_to_another_worker_as_a_plane_and_come_back() {
    let mass = disk(12, 34, 12, 0.8);
    let outside = disk(48, 50, 12, 0.9);
    let probability: Vec<u8> = mass
        .iter()
        .zip(&outside)
        .map(|(a, b)| (a.max(*b) * 255.0) as u8)
        .collect();
    let (field, _) = grown(&[0.0; EDGE * EDGE]);
    let spacing = PixelSpacing::square(1.0);
    let (_, masses) = field_with_masses(field, &probability, THRESHOLD, Some(spacing));
    let masses = masses.unwrap();
    assert_eq!(masses.outside.len(), 1);
    assert_eq!(
        masses.outside[0].probability,
        vec![229; masses.outside[0].pixels.len()]
    );
    assert_eq!(
        masses.inside.area_px(),
        mass.iter().filter(|&&p| p > 0.5).count()
    );
    let again = Masses::from_plane(&masses.plane(), (EDGE, EDGE));
    assert_eq!(again, Some(masses));
    assert_eq!(Masses::from_plane(&[0; EDGE * EDGE], (EDGE, EDGE)), None);
}
