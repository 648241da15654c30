//! A reader rejects findings, changes settings, saves, opens again and takes them back.

use model::map::Map;
use model::mask::Mask;
use model::pipeline::{self, SliceAnalysis};
use model::volume::Volume;

use crate::phantom::{alone, at, outline, tissue};
use crate::reader::Reader;

const EDGE: usize = 40;

/// Three spots with a bright core each: a large, a middle and a small one.
fn probability() -> Vec<u8> {
    let mut probability = vec![0; EDGE * EDGE];
    for (row, col, radius) in [(8_usize, 8_usize, 6_usize), (8, 28, 5), (28, 10, 4)] {
        for r in row - radius..=row + radius {
            for c in col - radius..=col + radius {
                let is_core = r.abs_diff(row) < radius && c.abs_diff(col) < radius;
                probability[r * EDGE + c] = if is_core { 230 } else { 100 };
            }
        }
    }
    probability
}

fn analysed(volume: &Volume) -> SliceAnalysis {
    let unmarked = SliceAnalysis::unmarked((EDGE, EDGE), probability());
    refined(volume, unmarked, 0.8)
}

/// The scan's only slice under another threshold.
fn refined(volume: &Volume, analysis: SliceAnalysis, threshold: f32) -> SliceAnalysis {
    let mut analyses = Map::from([(0, analysis)]);
    alone(volume, &at(threshold)).refine(&mut analyses);
    analyses.remove(&0).unwrap()
}

fn areas(analysis: &SliceAnalysis) -> Vec<usize> {
    analysis.findings.iter().map(|f| f.area_px).collect()
}

#[test]
fn a_rejected_finding_leaves_mask_and_figures_and_comes_back_to_its_place() {
    let volume = tissue(EDGE, 1, None);
    let before = analysed(&volume);
    let mut analysis = before.clone();
    assert_eq!(areas(&analysis), [121, 81, 49]);

    assert!(analysis.reject(1));
    assert_eq!(areas(&analysis), [121, 49]);
    assert_eq!(analysis.refined.area_px(), 170);
    assert_eq!(analysis.raw, before.raw, "what the network said is kept");
    assert!(!analysis.reject(2), "there is no such finding");
    let mut analyses = Map::from([(0, analysis.clone())]);
    let summary = pipeline::summarise(&volume, &mut analyses, None);
    assert_eq!((summary.lesions.len(), summary.findings.len()), (2, 2));

    assert!(analysis.take_back(0));
    assert_eq!(
        (&analysis.findings, &analysis.refined),
        (&before.findings, &before.refined)
    );
    assert!(analysis.rejected.is_empty() && analysis.decisions.unwanted.is_empty());
    assert!(!analysis.take_back(0));
}

#[test]
fn it_stays_rejected_under_other_settings_until_it_has_outgrown_what_was_rejected() {
    let volume = tissue(EDGE, 1, None);
    let mut analysis = analysed(&volume);
    analysis.reject(0);
    for threshold in [0.85, 0.99, 0.8, 0.3] {
        analysis = refined(&volume, analysis, threshold);
        assert!(
            !analysis
                .findings
                .iter()
                .any(|f| f.centre.0 < 15.0 && f.centre.1 < 15.0),
            "{threshold}"
        );
    }
    assert_eq!(areas(&analysis), [121, 81], "the others have grown");

    // Rejecting the small one's core of 49 says nothing about something of 2.1 times its size.
    let mut analysis = analysed(&volume);
    analysis.reject(2);
    let spot = |r: usize, c: usize| (22..32).contains(&r) && (2..13).contains(&c);
    for index in (0..EDGE * EDGE).filter(|i| spot(i / EDGE, i % EDGE)) {
        analysis.probability[index] = 230;
    }
    analysis = refined(&volume, analysis, 0.8);
    assert_eq!(analysis.findings.len(), 3);
}

/// A reader at a slice with one spot of 49, 81, 121 or 169 pixels, by the threshold.
fn at_a_spot() -> Reader {
    let mut probability = vec![0; EDGE * EDGE];
    for (index, probability) in probability.iter_mut().enumerate() {
        let (row, col) = (index / EDGE, index % EDGE);
        let apart = row.abs_diff(20).max(col.abs_diff(20));
        *probability = match apart {
            0..=3 => 230,
            4 => 150,
            5 => 100,
            6 => 50,
            _ => 0,
        };
    }
    let mut reader = Reader::of(SliceAnalysis::unmarked((EDGE, EDGE), probability));
    reader.set(0.8);
    assert_eq!(reader.areas(), [49]);
    reader
}

#[test]
fn what_has_outgrown_what_was_rejected_is_shown_whatever_the_settings_between() {
    let areas = |thresholds: &[f32]| {
        let mut reader = at_a_spot();
        reader.slice_mut().reject(0);
        for &threshold in thresholds {
            reader.set(threshold);
        }
        reader.areas()
    };
    assert_eq!(areas(&[0.5]), [0; 0], "81 is less than twice 49");
    assert_eq!(areas(&[0.3]), [121]);
    assert_eq!(areas(&[0.5, 0.3]), [121]);
    assert_eq!(areas(&[0.5, 0.3, 0.1]), [169]);
    assert_eq!(areas(&[0.1, 0.3, 0.5]), [0; 0]);
}

#[test]
fn undoing_a_cut_brings_all_back_that_was_rejected_with_it_under_any_settings() {
    let mut reader = at_a_spot();
    assert!(reader.draw(&outline((16.0, 25.0), (16.0, 25.0)), false));
    for threshold in [0.5, 0.3, 0.5] {
        reader.set(threshold);
    }
    assert_eq!(reader.areas(), [0; 0]);
    assert!(reader.undo());
    for (threshold, area) in [(0.5, 81), (0.3, 121), (0.1, 169), (0.8, 49)] {
        reader.set(threshold);
        assert_eq!(reader.areas(), [area], "{threshold}");
    }
    assert!(reader.slice().decisions.unwanted.is_empty());
}

#[test]
fn drawing_onto_the_rim_of_what_was_rejected_brings_its_core_back_too() {
    let mut reader = at_a_spot();
    reader.set(0.5);
    reader.slice_mut().reject(0);
    reader.set(0.3);
    assert_eq!(reader.areas(), [0; 0], "121 is less than twice 81");
    // A pixel of the outermost ring, which was no part of what was rejected.
    assert!(reader.draw(&outline((15.0, 16.0), (20.0, 21.0)), true));
    assert_eq!(reader.areas(), [121]);
    reader.set(0.8);
    assert_eq!(reader.areas(), [49, 1]);
    assert!(reader.undo());
    assert_eq!(reader.areas(), [0; 0]);
}

#[test]
fn it_stays_rejected_when_the_slice_is_segmented_again() {
    let volume = tissue(EDGE, 1, None);
    let mut before = analysed(&volume);
    before.reject(0);
    let mut again = analysed(&volume);
    again.keep_decisions(&before);
    assert_eq!(again.findings, before.findings);
    assert_eq!(again.rejected, before.rejected);
}

#[test]
fn what_is_taken_back_stays_under_settings_at_which_it_was_larger() {
    let volume = tissue(EDGE, 1, None);
    let mut analysis = refined(&volume, analysed(&volume), 0.3);
    analysis.reject(0);
    analysis.reject(0);
    analysis = refined(&volume, analysis, 0.8);
    assert_eq!((analysis.findings.len(), analysis.rejected.len()), (1, 2));
    assert!(analysis.take_back(0));
    analysis = refined(&volume, analysis, 0.3);
    assert_eq!((analysis.findings.len(), analysis.rejected.len()), (2, 1));
}

#[test]
fn what_would_grow_together_with_another_finding_is_not_taken_back() {
    let volume = tissue(EDGE, 1, None);
    let mut analysis = analysed(&volume);
    analysis.reject(2);
    let mut bridge = Mask::empty(EDGE, EDGE);
    for row in 20..25 {
        bridge.pixels[row * EDGE + 10] = 1;
    }
    analysis.refined = bridge;
    analysis.findings.truncate(1);
    let before = analysis.refined.clone();
    assert!(!analysis.take_back(0));
    assert!(analysis.refined == before);
    assert_eq!(analysis.rejected.len(), 1);
}
