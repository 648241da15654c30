//! How large documents are, with masks as they are found in real scans.

use model::saved::label::{FINAL, LUNG, RAW};
use model::saved::limit;

use crate::example::{Chance, header, lay_out, pack};

const EDGE: usize = 512;

/// Two lungs with ragged edges, vessels cut out at the hilum, and spots: one that grows and
/// shrinks over the series and a few of noise.
fn label_map(slice: usize, slices: usize, chance: &mut Chance) -> Vec<u8> {
    let mut map = vec![0_u8; EDGE * EDGE];
    // Lungs are widest in the middle of the series.
    let height = (slice as f64 / slices.max(1) as f64 * std::f64::consts::PI)
        .sin()
        .max(0.25);
    for (centre, width) in [(160.0, 85.0), (350.0, 80.0)] {
        let (mut left, mut right) = (0_i32, 0_i32);
        for row in 0..EDGE {
            let up = (row as f64 - 260.0) / (150.0 * height);
            if up.abs() >= 1.0 {
                continue;
            }
            let half = width * height * (1.0 - up * up).sqrt();
            // Edges wander by a pixel a row, as those of thresholded lungs do.
            left = (left + chance.below(3) as i32 - 1).clamp(-6, 6);
            right = (right + chance.below(3) as i32 - 1).clamp(-6, 6);
            let from = (centre - half) as i32 + left;
            let to = (centre + half) as i32 + right;
            for col in from.max(0)..to.min(EDGE as i32) {
                map[row * EDGE + col as usize] = LUNG;
            }
        }
    }
    for _ in 0..12 {
        let radius = 2 + chance.below(5);
        disc(&mut map, chance, radius, 0, 0);
    }
    let nodule = 3 + (12.0 * height) as usize;
    disc(&mut map, chance, nodule, RAW | FINAL, 2);
    for _ in 0..6 {
        let radius = 1 + chance.below(4);
        disc(&mut map, chance, radius, RAW, 1);
    }
    map
}

/// A ragged disc of a value inside the lung (`0`: cut out of it).
fn disc(map: &mut [u8], chance: &mut Chance, radius: usize, bits: u8, ragged: usize) {
    let (row, col) = (180 + chance.below(160), 110 + chance.below(290));
    for y in row - radius..=row + radius {
        for x in col - radius..=col + radius {
            let distance = (y.abs_diff(row).pow(2) + x.abs_diff(col).pow(2)) as f64;
            let reach = (radius as f64 - chance.below(ragged + 1) as f64).max(0.0);
            let label = &mut map[y * EDGE + x];
            if distance <= reach * reach && *label != 0 {
                *label = if bits == 0 { 0 } else { *label | bits };
            }
        }
    }
}

fn document_of(slices: usize, findings_a_slice: usize) -> usize {
    let mut chance = Chance(42);
    let maps: Vec<Vec<u8>> = (0..slices)
        .map(|slice| label_map(slice, slices, &mut chance))
        .collect();
    let places: Vec<usize> = (0..slices).collect();
    let saved = header(EDGE, EDGE, &places, findings_a_slice);
    let document = pack(&lay_out(&saved, &maps));
    assert!(
        document.len() <= limit::DOCUMENT_BYTES,
        "{}",
        document.len()
    );
    document.len()
}

#[test]
fn a_slice_takes_at_most_16_kilobytes() {
    let bytes = document_of(1, 4);
    assert!(bytes <= 16 * 1024, "{bytes}");
}

/// Noise all over: the worst that a threshold makes of a slice.
#[test]
fn a_slice_full_of_noise_takes_at_most_64_kilobytes() {
    let mut chance = Chance(3);
    let mut map = label_map(1, 2, &mut chance);
    for _ in 0..4_000 {
        let at = chance.below(map.len());
        map[at] |= RAW * u8::from(map[at] != 0);
    }
    let saved = header(EDGE, EDGE, &[0], 60);
    let bytes = pack(&lay_out(&saved, &[map])).len();
    assert!(bytes <= 64 * 1024, "{bytes}");
}

#[test]
fn a_series_of_300_slices_takes_at_most_a_megabyte() {
    let bytes = document_of(300, 3);
    assert!(bytes <= 1_000_000, "{bytes}");
}
