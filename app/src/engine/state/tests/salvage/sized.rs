//! How large pixels are by the reader's word, when the worker is lost that was told so.

use super::*;

/// The worker measures by what the reader says of the size of pixels.
fn calibrate(desk: &mut Desk) {
    let pixel_mm = Some(0.7);
    let run = desk.calibrate(pixel_mm);
    desk.sent(&Request::Calibrate { run, pixel_mm });
    for slice in slices(desk) {
        let is_corrected = desk.open.results[&slice].is_corrected;
        desk.apply(Event::Segmented(SliceResult {
            is_corrected,
            ..result(run, slice)
        }));
    }
    finish(desk, run);
}

#[test]
fn nothing_is_asked_of_the_next_worker_before_it_knows_how_large_pixels_are() {
    let mut desk = ready();
    calibrate(&mut desk);
    desk.notice = None;
    lose(&mut desk);
    assert_eq!(desk.calibrated_mm(), Some(0.7));
    reopen(&mut desk);
    assert!(desk.is_shown() && !desk.is_open());
    assert_eq!(desk.begin_to_put_back(), []);
    let run = desk.put_back(Vec::new());
    let summary = Summary::default();
    assert_eq!(desk.apply(Event::Finished { run, summary }), Next::IsBack);
    assert!(desk.is_open() && !desk.is_busy() && desk.open.summary.is_none());
    assert_eq!(desk.calibrated_mm(), Some(0.7));
    assert!(!words(&desk).contains("What was found"));
}

#[test]
fn what_was_found_at_another_size_is_still_known_as_that_in_the_next_worker() {
    let mut desk = segmented(&[0.4]);
    calibrate(&mut desk);
    // This one is seen at its size.
    let run = segmenting(&mut desk, vec![1], settings(0.4));
    desk.apply(Event::Segmented(SliceResult {
        is_corrected: true,
        ..result(run, 1)
    }));
    finish(&mut desk, run);
    lose(&mut desk);
    desk.apply(Event::EngineReady(engine()));
    reopen(&mut desk);
    put_back(&mut desk, &[0, 1]);
    assert_eq!(slices(&desk), [0, 1]);
    assert_eq!(desk.rest(&settings(0.4)), [0, 2, 3, 4]);
}

#[test]
fn a_size_that_the_lost_worker_was_to_measure_by_is_said_to_be_missing() {
    let mut desk = ready();
    let pixel_mm = Some(0.7);
    let run = desk.calibrate(pixel_mm);
    desk.sent(&Request::Calibrate { run, pixel_mm });
    lose(&mut desk);
    assert!(words(&desk).contains("Your last change was not made."));
    assert_eq!(desk.calibrated_mm(), None);
}
