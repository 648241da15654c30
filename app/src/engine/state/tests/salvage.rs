//! What the page has of a scan whose worker is lost, and how it comes into the next one.

use super::fixture::{
    engine, finish, not_opened, open, ready, result, run_failed, scan, segmenting, settings,
};
use super::*;
use model::calliper::Calliper;

/// A desk on which slices are segmented, each with the settings of this threshold; the first one is corrected.
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
    desk.bringing_back(7);
    assert_eq!(desk.apply(Event::Opened(scan(5))), Next::PutBack);
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
    let made_with = desk.begin_to_put_back().expect("both are alike");
    assert_eq!(made_with.settings, settings(0.4));
    let run = desk.put_back(made_with);
    for slice in [0, 1] {
        desk.apply(Event::Segmented(result(run, slice)));
    }
    finish(&mut desk, run);
    assert!(desk.is_open() && !desk.is_busy() && desk.has_restored());
    assert_eq!(desk.made_with().map(|it| it.settings), Some(settings(0.4)));
    let text = words(&desk);
    assert!(text.contains("out of memory") && text.contains("is back, with your corrections"));
}

#[test]
fn a_scan_without_results_is_opened_again_and_no_more() {
    let mut desk = ready();
    desk.start_run(3, Task::Segment);
    lose(&mut desk);
    reopen(&mut desk);
    assert_eq!(desk.begin_to_put_back(), None);
    assert!(desk.is_open() && desk.run.is_none() && !words(&desk).contains("is back"));
}

#[test]
fn of_results_that_are_not_alike_those_come_back_that_the_reader_has_changed() {
    let mut desk = segmented(&[0.4, 0.6, 0.6]);
    lose(&mut desk);
    reopen(&mut desk);
    let made_with = desk.begin_to_put_back().expect("some are alike");
    assert_eq!(made_with.settings, settings(0.4));
    assert_eq!(desk.open.results.keys().copied().collect::<Vec<_>>(), [0]);
    assert!(words(&desk).contains("2 slices segmented with other settings"));
}

#[test]
fn results_of_which_it_is_not_known_with_what_they_were_made_stay_where_they_are() {
    let mut desk = segmented(&[0.4, 0.6]);
    // Of results that are not alike, refined ones are of no settings that are known.
    let run = desk.start_run(2, Task::Refine);
    let postprocess = settings(0.5).postprocess;
    desk.sent(&Request::Refine { run, postprocess });
    for slice in [0, 1] {
        desk.apply(Event::Segmented(result(run, slice)));
    }
    finish(&mut desk, run);
    lose(&mut desk);
    reopen(&mut desk);
    assert_eq!(desk.begin_to_put_back(), None);
    assert!(desk.is_adrift() && desk.open.results.len() == 2);
    assert!(words(&desk).contains("still shown"));
}

#[test]
fn what_was_saved_is_saved_when_it_is_back() {
    let mut desk = segmented(&[0.4]);
    desk.saved(desk.last_run(), Caption::default());
    desk.saved_under("a".to_owned());
    lose(&mut desk);
    reopen(&mut desk);
    let made_with = desk.begin_to_put_back().expect("they are alike");
    let run = desk.put_back(made_with);
    desk.apply(Event::Segmented(result(run, 0)));
    finish(&mut desk, run);
    assert_eq!(desk.saved_whole(&[]), Some("a"));
    let line = Calliper {
        slice: 0,
        from: (0.0, 0.0),
        to: (1.0, 1.0),
    };
    assert!(desk.has_unsaved(&[line]));
}

#[test]
fn what_cannot_be_opened_again_is_still_shown_and_can_be_saved() {
    for fail in [
        |desk: &mut Desk| {
            desk.begin_to_bring_back();
            desk.not_back("“a.dcm” could not be read.");
        },
        |desk: &mut Desk| {
            desk.begin_to_bring_back();
            desk.bringing_back(7);
            desk.apply(not_opened("This is a text file."));
        },
        |desk: &mut Desk| {
            desk.begin_to_bring_back();
            desk.bringing_back(7);
            assert_eq!(desk.apply(Event::Opened(scan(4))), Next::Nothing);
        },
        |desk: &mut Desk| {
            reopen(desk);
            let made_with = desk.begin_to_put_back().expect("they are alike");
            let run = desk.put_back(made_with);
            desk.apply(run_failed(run, "The masks cannot be put on this scan."));
        },
    ] {
        let mut desk = segmented(&[0.4]);
        lose(&mut desk);
        fail(&mut desk);
        assert!(desk.is_adrift() && desk.has_unsaved(&[]) && desk.made_with().is_some());
        assert!(desk.open.summary.is_some() && !desk.is_busy());
        let text = words(&desk);
        assert!(
            text.contains("out of memory") && text.contains("still shown"),
            "{text}"
        );
        // Another scan takes its place, but not before it is open.
        open(&mut desk);
        desk.apply(not_opened("Not a scan."));
        assert!(desk.is_adrift() && !words(&desk).contains("stays open"));
        open(&mut desk);
        desk.apply(Event::Opened(scan(3)));
        assert!(desk.is_open() && !desk.has_result());
    }
}

#[test]
fn figures_of_a_run_that_was_cut_off_are_not_saved_as_those_of_all_results() {
    let mut desk = segmented(&[0.4]);
    let run = segmenting(&mut desk, vec![1], settings(0.4));
    desk.apply(Event::Segmented(result(run, 1)));
    lose(&mut desk);
    assert!(desk.has_result() && desk.open.summary.is_none());
}

#[test]
fn results_outlast_the_last_worker() {
    let mut desk = segmented(&[0.4]);
    for _ in 0..3 {
        desk.lost("out of memory");
        desk.worker_starting();
        desk.apply(Event::Loaded);
    }
    desk.lost("out of memory");
    assert_eq!(desk.worker, WorkerState::Broken);
    assert!(desk.is_adrift() && desk.has_result());
    assert!(words(&desk).contains("still shown") && words(&desk).contains("Reload the page"));
    assert_eq!(desk.begin_to_bring_back(), None, "there is no worker");
}

#[test]
fn a_line_that_the_worker_was_lost_over_can_be_drawn_again() {
    let mut desk = segmented(&[0.4]);
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Correct {
        run,
        slice: 0,
        outline: vec![(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)],
        is_tumour: true,
    });
    lose(&mut desk);
    assert!(desk.undone(0).is_some_and(|drawn| drawn.is_tumour));
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
