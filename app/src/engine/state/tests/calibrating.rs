//! The reader says how large the pixels of a picture are.

use super::fixture::{finish, made_with, ready, result, run_failed, segmenting, settings};
use super::*;
use model::volume::PixelSpacing;

/// A run over the first slice ends.
fn come(desk: &mut Desk, run: u32) {
    desk.apply(Event::Segmented(result(run, 0)));
    finish(desk, run);
}

/// The reader says how large pixels are, on its way to the worker; the run that measures by it.
fn say(desk: &mut Desk, pixel_mm: Option<f32>) -> u32 {
    let run = desk.calibrate(pixel_mm);
    desk.sent(&Request::Calibrate { run, pixel_mm });
    run
}

#[test]
fn what_was_found_before_pixels_had_a_size_is_saved_anew_and_can_be_segmented_again() {
    let mut desk = ready();
    let run = segmenting(&mut desk, vec![0], settings(0.4));
    come(&mut desk, run);
    desk.saved(desk.last_run(), Caption::default());
    desk.saved_under("a".to_owned());
    assert!(desk.has_seen(0, &settings(0.4)) && desk.saved_whole(&[]).is_some());

    let pixel_mm = Some(0.7);
    let run = say(&mut desk, pixel_mm);
    come(&mut desk, run);
    assert_eq!(desk.calibrated_mm(), pixel_mm);
    assert_eq!(desk.saved_whole(&[]), None);
    assert!(!desk.has_seen(0, &settings(0.4)), "not at its size");
    assert_eq!(desk.made_with().map(|it| it.settings), Some(settings(0.4)));
    assert!(!desk.has_restored(), "its probabilities are there");

    let run = segmenting(&mut desk, vec![0], settings(0.4));
    come(&mut desk, run);
    assert!(desk.has_seen(0, &settings(0.4)));
}

#[test]
fn a_slice_that_came_back_and_was_drawn_on_is_segmented_with_the_series_at_another_size() {
    let come = |desk: &mut Desk, run| {
        desk.apply(Event::Segmented(SliceResult {
            is_corrected: true,
            ..result(run, 0)
        }));
        finish(desk, run);
    };
    let mut desk = ready();
    let settings = made_with().settings;
    let run = desk.start_restoring(made_with(), Caption::default(), 1);
    come(&mut desk, run);
    assert_eq!(desk.rest(&settings), [1, 2, 3, 4], "nothing else is found");

    let pixel_mm = Some(0.7);
    let run = say(&mut desk, pixel_mm);
    come(&mut desk, run);
    assert!(desk.has_restored());
    assert_eq!(desk.rest(&settings), [0, 1, 2, 3, 4]);
}

#[test]
fn sizes_are_by_the_readers_word_once_the_worker_has_measured_by_it() {
    let mut desk = ready();
    let run = segmenting(&mut desk, vec![0], settings(0.4));
    come(&mut desk, run);
    desk.saved(desk.last_run(), Caption::default());

    let run = say(&mut desk, Some(0.7));
    assert_eq!(desk.calibrated_mm(), None, "not yet");
    desk.apply(run_failed(
        run,
        "A part of the program could not be fetched.",
    ));
    assert_eq!(desk.calibrated_mm(), None);
    assert!(desk.has_seen(0, &settings(0.4)) && !desk.has_unsaved(&[]));
    assert!(desk.notice.as_ref().is_some_and(|it| it.is_error));

    // The next run is another matter, and the reader can say it again.
    let run = segmenting(&mut desk, vec![0], settings(0.4));
    come(&mut desk, run);
    assert_eq!(desk.calibrated_mm(), None);
    let run = say(&mut desk, Some(0.7));
    come(&mut desk, run);
    assert_eq!(desk.calibrated_mm(), Some(0.7));
    let text = desk.notice.map(|it| it.text).unwrap_or_default();
    assert!(text.contains("segment again"), "{text}");
}

#[test]
fn a_size_that_is_said_before_anything_is_found_makes_the_scan_nobodys() {
    let mut desk = ready();
    desk.signed_in(Some("a".to_owned()));
    let run = say(&mut desk, Some(0.7));
    finish(&mut desk, run);
    assert!(desk.may_go_to("b"));
    let run = segmenting(&mut desk, vec![0], settings(0.4));
    come(&mut desk, run);
    assert!(desk.may_go_to("a") && !desk.may_go_to("b"));
}

#[test]
fn a_size_that_the_file_knows_is_not_the_readers_to_say() {
    let said = |desk: &mut Desk, pixel_mm| {
        let run = say(desk, pixel_mm);
        finish(desk, run);
        assert!(desk.open.summary.is_none(), "nothing is segmented");
        desk.calibrated_mm()
    };
    let mut desk = ready();
    assert_eq!(desk.calibrated_mm(), None);
    assert_eq!(said(&mut desk, Some(0.7)), Some(0.7));
    assert_eq!(said(&mut desk, None), None, "taken back");
    if let Some(scan) = &mut desk.open.scan {
        scan.spacing = Some(PixelSpacing::square(0.5));
        assert!(!scan.can_be_calibrated());
    }
    assert_eq!(said(&mut desk, Some(0.7)), None);
    let spacing = |d: &Desk| d.open.scan.as_ref().and_then(|it| it.spacing);
    assert_eq!(spacing(&desk), Some(PixelSpacing::square(0.5)));
}
