//! A reader corrects outlines by hand: draws areas in, cuts areas out, and takes it back.

use std::f64::consts::TAU;

use model::analysis::region::{Region, regions};
use model::map::Map;
use model::pipeline::{SliceAnalysis, summarise};
use model::report::{Report, to_csv};

use crate::phantom::{alone, known, outline};
use crate::reader::Reader;

const EDGE: usize = 40;

/// A reader at a slice on which the network sees a square of 11 × 11 pixels with
/// rows and columns 5 to 15, and is less sure of its rim.
fn reader() -> Reader {
    Reader::of(seen())
}

fn seen() -> SliceAnalysis {
    let mut probability = vec![0; EDGE * EDGE];
    for row in 5..16 {
        for col in 5..16 {
            let is_rim = [5, 15].contains(&row) || [5, 15].contains(&col);
            probability[row * EDGE + col] = if is_rim { 100 } else { 230 };
        }
    }
    SliceAnalysis::unmarked((EDGE, EDGE), probability)
}

#[test]
fn what_is_drawn_is_measured_like_any_other_finding_and_goes_again() {
    let mut reader = reader();
    let before = reader.slice().clone();
    assert!(reader.draw(&outline((25.0, 29.0), (20.0, 32.0)), true));
    assert_eq!(reader.areas(), [121, 48]);
    let drawn = &reader.slice().findings[1];
    assert_eq!(drawn.area_mm2, Some(48.0));
    // Between the middles of the outer edges of the pixels in opposite corners.
    let longest_mm = 12_f32.hypot(3.0);
    assert!((drawn.longest_mm.unwrap() - longest_mm).abs() < 1e-3);
    assert!((drawn.mean_value - -20.0).abs() < 1e-6);
    assert_eq!(
        drawn.confidence.to_bits(),
        0.0_f32.to_bits(),
        "the network saw nothing there"
    );
    assert!(reader.slice().is_corrected());
    assert_eq!(
        reader.slice().raw,
        before.raw,
        "what the network said is kept"
    );

    assert!(reader.undo());
    assert_eq!(reader.slice().findings, before.findings);
    assert!(!reader.slice().is_corrected());
    assert!(!reader.undo(), "there is nothing left");
}

#[test]
fn drawing_neither_lends_nor_takes_the_network_confidence() {
    let mut reader = reader();
    let mut seen = seen();
    // Below the threshold: a shade of doubt that the network did not mark.
    seen.probability[30 * EDGE..31 * EDGE].fill(40);
    reader.analyses.insert(0, seen);
    reader.set(0.3);
    let before = reader.slice().findings[0].confidence;
    reader.draw(&outline((10.0, 14.0), (14.0, 20.0)), true);
    reader.draw(&outline((29.0, 32.0), (5.0, 9.0)), true);
    let [grown, drawn] = reader.slice().findings.as_slice() else {
        panic!("{:?}", reader.areas());
    };
    assert!(grown.area_px > 121 && !grown.is_drawn());
    assert!((grown.confidence - before).abs() < 1e-6);
    assert!(drawn.is_drawn());

    let summary = summarise(&reader.volume, &mut reader.analyses, None);
    let confidence: Vec<_> = summary.lesions.iter().map(|it| it.confidence).collect();
    assert_eq!(confidence, [before, 0.0]);
}

#[test]
fn the_table_says_of_every_finding_what_the_reader_did_to_it() {
    let mut reader = reader();
    reader.draw(&outline((25.0, 29.0), (20.0, 32.0)), true);
    let status = |reader: &mut Reader| {
        let summary = summarise(&reader.volume, &mut reader.analyses, None);
        let (volume, analyses) = (&reader.volume, &reader.analyses);
        let report = Report::of_scan(Vec::new(), volume, analyses, &summary, &[], "");
        let csv = to_csv(&report);
        let first_and_confidence = |line: &str| {
            let cells: Vec<_> = line.split(',').collect();
            format!("{} {}", cells[0], cells[16])
        };
        csv.lines()
            .skip(1)
            .map(first_and_confidence)
            .collect::<Vec<_>>()
    };
    assert_eq!(status(&mut reader), ["marked 0.733", "drawn "]);
    // The row below its last one: nothing of it.
    reader.draw(&outline((17.0, 19.0), (5.0, 16.0)), true);
    assert_eq!(status(&mut reader), ["marked 0.733", "drawn ", "drawn "]);
    reader.draw(&outline((15.0, 16.0), (5.0, 16.0)), false);
    assert_eq!(
        status(&mut reader)[0],
        "corrected 0.768",
        "its last row is cut off"
    );
}

#[test]
fn a_cut_at_a_side_of_the_image_changes_the_finding_there_alone() {
    let sides = [
        (0..6, 14..26),
        (34..40, 14..26),
        (14..26, 0..6),
        (14..26, 34..40),
    ];
    let cuts = [
        ((0.0, 1.0), (16.0, 24.0)),
        ((39.0, 40.0), (16.0, 24.0)),
        ((16.0, 24.0), (0.0, 1.0)),
        ((16.0, 24.0), (39.0, 40.0)),
    ];
    let mut probability = vec![0; EDGE * EDGE];
    for (rows, cols) in &sides {
        for row in rows.clone() {
            probability[row * EDGE..][cols.clone()].fill(230);
        }
    }
    for ((rows, cols), cut) in sides.iter().zip(cuts) {
        let mut reader = Reader::of(SliceAnalysis::unmarked((EDGE, EDGE), probability.clone()));
        assert!(reader.draw(&outline(cut.0, cut.1), false));
        let all = regions(&reader.slice().refined);
        let first = |it: &Region| (it.pixels[0] / EDGE, it.pixels[0] % EDGE);
        let changed: Vec<_> = all
            .iter()
            .filter(|it| reader.slice().is_changed(it))
            .map(first)
            .collect();
        assert_eq!(all.len(), 4);
        assert_eq!(changed.len(), 1, "{cut:?}: {changed:?}");
        let (row, col) = changed[0];
        assert!(rows.contains(&row) && cols.contains(&col), "{cut:?}");
    }
}

#[test]
fn a_finding_is_cut_in_two() {
    let mut reader = reader();
    assert!(reader.draw(&outline((9.0, 11.0), (0.0, 40.0)), false));
    assert_eq!(reader.areas(), [55, 44]);
    assert!(
        !reader.draw(&outline((9.0, 11.0), (0.0, 40.0)), false),
        "it is cut already"
    );
    assert!(
        !reader.draw(&[(9.0, 11.0), (0.0, 40.0)], true),
        "a line has no inside"
    );
}

#[test]
fn a_finding_that_is_cut_out_as_a_whole_is_rejected_and_can_be_taken_back() {
    let mut reader = reader();
    assert!(reader.draw(&outline((4.0, 17.0), (4.0, 17.0)), false));
    assert_eq!(reader.areas(), [0; 0]);
    assert_eq!(reader.slice().rejected.len(), 1);
    assert!(!reader.slice().is_corrected(), "no outline has changed");
    assert!(reader.analyses.get_mut(&0).unwrap().take_back(0));
    assert_eq!(reader.areas(), [121]);

    assert!(reader.draw(&outline((4.0, 17.0), (4.0, 17.0)), false));
    assert!(reader.undo(), "the cut, whatever it did");
    assert_eq!(reader.areas(), [121]);
    assert!(reader.slice().rejected.is_empty());
}

#[test]
fn a_cut_through_one_finding_and_around_another_rejects_the_other_whole() {
    let mut reader = reader();
    reader.draw(&outline((25.0, 28.0), (25.0, 28.0)), true);
    assert_eq!(reader.areas(), [121, 9]);
    assert!(reader.draw(&outline((10.0, 30.0), (0.0, 30.0)), false));
    assert_eq!(reader.areas(), [55]);
    let rejected = &reader.slice().rejected;
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].finding.area_px, 9);
    reader.set(0.3);
    assert_eq!(reader.slice().rejected.len(), 1, "and stays so");

    assert!(reader.undo());
    assert_eq!(reader.areas(), [121, 9]);
    assert!(reader.slice().rejected.is_empty());
}

#[test]
fn what_a_cut_leaves_goes_with_it_if_it_is_too_small_to_be_a_finding() {
    let mut reader = reader();
    reader.settings.min_area_mm2 = 3.0;
    // All but the first column's first two pixels.
    assert!(reader.draw(&outline((5.0, 17.0), (6.0, 17.0)), false));
    assert!(reader.draw(&outline((7.0, 17.0), (5.0, 6.0)), false));
    assert_eq!(reader.areas(), [0; 0]);
    assert!(reader.draw(&outline((30.0, 31.0), (30.0, 31.0)), true));
    assert_eq!(reader.areas(), [1], "what is drawn counts at any size");
}

#[test]
fn drawing_beside_what_was_rejected_brings_it_back_with_what_is_drawn() {
    let mut reader = reader();
    reader.analyses.get_mut(&0).unwrap().reject(0);
    assert!(reader.draw(&outline((16.0, 18.0), (10.0, 12.0)), true));
    assert_eq!(reader.areas(), [125]);
    assert!(
        reader.analyses.get_mut(&0).unwrap().reject(0),
        "it can be rejected as a whole"
    );
    reader.set(0.3);
    assert_eq!(reader.areas(), [0; 0]);
}

#[test]
fn a_correction_holds_under_other_settings_and_when_the_slice_is_segmented_again() {
    let mut reader = reader();
    reader.draw(&outline((4.0, 17.0), (10.0, 17.0)), false);
    reader.draw(&outline((30.0, 32.0), (30.0, 32.0)), true);
    assert_eq!(reader.areas(), [55, 4]);
    reader.set(0.8);
    assert_eq!(
        reader.areas(),
        [36, 4],
        "9 rows and 4 columns of what is sure"
    );

    let mut again = seen();
    again.keep_decisions(reader.slice());
    let mut analyses = Map::from([(0, again)]);
    alone(&reader.volume, &reader.settings).settle(0, &mut analyses);
    assert_eq!(known(&analyses, 0).findings, reader.slice().findings);
}

#[test]
fn drawing_over_what_was_rejected_brings_it_back_and_undoing_that_rejects_it_again() {
    let mut reader = reader();
    reader.analyses.get_mut(&0).unwrap().reject(0);
    assert!(reader.draw(&outline((10.0, 18.0), (10.0, 12.0)), true));
    assert_eq!(reader.areas(), [125], "121, and 2 rows of 2 beyond");
    assert!(reader.slice().rejected.is_empty());
    assert!(reader.undo());
    assert_eq!(reader.areas(), [0; 0]);
    assert_eq!(reader.slice().rejected.len(), 1);
}

/// How often a closed line goes around a point, by the angles under which its edges are seen from
/// there.
fn turns(outline: &[(f32, f32)], (row, col): (f64, f64)) -> i32 {
    let angle = |corner: &(f32, f32)| (f64::from(corner.0) - row).atan2(f64::from(corner.1) - col);
    let ends = outline.iter().skip(1).chain(outline.first());
    let sum: f64 = outline
        .iter()
        .zip(ends)
        .map(|(from, to)| {
            let turned = angle(to) - angle(from);
            turned - TAU * (turned / TAU).round()
        })
        .sum();
    (sum / TAU).round() as i32
}

#[test]
fn of_any_line_those_pixels_are_inside_whose_centres_it_goes_around() {
    let mut state = 7_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((state >> 33) as f32 / (1_u64 << 31) as f32).mul_add(60.0, -10.0)
    };
    for corners in 3..40 {
        // Corners also lie outside of the image, and edges cross each other.
        let outline: Vec<(f32, f32)> = (0..corners).map(|_| (random(), random())).collect();
        let mut reader = reader();
        reader.analyses.insert(
            0,
            SliceAnalysis::unmarked((EDGE, EDGE), vec![0; EDGE * EDGE]),
        );
        reader.draw(&outline, true);
        for pixel in 0..EDGE * EDGE {
            let centre = ((pixel / EDGE) as f64 + 0.5, (pixel % EDGE) as f64 + 0.5);
            assert_eq!(
                reader.slice().refined.pixels[pixel] == 1,
                turns(&outline, centre) != 0,
                "{centre:?} of {outline:?}"
            );
        }
    }
}
