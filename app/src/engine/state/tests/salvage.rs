//! What the page has of a scan whose worker is lost, and how it comes into the next one.

mod left;
mod sized;

use super::fixture::{
    digest, engine, finding, finish, not_opened, open, ready, result, run_failed, scan, segmenting,
    settings,
};
use super::*;
use crate::saving::document;
use crate::viewer::pixels::Pixels;
use model::calliper::Calliper;
use model::protocol::{SliceResult, Summary};

/// A desk on which slices are segmented, each with the settings of this threshold; the first one is
/// corrected.
fn segmented(thresholds: &[f32]) -> Desk {
    let mut desk = ready();
    for (slice, &threshold) in thresholds.iter().enumerate() {
        let run = segmenting(&mut desk, vec![slice], settings(threshold));
        let mut result = result(run, slice);
        result.is_corrected = slice == 0;
        result.can_undo = slice == 0;
        desk.apply(Event::Segmented(result));
        finish(&mut desk, run);
    }
    desk
}

/// What the reader draws on the first one.
fn drawn(run: u32) -> Request {
    Request::Correct {
        run,
        slice: 0,
        outline: vec![(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)],
        is_tumour: true,
    }
}

/// Its worker is lost, and another one has loaded.
fn lose(desk: &mut Desk) {
    assert_eq!(desk.lost("out of memory"), Next::Restart);
    desk.worker_starting();
    desk.apply(Event::Loaded);
}

/// The scan is open in the worker once more.
fn reopen(desk: &mut Desk) {
    assert!(desk.begin_to_bring_back().is_some());
    assert!(desk.is_opening(), "its files are being read");
    assert!(desk.bringing_back(7));
    assert_eq!(desk.apply(Event::Opened(scan(5))), Next::PutBack);
}

/// Its results are on their way to the worker; the run that brings them back.
fn begin_to_put_back(desk: &mut Desk) -> u32 {
    let kinds = desk.begin_to_put_back();
    assert!(!kinds.is_empty(), "it is known with what they were made");
    desk.put_back(kinds)
}

/// They are put back in the worker, which says that it has these slices.
fn put_back(desk: &mut Desk, slices: &[usize]) -> Next {
    let run = begin_to_put_back(desk);
    for &slice in slices {
        let is_corrected = desk.open.results[&slice].is_corrected;
        let result = SliceResult {
            is_corrected,
            ..result(run, slice)
        };
        desk.apply(Event::Segmented(result));
    }
    desk.apply(Event::Finished {
        run,
        summary: Summary::default(),
    })
}

/// Whether it can be saved by whoever is signed in with the key of [`digest`].
fn is_saved_now(desk: &Desk) -> bool {
    let caption = Caption {
        label: "Patient 12".to_owned(),
        day: "2026-11-24".to_owned(),
    };
    let mut pixels = Pixels::default();
    for &slice in desk.open.results.keys() {
        pixels.put_labels(slice, vec![0; 6]);
    }
    document::content(desk, &pixels, &[], &caption, "k").is_ok()
}

fn slices(desk: &Desk) -> Vec<usize> {
    desk.open.results.keys().copied().collect()
}

fn words(desk: &Desk) -> &str {
    desk.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn results_stay_when_the_worker_is_lost_and_come_into_the_next_one() {
    let mut desk = segmented(&[0.4, 0.4]);
    lose(&mut desk);
    assert!(desk.is_shown() && desk.is_adrift() && desk.open.results.len() == 2);
    assert!(!desk.is_open() && !desk.can_segment(), "no worker has it");
    assert!(
        desk.has_unsaved(&[]),
        "nobody may leave without being asked"
    );
    assert!(desk.open.results.values().all(|result| !result.can_undo));

    reopen(&mut desk);
    assert_eq!(desk.open.source.choice, 7, "those files are at hand");
    assert!(desk.is_shown() && !desk.is_open(), "no worker has them");
    assert_eq!(put_back(&mut desk, &[0, 1]), Next::IsBack);
    assert!(desk.is_open() && !desk.is_busy() && desk.has_restored());
    assert_eq!(desk.made_with().map(|it| it.settings), Some(settings(0.4)));
    let text = words(&desk);
    assert!(text.contains("out of memory") && text.contains("is back, with your corrections"));
}

#[test]
fn a_series_that_goes_on_loses_no_correction_that_came_back() {
    let mut desk = segmented(&[0.4, 0.4]);
    lose(&mut desk);
    desk.apply(Event::EngineReady(engine()));
    reopen(&mut desk);
    put_back(&mut desk, &[0, 1]);
    assert!(words(&desk).contains("which loses corrections"));
    assert_eq!(desk.rest(&settings(0.4)), [1, 2, 3, 4]);
    assert_eq!(
        desk.rest(&settings(0.6)),
        [0, 1, 2, 3, 4],
        "it is not of these settings"
    );
}

#[test]
fn a_change_that_the_worker_was_to_make_is_said_to_be_missing() {
    let change = |request: fn(u32) -> Request| {
        let mut desk = segmented(&[0.4]);
        let run = desk.start_run(1, Task::Judge);
        desk.sent(&request(run));
        lose(&mut desk);
        words(&desk).to_owned()
    };
    let words_of_drawn = change(drawn);
    assert!(
        words_of_drawn.contains("On slice 1, “Redo” draws your line again."),
        "{words_of_drawn}"
    );
    let rejected = change(|run| Request::Judge {
        judgement: model::protocol::Judgement::Reject,
        run,
        findings: vec![(0, 0)],
    });
    assert!(
        rejected.contains("Your last change was not made."),
        "{rejected}"
    );
}

#[test]
fn a_scan_without_results_is_opened_again_and_no_more() {
    let mut desk = ready();
    desk.start_run(3, Task::Segment);
    lose(&mut desk);
    reopen(&mut desk);
    assert_eq!(desk.begin_to_put_back(), []);
    assert!(desk.is_open() && desk.run.is_none() && !words(&desk).contains("is back"));
}

#[test]
fn results_that_are_not_alike_come_back_as_what_they_were() {
    let mut desk = segmented(&[0.4, 0.6, 0.6]);
    lose(&mut desk);
    reopen(&mut desk);
    let kinds = desk.begin_to_put_back();
    let settings_of = |it: &MadeWith| it.settings;
    let known: Vec<_> = kinds.iter().map(settings_of).collect();
    assert_eq!(known, [0.4, 0.6].map(settings));
    let alike = |it: &MadeWith| desk.alike(it).into_keys().collect::<Vec<_>>();
    let slices_of: Vec<_> = kinds.iter().map(alike).collect();
    assert_eq!(slices_of, [vec![0], vec![1, 2]]);
    assert!(!words(&desk).contains("is back"));

    assert_eq!(put_back(&mut desk, &[0, 1, 2]), Next::IsBack);
    assert_eq!(slices(&desk), [0, 1, 2]);
    let back: Vec<_> = desk.begin_to_put_back().iter().map(settings_of).collect();
    assert_eq!(back, known);
    assert_eq!(desk.made_with(), None, "they are not to be saved as one");
    assert!(desk.has_restored());
    let text = words(&desk);
    assert!(text.contains("is back, with your corrections.") && !text.contains("let go"));
}

#[test]
fn a_worker_that_is_lost_once_more_takes_none_of_several_kinds() {
    let mut desk = segmented(&[0.4, 0.6]);
    lose(&mut desk);
    reopen(&mut desk);
    put_back(&mut desk, &[0, 1]);
    desk.has_worked();
    lose(&mut desk);
    reopen(&mut desk);
    put_back(&mut desk, &[0, 1]);
    assert_eq!(slices(&desk), [0, 1]);
    assert_eq!(desk.begin_to_put_back().len(), 2);
}

#[test]
fn what_does_not_come_back_is_let_go_and_no_correction_of_it_is_said_to_be_there() {
    let mut desk = segmented(&[0.4, 0.6]);
    if let Some(other) = desk.open.results.get_mut(&1) {
        other.is_corrected = true;
    }
    lose(&mut desk);
    reopen(&mut desk);
    put_back(&mut desk, &[0]);
    assert_eq!(slices(&desk), [0]);
    let text = words(&desk);
    assert!(text.contains("is back. ") && text.contains("let go, with your corrections there."));
    assert!(text.contains("1 slice whose settings are not known"));
}

#[test]
fn results_that_cannot_be_put_back_take_no_others_with_them() {
    let mut desk = segmented(&[0.4, 0.6, 0.6]);
    lose(&mut desk);
    reopen(&mut desk);
    let run = begin_to_put_back(&mut desk);
    desk.apply(run_failed(run, "The masks cannot be put on this scan."));
    assert_eq!(slices(&desk), [0, 1, 2]);
    assert!(desk.is_adrift() && !words(&desk).contains("is back"));
}

#[test]
fn nothing_is_asked_of_a_worker_that_has_the_scan_and_not_its_results() {
    // Another scan was chosen when it was open again, and did not come.
    let mut desk = segmented(&[0.4]);
    lose(&mut desk);
    desk.begin_to_bring_back();
    desk.bringing_back(7);
    open(&mut desk);
    assert_eq!(desk.apply(Event::Opened(scan(5))), Next::Nothing);
    assert_eq!(desk.apply(not_opened("Not a scan.")), Next::BringBack);
    assert!(desk.is_shown() && !desk.is_open() && !desk.can_segment());
    assert!(desk.why_adrift().is_some());
    reopen(&mut desk);
    assert!(!desk.is_open() && !desk.can_segment());
    put_back(&mut desk, &[0]);
    assert!(desk.is_open() && slices(&desk) == [0]);
}

#[test]
fn figures_of_a_worker_without_the_results_take_no_findings_away() {
    let mut desk = segmented(&[0.4]);
    let found = vec![finding(0, 1)];
    desk.open
        .results
        .entry(0)
        .and_modify(|it| it.findings.clone_from(&found));
    lose(&mut desk);
    reopen(&mut desk);
    let run = begin_to_put_back(&mut desk);
    open(&mut desk);
    let summary = Summary::default();
    desk.apply(Event::Cancelled { run, summary });
    assert_eq!(desk.open.results[&0].findings, found);
    assert_eq!(desk.apply(not_opened("Not a scan.")), Next::BringBack);
}

#[test]
fn a_scan_is_brought_back_when_nothing_comes_of_another() {
    // Chosen before the worker had loaded.
    let mut desk = segmented(&[0.4]);
    desk.begin_to_read();
    lose(&mut desk);
    assert_eq!(desk.begin_to_bring_back(), None, "another is being read");
    assert_eq!(desk.stop_opening(), GivenUp::Already);
    assert!(!words(&desk).contains("cannot be changed"));
    assert!(desk.begin_to_bring_back().is_some());

    // Chosen while the files were read again, which are not wanted then.
    desk.begin_to_read();
    assert!(!desk.bringing_back(7) && desk.is_reading);
    desk.is_reading = false;
    assert!(desk.begin_to_bring_back().is_some());
}

#[test]
fn a_scan_that_is_given_up_for_another_is_so_without_a_word() {
    let mut desk = segmented(&[0.4]);
    lose(&mut desk);
    desk.begin_to_bring_back();
    desk.bringing_back(7);
    desk.begin_to_read();
    desk.apply(not_opened("It was given up."));
    assert!(desk.is_reading && desk.notice.is_none());
    open(&mut desk);
    desk.apply(Event::Opened(scan(3)));
    assert!(desk.is_open() && desk.notice.is_none());
}

#[test]
fn a_worker_that_is_lost_while_the_page_reads_a_scan_again_is_not_lost_over_it() {
    let mut desk = segmented(&[0.4]);
    lose(&mut desk);
    desk.begin_to_bring_back();
    assert_eq!(desk.lost("out of memory"), Next::RestartOnCpu);
    assert!(words(&desk).contains("the scan is opened in it once more"));
    assert!(!desk.bringing_back(7), "this worker is gone");
    desk.worker_starting();
    desk.apply(Event::Loaded);
    reopen(&mut desk);
}

#[test]
fn what_was_saved_is_saved_when_it_is_back() {
    let mut desk = segmented(&[0.4]);
    desk.saved(desk.last_run(), Caption::default());
    desk.saved_under("a".to_owned());
    lose(&mut desk);
    reopen(&mut desk);
    let run = begin_to_put_back(&mut desk);
    desk.apply(Event::Segmented(result(run, 0)));
    finish(&mut desk, run);
    assert_eq!(desk.saved_whole(&[]), Some("a"));
    let line = Calliper {
        slice: 0,
        from: (0.0, 0.0),
        to: (1.0, 1.0),
        enclosed: None,
        crossing: None,
    };
    assert!(desk.has_unsaved(&[line]));
}

#[test]
fn a_line_that_the_worker_was_lost_over_can_be_drawn_again() {
    let mut desk = segmented(&[0.4]);
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&drawn(run));
    lose(&mut desk);
    assert!(matches!(desk.to_redo(), Some(Step::Drawn(0, drawn)) if drawn.is_tumour));
}

#[test]
fn a_scan_that_is_read_when_the_worker_is_lost_takes_the_place_of_the_one_before() {
    let mut desk = segmented(&[0.4]);
    desk.begin_to_read();
    lose(&mut desk);
    assert_eq!(desk.begin_to_bring_back(), None);
    open(&mut desk);
    desk.apply(Event::Opened(scan(3)));
    assert!(desk.is_open() && !desk.has_result());
}

#[test]
fn results_are_put_on_no_other_scan_that_was_chosen_meanwhile() {
    let mut desk = segmented(&[0.4]);
    lose(&mut desk);
    desk.begin_to_bring_back();
    desk.bringing_back(7);
    open(&mut desk);
    assert_eq!(desk.apply(Event::Opened(scan(5))), Next::Nothing);
    assert!(!desk.is_open(), "another is on its way");
    desk.apply(Event::EngineReady(engine()));
    desk.apply(Event::Opened(scan(3)));
    assert!(desk.is_open() && !desk.has_result());
}
