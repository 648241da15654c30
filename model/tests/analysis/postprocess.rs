//! From probability to the final mask.

use model::analysis::{Beside, final_mask, raw_mask};
use model::mask::Mask;
use model::settings::Postprocess;
use model::volume::PixelSpacing;

const SPACING: Option<PixelSpacing> = Some(PixelSpacing::square(0.7));

/// Nothing is known of other slices.
const ALONE: Beside<'_> = Beside {
    probability: Vec::new(),
    firm: Vec::new(),
};

fn disk(mask: &mut Mask, centre: (usize, usize), radius_px: f32, value: u8) {
    let cols = mask.cols;
    for (i, pixel) in mask.pixels.iter_mut().enumerate() {
        let row = (i / cols) as f32 - centre.0 as f32;
        let col = (i % cols) as f32 - centre.1 as f32;
        if row.hypot(col) <= radius_px {
            *pixel = value;
        }
    }
}

#[test]
fn the_threshold_is_inclusive_and_zero_is_never_a_tumour() {
    assert_eq!(
        raw_mask(&[0, 127, 128, 255], 1, 4, 0.5).pixels,
        [0, 0, 1, 1]
    );
    assert_eq!(raw_mask(&[0, 1, 128, 255], 1, 4, 0.0).pixels, [0, 1, 1, 1]);
    assert_eq!(raw_mask(&[0, 1, 254, 255], 1, 4, 1.0).pixels, [0, 0, 0, 1]);
}

#[test]
fn a_hole_is_filled_a_speck_removed_and_the_area_kept() {
    let mut raw = Mask::empty(64, 64);
    disk(&mut raw, (30, 20), 10.0, 1);
    let area_px = raw.area_px();
    disk(&mut raw, (30, 22), 2.0, 0);
    raw.pixels[60 * 64 + 60] = 1;
    let mask = final_mask(&raw, &[], &ALONE, None, SPACING, &Postprocess::default());
    assert!(!mask.contains(60, 60), "the speck is below 2 mm²");
    assert!(mask.contains(30, 22), "the hole is filled");
    assert!(
        mask.area_px().abs_diff(area_px) * 50 <= area_px,
        "{} of {area_px}",
        mask.area_px()
    );

    let settings = Postprocess {
        fill_holes: false,
        min_area_mm2: 0.0,
        closing_mm: 0.0,
        smooth: false,
        ..Postprocess::default()
    };
    assert_eq!(final_mask(&raw, &[], &ALONE, None, SPACING, &settings), raw);
}

#[test]
fn what_is_filled_stays_within_the_lung_field_with_a_smooth_boundary_or_without() {
    let mut raw = Mask::empty(64, 64);
    disk(&mut raw, (30, 30), 10.0, 1);
    disk(&mut raw, (30, 30), 3.0, 0);
    let mut field = Mask::empty(64, 64);
    field.pixels.fill(1);
    disk(&mut field, (30, 30), 3.0, 0);
    for smooth in [true, false] {
        let settings = Postprocess {
            smooth,
            ..Postprocess::default()
        };
        let mask = final_mask(&raw, &[], &ALONE, Some(&field), SPACING, &settings);
        assert!(mask.contains(30, 36) && !mask.contains(30, 30), "{smooth}");
    }
}

#[test]
fn a_small_region_is_kept_if_it_is_certain_somewhere() {
    // Two squares of 9 pixels that only a corner joins, and one apart from them.
    let mut probability = vec![0; 20 * 20];
    for (row, col) in [(2, 2), (5, 5), (14, 14)] {
        for r in row..row + 3 {
            probability[r * 20 + col..r * 20 + col + 3].fill(160);
        }
    }
    probability[3 * 20 + 3] = 240;
    probability[15 * 20 + 15] = 239;
    // 6 × 7 pixels are 20.6 mm²: large enough without.
    for row in 1..7 {
        probability[row * 20 + 11..row * 20 + 18].fill(160);
    }
    let raw = raw_mask(&probability, 20, 20, 0.6);
    let kept_at = |least_peak: f32| {
        let settings = Postprocess {
            least_peak,
            closing_mm: 0.0,
            smooth: false,
            ..Postprocess::default()
        };
        let mask = final_mask(&raw, &probability, &ALONE, None, SPACING, &settings);
        [(2, 2), (5, 5), (14, 14), (3, 12)].map(|(row, col)| mask.contains(row, col))
    };
    assert_eq!(kept_at(0.0), [true; 4]);
    // 239 of 255 is 0.9373, 240 is 0.9412.
    assert_eq!(kept_at(0.937), [true; 4]);
    assert_eq!(kept_at(0.94), [true, true, false, true]);
    assert_eq!(kept_at(0.95), [false, false, false, true]);
}

/// Whether squares of 3 × 3, 4 × 4 and 11 × 11 pixels of 1 mm² are kept at a least peak of 0.9,
/// whose odds are 9, with the peaks 0…255 of their own slice and of those beside it.
fn kept_between(own: u8, beside: [u8; 2]) -> [bool; 3] {
    let plane = |value: u8| {
        let mut plane = vec![0; 30 * 30];
        for (row, col, edge) in [(2, 2, 3), (2, 15, 4), (15, 15, 11)] {
            for r in row..row + edge {
                plane[r * 30 + col..r * 30 + col + edge].fill(value);
            }
        }
        plane
    };
    let (probability, before, after) = (plane(own), plane(beside[0]), plane(beside[1]));
    let settings = Postprocess {
        least_peak: 0.9,
        closing_mm: 0.0,
        smooth: false,
        ..Postprocess::default()
    };
    let spacing = Some(PixelSpacing::square(1.0));
    let raw = raw_mask(&probability, 30, 30, 0.5);
    let beside = Beside {
        probability: vec![&before, &after],
        ..ALONE
    };
    let mask = final_mask(&raw, &probability, &beside, None, spacing, &settings);
    [(3, 3), (3, 16), (20, 20)].map(|(row, col)| mask.contains(row, col))
}

#[test]
fn between_two_slices_peaks_and_size_count_together() {
    // Odds of 9.2 each: enough for 16 mm² (1.6 times as good), not for 9 mm².
    assert_eq!(kept_between(230, [0, 230]), [false, true, true]);
    // Odds of 11.1 make up for nine tenths of the size.
    assert_eq!(kept_between(234, [234, 0]), [true, true, true]);
    // Odds of 6 are enough for 16 mm², and those of 5 are not.
    assert_eq!(kept_between(219, [219, 219]), [false, true, true]);
    assert_eq!(kept_between(212, [212, 212]), [false, false, true]);
    // However certain it is: nothing beside it, and it is gone, unless it is large.
    assert_eq!(kept_between(253, [0, 0]), [false, false, true]);
    assert_eq!(kept_between(230, [0, 0]), [false, false, true]);
    assert_eq!(kept_between(130, [0, 0]), [false, false, false]);
}

#[test]
fn opening_cuts_a_bridge_and_closing_bridges_a_gap() {
    let mut raw = Mask::empty(40, 60);
    disk(&mut raw, (20, 15), 7.0, 1);
    disk(&mut raw, (20, 40), 7.0, 1);
    raw.pixels[20 * 60 + 22..20 * 60 + 34].fill(1);
    let mut settings = Postprocess {
        opening_mm: 1.5,
        closing_mm: 0.0,
        smooth: false,
        ..Postprocess::default()
    };
    assert!(!final_mask(&raw, &[], &ALONE, None, SPACING, &settings).contains(20, 28));
    settings.opening_mm = 0.0;
    settings.closing_mm = 1.5;
    for row in 17..24 {
        raw.pixels[row * 60 + 22..row * 60 + 34].fill(1);
        raw.pixels[row * 60 + 28] = 0;
    }
    assert!(final_mask(&raw, &[], &ALONE, None, SPACING, &settings).contains(20, 28));
}

#[test]
fn what_lies_mostly_outside_the_lungs_is_dropped() {
    let mut field = Mask::empty(60, 60);
    field.pixels[..60 * 30].fill(1);
    let mut raw = Mask::empty(60, 60);
    disk(&mut raw, (28, 15), 6.0, 1);
    disk(&mut raw, (36, 45), 7.0, 1);
    let mask = final_mask(
        &raw,
        &[],
        &ALONE,
        Some(&field),
        SPACING,
        &Postprocess::default(),
    );
    assert!(mask.contains(26, 15));
    assert!(!mask.contains(30, 45) && !mask.contains(36, 45) && !mask.contains(29, 45));
    assert!(mask.pixels[60 * 30..].iter().all(|&p| p == 0));
}

/// A nodule at the edge of the lung, of which closing, filling or smoothing put a half outside.
#[test]
fn what_is_missed_outside_the_field_does_not_stand_there_alone() {
    let square = |cols: std::ops::Range<usize>| {
        let mut mask = Mask::empty(30, 40);
        for row in 10..20 {
            mask.pixels[row * 40 + cols.start..row * 40 + cols.end].fill(1);
        }
        mask
    };
    let (mass, raw) = (square(4..28), square(4..16));
    let settings = Postprocess {
        smooth: false,
        closing_mm: 0.0,
        ..Postprocess::default()
    };
    let masked = |edge: usize| {
        let mut field = Mask::empty(30, 40);
        for row in field.pixels.chunks_mut(40) {
            row[..edge].fill(1);
        }
        // Nothing is probable outside.
        let pixels = field.pixels.iter().zip(&raw.pixels);
        let probability: Vec<u8> = pixels.map(|(field, raw)| 250 * field * raw).collect();
        let beside = Beside {
            probability: vec![&probability, &probability],
            firm: vec![&mass, &mass],
        };
        final_mask(
            &raw,
            &probability,
            &beside,
            Some(&field),
            SPACING,
            &settings,
        )
    };
    assert!(masked(16).contains(15, 20), "it touches what remains");
    assert!(masked(10) == square(4..10), "it would be an island");
}

#[test]
fn smoothing_keeps_a_symmetric_nodule_symmetric_and_as_large() {
    for radius_px in [2.0, 3.0, 5.5, 12.0] {
        let mut raw = Mask::empty(41, 41);
        disk(&mut raw, (20, 20), radius_px, 1);
        let settings = Postprocess {
            min_area_mm2: 0.0,
            ..Postprocess::default()
        };
        let mask = final_mask(&raw, &[], &ALONE, None, SPACING, &settings);
        let (before, after) = (raw.area_px(), mask.area_px());
        assert!(
            before.abs_diff(after) <= 8.max(before / 20),
            "{before} → {after}"
        );
        let mut turned = mask.pixels.clone();
        turned.reverse();
        assert_eq!(turned, mask.pixels);
    }
}
