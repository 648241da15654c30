//! What the room knows, as a document.

use model::calliper::{Calliper, Crossing};
use model::finding::{Finding, Lesion, Segment, Verdict};
use model::protocol::{Event, Request, SliceResult, VolumeInfo};
use model::volume::{Intensity, PixelSpacing};

use super::*;
use crate::engine::state::tests::fixture::{self, settings};
use crate::engine::state::{Digest, Source, Task};
use crate::viewer::overlay::label::{FINAL, LUNG, RAW, REFERENCE};

/// Of the account that is signed in.
const KEY: &str = "0f0f";

fn engine() -> EngineInfo {
    EngineInfo {
        adapter: "ä".repeat(400),
        ..fixture::engine()
    }
}

fn finding() -> Finding {
    let line = Segment {
        from: (0.0, 1.0),
        to: (1.0, 1.0),
    };
    Finding {
        slice: 1,
        lesion: 1,
        area_px: 2,
        area_mm2: Some(2.0),
        longest: line,
        longest_mm: Some(2.0),
        longest_px: 2.0,
        perpendicular: line,
        perpendicular_mm: Some(1.0),
        perpendicular_px: 1.0,
        mean_value: -30.0,
        confidence: 0.8,
        centre: (0.5, 1.0),
    }
}

/// A desk with a scan of three slices of 2 × 3 pixels, a digest and an engine.
fn desk() -> Desk {
    let mut desk = Desk::default();
    desk.worker_starting();
    desk.apply(Event::Loaded);
    desk.apply(Event::EngineReady(engine()));
    let source = Source {
        title: "DOE^JOHN.dcm".to_owned(),
        ..Source::default()
    };
    desk.opening(source, false);
    desk.sent(&Request::Open {
        names: vec!["DOE^JOHN.dcm".to_owned()],
        series: None,
    });
    desk.apply(Event::Opened(VolumeInfo {
        spacing: Some(PixelSpacing::square(1.0)),
        slice_spacing_mm: Some(2.0),
        gaps: vec![1],
        identity: "Patient: DOE, JOHN".to_owned(),
        series: vec!["1 · DOE^JOHN".to_owned()],
        series_number: Some(12),
        format: "DICOM of DOE^JOHN".to_owned(),
        notes: vec!["Study of DOE^JOHN".to_owned()],
        ..fixture::scan(3)
    }));
    let key = KEY.to_owned();
    desk.sent(&Request::Digest { key: key.clone() });
    desk.apply(Event::Digest {
        key,
        digest: "a1".repeat(32),
    });
    desk
}

/// Segments a slice with a threshold.
fn segment(desk: &mut Desk, slice: usize, threshold: f32) {
    let run = desk.start_run(1, Task::Segment);
    desk.sent(&Request::Segment {
        run,
        slices: vec![slice],
        settings: settings(threshold),
    });
    let findings = if slice == 1 { vec![finding()] } else { vec![] };
    desk.apply(Event::Segmented(SliceResult {
        findings,
        ..fixture::result(run, slice)
    }));
    desk.apply(Event::Finished {
        run,
        summary: Summary {
            lesions: vec![Lesion {
                number: 1,
                slices: (1, 1),
                key_slice: 1,
                volume_ml: None,
                longest_mm: Some(2.0),
                confidence: 0.8,
                side: None,
                judgement: Verdict::Confirmed,
            }],
            findings: vec![finding()],
            confidence: Some(0.8),
            slices_done: desk.open.results.len(),
            agreement: None,
        },
    });
}

fn pixels() -> Pixels {
    let mut pixels = Pixels::default();
    pixels.put_values(1, vec![12_345; 6], 1);
    let both = LUNG | RAW | FINAL;
    pixels.put_labels(1, vec![0, both, LUNG | REFERENCE, 0, both, LUNG]);
    pixels.put_labels(2, vec![0, LUNG, LUNG, 0, 0, 0]);
    pixels
}

fn caption() -> Caption {
    Caption {
        label: "  Patient 12 ".to_owned(),
        day: "2026-11-24".to_owned(),
    }
}

#[test]
fn everything_that_was_found_is_saved() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    segment(&mut desk, 2, 0.4);
    let measured = Calliper {
        slice: 0,
        from: (0.5, 1.25),
        to: (1.0, 2.0),
        enclosed: None,
        crossing: None,
    };
    let begun = Calliper {
        to: measured.from,
        ..measured
    };
    let half_crossed = Calliper {
        crossing: Some(Crossing {
            along: 0.0,
            first: 1.0,
            second: 1.0,
        }),
        ..measured
    };
    let lines = [half_crossed, begun];
    let bytes = content(&desk, &pixels(), &lines, &caption(), KEY).unwrap();
    let back = content::parse(&bytes).unwrap();
    let saved = &back.saved;
    assert_eq!(saved.lines, [measured], "one end is no line, and no axis");
    assert_eq!((saved.label.as_str(), saved.scan_slices), ("Patient 12", 3));
    assert_eq!(saved.summary.findings, [finding()]);
    assert_eq!(saved.settings, settings(0.4));
    assert_eq!(saved.digest, "a1".repeat(32));
    assert_eq!((saved.series_number, &saved.gaps[..]), (Some(12), &[1][..]));
    assert!(saved.engine.adapter.len() <= limit::TEXT_BYTES);
    assert!(!saved.is_head_unknown);
    let place = saved.lesions[0].place.unwrap();
    assert_eq!((place.left, place.up), (0.0, None), "slice 0 is not known");
    let map = runs::decode(back.masks[0], 6).unwrap();
    let both = LUNG | RAW | FINAL;
    assert_eq!(map, [0, both, LUNG, 0, both, LUNG], "without the reference");
}

#[test]
fn heights_are_saved_only_where_it_is_known_which_end_is_the_heads_and_no_slice_is_missing() {
    let thin = vec![0, 1, 2];
    for (is_known, gaps) in [
        (true, vec![]),
        (false, vec![]),
        (true, vec![1]),
        (true, thin),
    ] {
        let mut desk = desk();
        if let Some(scan) = &mut desk.open.scan {
            scan.is_oriented = is_known;
            scan.gaps.clone_from(&gaps);
        }
        let mut pixels = pixels();
        pixels.put_labels(0, vec![LUNG; 6]);
        for slice in 0..3 {
            segment(&mut desk, slice, 0.4);
        }
        let bytes = content(&desk, &pixels, &[], &caption(), KEY).unwrap();
        let saved = content::parse(&bytes).unwrap().saved;
        assert_eq!(saved.is_head_unknown, !is_known);
        let has_height = saved.lesions[0].place.unwrap().up.is_some();
        assert_eq!(has_height, is_known && gaps.len() != 1);
    }
}

#[test]
fn sides_are_told_again_of_a_saved_slice_only_where_its_file_told_them() {
    for (is_oriented, intensity, is_told) in [
        (true, Intensity::Hounsfield, true),
        (false, Intensity::Hounsfield, false),
        // As a document of an earlier release has a picture: it says nothing.
        (true, Intensity::Grey { max: 255 }, false),
    ] {
        let mut desk = desk();
        if let Some(scan) = &mut desk.open.scan {
            (scan.slices, scan.is_oriented, scan.intensity) = (2, is_oriented, intensity);
        }
        segment(&mut desk, 1, 0.4);
        let bytes = content(&desk, &pixels(), &[], &caption(), KEY).unwrap();
        let restored = Desk::of_saved(&content::parse(&bytes).unwrap().saved);
        assert_eq!(restored.open.scan.unwrap().is_oriented, is_told);
    }
}

#[test]
fn nothing_of_the_image_or_its_file_is_saved() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    let bytes = content(&desk, &pixels(), &[], &caption(), KEY).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("DOE") && !text.contains(".dcm"));
    let values = 12_345_i16.to_le_bytes();
    assert!(!bytes.windows(4).any(|w| w == [values, values].concat()));
}

#[test]
fn slices_of_different_settings_are_not_saved_as_one() {
    let mut desk = desk();
    assert!(obstacle(&desk, KEY).is_some(), "nothing is segmented");
    segment(&mut desk, 1, 0.4);
    assert_eq!((obstacle(&desk, KEY), discord(&desk)), (None, None));
    segment(&mut desk, 2, 0.6);
    assert!(discord(&desk).is_some_and(|words| words.contains("different settings")));
    assert_eq!(obstacle(&desk, KEY), None, "what was typed stays meanwhile");
    let words = content(&desk, &pixels(), &[], &caption(), KEY).unwrap_err();
    assert!(words.contains("different settings"), "{words}");
    segment(&mut desk, 1, 0.6);
    assert_eq!(discord(&desk), None);
    assert!(content(&desk, &pixels(), &[], &caption(), KEY).is_ok());
}

#[test]
fn while_the_slices_are_refined_one_by_one_what_was_typed_stays() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    segment(&mut desk, 2, 0.4);
    let run = desk.start_run(2, Task::Refine);
    let postprocess = settings(0.6).postprocess;
    desk.sent(&Request::Refine { run, postprocess });
    for slice in [1, 2] {
        assert_eq!((obstacle(&desk, KEY), discord(&desk)), (None, None));
        let words = content(&desk, &pixels(), &[], &caption(), KEY).unwrap_err();
        assert!(words.starts_with("Wait until"), "{words}");
        desk.apply(Event::Segmented(fixture::result(run, slice)));
    }
    let summary = Summary::default();
    desk.apply(Event::Finished { run, summary });
    assert_eq!((obstacle(&desk, KEY), discord(&desk)), (None, None));
}

#[test]
fn a_running_job_and_a_missing_digest_are_waited_for() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    desk.open.digest = None;
    assert!(content(&desk, &pixels(), &[], &caption(), KEY).is_err());
    let mut desk = self::desk();
    segment(&mut desk, 1, 0.4);
    desk.start_run(1, Task::Refine);
    assert_eq!(obstacle(&desk, KEY), None, "what was typed stays meanwhile");
    let words = content(&desk, &pixels(), &[], &caption(), KEY).unwrap_err();
    assert!(words.starts_with("Wait until"), "{words}");
}

#[test]
fn an_account_is_given_no_digest_of_another() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    desk.open.digest = Some(Digest {
        key: "0a0a".to_owned(),
        digest: "a1".repeat(32),
    });
    let words = content(&desk, &pixels(), &[], &caption(), KEY).unwrap_err();
    assert!(words.contains("still being prepared"), "{words}");
}

#[test]
fn results_of_one_account_are_not_saved_in_another() {
    let mut desk = desk();
    desk.signed_in(Some("0a0a".to_owned()));
    segment(&mut desk, 1, 0.4);
    desk.signed_in(Some(KEY.to_owned()));
    // Nor if they are changed there.
    segment(&mut desk, 2, 0.4);
    assert!(obstacle(&desk, KEY).is_some_and(|words| words.contains("another account")));
    assert!(content(&desk, &pixels(), &[], &caption(), KEY).is_err());
    assert_eq!(obstacle(&desk, "0a0a"), None);
}

#[test]
fn what_is_segmented_by_nobody_is_saved_by_whoever_signs_in() {
    let mut desk = desk();
    desk.signed_in(None);
    segment(&mut desk, 1, 0.4);
    for key in [KEY, "0a0a"] {
        desk.signed_in(Some(key.to_owned()));
        assert_eq!(obstacle(&desk, key), None);
    }
    desk.saved(desk.last_run(), Caption::default());
    assert!(obstacle(&desk, KEY).is_some(), "it is in an account now");
}

#[test]
fn what_was_segmented_before_the_server_said_who_is_signed_in_is_theirs() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    desk.signed_in(Some("0a0a".to_owned()));
    assert_eq!(obstacle(&desk, "0a0a"), None);
    assert!(obstacle(&desk, KEY).is_some());
}

#[test]
fn the_day_of_the_examination_is_the_files_until_another_is_saved() {
    let mut desk = desk();
    assert_eq!(Caption::of(&desk), Caption::default());
    if let Some(scan) = &mut desk.open.scan {
        scan.identity = "Patient: DOE, JOHN\nExamined: 2026-01-02\n".to_owned();
    }
    assert_eq!(Caption::of(&desk).day, "2026-01-02");
    desk.saved(desk.last_run(), caption());
    assert_eq!(Caption::of(&desk), caption());
}

#[test]
fn label_and_day_are_checked() {
    let field = |label: &str, day: &str| {
        let caption = Caption {
            label: label.to_owned(),
            day: day.to_owned(),
        };
        match caption.checked() {
            Err(ApiError::Invalid { field, .. }) => Some(field),
            _ => None,
        }
    };
    assert_eq!(field(" ", "2026-11-24").as_deref(), Some("label"));
    assert_eq!(field("P", "2026-11-31").as_deref(), Some("day"));
    assert_eq!(field("P", "2026-11-24"), None);
}

#[test]
fn what_goes_back_into_a_worker_has_the_masks_and_findings_of_the_page_and_is_nobodys() {
    let mut desk = desk();
    segment(&mut desk, 1, 0.4);
    segment(&mut desk, 2, 0.4);
    let saved = content(&desk, &pixels(), &[], &caption(), KEY).expect("it can be saved");
    let saved = content::parse(&saved).expect("it is one");
    // What has other settings is in another document.
    segment(&mut desk, 0, 0.6);
    // Nobody is signed in, and the worker is lost in the middle of a run.
    desk.open.digest = None;
    desk.start_run(1, Task::Segment);
    desk.lost("out of memory");
    desk.worker_starting();
    let kinds = desk.begin_to_put_back();
    let mut kinds = kinds.iter().filter(|it| it.settings == settings(0.4));
    let made_with = kinds.next().expect("some have these settings");
    let back = to_put_back(&desk, &pixels(), made_with).expect("they are alike");
    let back = content::parse(&back).expect("the worker can read it");
    assert_eq!(back.masks, saved.masks);
    assert_eq!(back.saved.slices, saved.saved.slices);
    assert_eq!(back.saved.summary.findings, saved.saved.summary.findings);
    assert_eq!(back.saved.summary.lesions, saved.saved.summary.lesions);
    assert!(back.saved.summary.lesions[0].is_confirmed());
    assert_eq!(back.saved.label, "");
    assert_ne!(back.saved.digest, saved.saved.digest);
}
