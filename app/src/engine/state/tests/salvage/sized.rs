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
