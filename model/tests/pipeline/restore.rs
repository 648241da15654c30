//! A saved analysis comes back on its image as it was, and on no other.

mod example;

use model::pipeline::{self, RestoreError, Series};
use model::protocol::Summary;
use model::saved::content;
use model::settings::Postprocess;

use crate::phantom::{ANY_SIZE, alone, known, outline};
use example::{example, restored, saved, volume};

#[test]
fn masks_figures_and_lesions_are_as_they_were() {
    let volume = volume(4);
    let (before, summary) = example(&volume);
    let mut after = restored(&volume, &before, summary.clone());
    for (slice, was) in &before {
        let is = known(&after, *slice);
        assert_eq!(
            (&is.field, &is.raw, &is.refined),
            (&was.field, &was.raw, &was.refined)
        );
        assert_eq!((&is.findings, is.histogram), (&was.findings, was.histogram));
        assert!(is.is_restored() && !was.is_restored());
    }
    assert_eq!(pipeline::summarise(&volume, &mut after, None), summary);
}

#[test]
fn what_was_drawn_is_known_by_its_pixels_where_it_was_saved_with_a_confidence() {
    let volume = volume(4);
    let (mut before, _) = example(&volume);
    let slice = before.get_mut(&1).unwrap();
    // As earlier releases saved the small region, beside the network's raw mask.
    slice.was_corrected = true;
    slice.findings[1].confidence = 0.02;
    let summary = pipeline::summarise(&volume, &mut before, None);
    let after = restored(&volume, &before, summary);
    let drawn = |slice: usize| {
        known(&after, slice)
            .findings
            .iter()
            .map(model::finding::Finding::is_drawn)
    };
    assert!(drawn(1).eq([false, true]));
    assert!(
        drawn(0).eq([false, false]),
        "nothing was drawn on that slice"
    );
}

#[test]
fn other_settings_do_not_touch_a_restored_slice() {
    let volume = volume(4);
    let (before, summary) = example(&volume);
    let mut after = restored(&volume, &before, summary);
    let other = Postprocess {
        threshold: 0.99,
        ..Postprocess::default()
    };
    let alike = after.keys().copied().collect();
    let series = Series::new(&volume, &alike, &other);
    series.refine(&mut after);
    assert_eq!(known(&after, 1).refined, known(&before, 1).refined);
}

#[test]
fn another_scan_and_other_findings_are_refused() {
    let scan = volume(4);
    let (before, summary) = example(&scan);
    let bytes = saved(&scan, &before, summary.clone());
    let content = content::parse(&bytes).unwrap();
    let other = pipeline::restore(&volume(5), &content).unwrap_err();
    assert_eq!(other, RestoreError::OtherScan);

    let mut forged = summary;
    forged.findings[0].area_px += 1;
    let bytes = saved(&scan, &before, forged);
    let content = content::parse(&bytes).unwrap();
    let other = pipeline::restore(&scan, &content).unwrap_err();
    assert_eq!(other, RestoreError::OtherFindings);
}

#[test]
fn rejected_findings_come_back_rejected_and_can_be_taken_back() {
    let volume = volume(4);
    let (whole, _) = example(&volume);
    let mut before = whole.clone();
    assert!(before.get_mut(&1).unwrap().reject(0));
    let summary = pipeline::summarise(&volume, &mut before, None);
    let mut after = restored(&volume, &before, summary.clone());
    assert_eq!(pipeline::summarise(&volume, &mut after, None), summary);
    let slice = after.get_mut(&1).unwrap();
    assert_eq!(slice.rejected, known(&before, 1).rejected);
    assert!(slice.take_back(0));
    assert_eq!(slice.refined, known(&whole, 1).refined);
    assert_eq!(slice.findings, known(&whole, 1).findings);
}

#[test]
fn confirmed_lesions_come_back_confirmed_and_can_be_opened_again() {
    let volume = volume(4);
    let (mut before, _) = example(&volume);
    assert!(before.get_mut(&0).unwrap().confirm(0));
    assert!(before.get_mut(&1).unwrap().confirm(0));
    let summary = pipeline::summarise(&volume, &mut before, None);
    let confirmed = |summary: &Summary| {
        summary
            .lesions
            .iter()
            .filter(|it| it.is_confirmed())
            .count()
    };
    assert!(confirmed(&summary) > 0 && confirmed(&summary) < summary.lesions.len());
    let mut after = restored(&volume, &before, summary.clone());
    assert_eq!(pipeline::summarise(&volume, &mut after, None), summary);
    for slice in [0, 1] {
        assert!(after.get_mut(&slice).unwrap().reopen(0));
    }
    let opened = pipeline::summarise(&volume, &mut after, None);
    assert_eq!(confirmed(&opened), 0);
}

#[test]
fn what_was_confirmed_before_it_was_rejected_comes_back_confirmed_when_it_is_taken_back() {
    let volume = volume(4);
    let (mut before, _) = example(&volume);
    let slice = before.get_mut(&1).unwrap();
    assert!(slice.confirm(0) && slice.reject(0) && slice.reject(0));
    let summary = pipeline::summarise(&volume, &mut before, None);
    let mut after = restored(&volume, &before, summary);
    assert!(known(&after, 1).decisions.confirmed == known(&before, 1).decisions.confirmed);
    let slice = after.get_mut(&1).unwrap();
    assert!(slice.take_back(0) && slice.take_back(0));
    let summary = pipeline::summarise(&volume, &mut after, None);
    let of = |place: usize| {
        let number = known(&after, 1).findings[place].lesion;
        summary.lesions.iter().find(|it| it.number == number)
    };
    assert!(of(0).unwrap().is_confirmed() && !of(1).unwrap().is_confirmed());
}

#[test]
fn what_is_drawn_alone_comes_back_without_a_word_of_the_reader() {
    let volume = volume(4);
    let (mut before, _) = example(&volume);
    before.get_mut(&3).unwrap().findings[0].confidence = 0.0;
    let summary = pipeline::summarise(&volume, &mut before, None);
    assert!(
        summary
            .lesions
            .iter()
            .any(|it| it.is_drawn() && it.is_confirmed())
    );
    let mut after = restored(&volume, &before, summary.clone());
    assert!(after.values().all(|it| it.decisions.confirmed.is_empty()));
    assert_eq!(pipeline::summarise(&volume, &mut after, None), summary);
}

#[test]
fn a_rejected_finding_of_another_size_than_its_pixels_is_refused() {
    let volume = volume(4);
    let (mut analyses, _) = example(&volume);
    let slice = analyses.get_mut(&1).unwrap();
    assert!(slice.reject(0));
    slice.rejected[0].finding.area_px += 1;
    let summary = pipeline::summarise(&volume, &mut analyses, None);
    let bytes = saved(&volume, &analyses, summary);
    let content = content::parse(&bytes).unwrap();
    let refusal = pipeline::restore(&volume, &content).unwrap_err();
    assert_eq!(refusal, RestoreError::OtherFindings);
}

#[test]
fn a_rejected_finding_inside_the_final_mask_is_refused() {
    let volume = volume(4);
    let (mut analyses, summary) = example(&volume);
    let mut other = known(&analyses, 1).clone();
    other.reject(0);
    analyses.get_mut(&1).unwrap().rejected = other.rejected;
    let bytes = saved(&volume, &analyses, summary);
    let content = content::parse(&bytes).unwrap();
    let refusal = pipeline::restore(&volume, &content).unwrap_err();
    assert_eq!(refusal, RestoreError::OtherFindings);
}

#[test]
fn a_restored_slice_is_corrected_and_what_was_not_touched_keeps_its_figures() {
    let volume = volume(4);
    let (before, summary) = example(&volume);
    let mut after = restored(&volume, &before, summary);
    let series = alone(&volume, &ANY_SIZE);

    // The last two of six columns of the large region, and a new one.
    let cut = outline((0.0, 12.0), (9.0, 24.0));
    assert!(series.correct(1, &mut after, &cut, false));
    let new = outline((18.0, 20.0), (4.0, 7.0));
    assert!(series.correct(1, &mut after, &new, true));
    let [large, drawn, small] = &known(&after, 1).findings[..] else {
        panic!("{:?}", known(&after, 1).findings);
    };
    assert_eq!((large.area_px, drawn.area_px, small.area_px), (20, 6, 1));
    let was = &known(&before, 1).findings;
    assert_eq!(small, &was[1]);
    assert!((large.confidence - was[0].confidence).abs() < 1.0 / 255.0);
    assert_eq!(drawn.confidence.to_bits(), 0.0_f32.to_bits());
    assert!(known(&after, 1).is_corrected() && known(&after, 1).is_restored());
    assert!(!known(&after, 0).is_corrected());
    assert_eq!(
        known(&after, 1).raw,
        known(&before, 1).raw,
        "what the network said is kept"
    );

    assert!(series.undo(1, &mut after) && series.undo(1, &mut after));
    assert_eq!(
        (&known(&after, 1).findings, &known(&after, 1).refined),
        (was, &known(&before, 1).refined)
    );
    assert!(!known(&after, 1).is_corrected() && !series.undo(1, &mut after));
}

#[test]
fn what_was_drawn_before_it_was_saved_counts_at_any_size_and_what_a_cut_leaves_does_not() {
    let volume = volume(4);
    let (before, summary) = example(&volume);
    let mut after = restored(&volume, &before, summary);
    let (pixel_mm2, settings) = (0.7 * 0.8, Postprocess::default());
    assert!(known(&before, 1).findings[1].area_px as f32 * pixel_mm2 < settings.min_area_mm2);
    let series = alone(&volume, &settings);
    // All but two pixels of the large region.
    assert!(series.correct(1, &mut after, &outline((0.0, 8.0), (0.0, 24.0)), false));
    assert!(series.correct(1, &mut after, &outline((8.0, 9.0), (7.0, 24.0)), false));
    assert_eq!(known(&after, 1).findings, known(&before, 1).findings[1..]);

    series.refine(&mut after);
    assert_eq!(known(&after, 1).findings, known(&before, 1).findings[1..]);
}

#[test]
fn what_was_rejected_before_it_was_saved_stays_so_when_it_is_corrected() {
    let volume = volume(4);
    let (whole, _) = example(&volume);
    let mut before = whole.clone();
    before.get_mut(&1).unwrap().reject(0);
    let summary = pipeline::summarise(&volume, &mut before, None);
    let mut after = restored(&volume, &before, summary);
    let series = alone(&volume, &ANY_SIZE);

    let new = outline((18.0, 20.0), (4.0, 7.0));
    assert!(series.correct(1, &mut after, &new, true));
    assert_eq!(known(&after, 1).rejected, known(&before, 1).rejected);
    assert_eq!(known(&after, 1).findings.len(), 2);

    // Drawn over, it is no longer rejected.
    let over = outline((4.0, 6.0), (5.0, 12.0));
    assert!(series.correct(1, &mut after, &over, true));
    assert!(known(&after, 1).rejected.is_empty());
    assert_eq!(known(&after, 1).findings[0].area_px, 30 + 2);
}
