//! How a run ends before its time, and what of it would be lost.

use model::calliper::Calliper;

use super::fixture::{
    finding, finish, made_with, open, ready, result, run_failed, segmenting, settings,
};
use super::*;

#[test]
fn a_cancelled_run_keeps_what_was_finished() {
    let mut desk = ready();
    let run = desk.start_run(3, Task::Segment);
    desk.apply(Event::Segmented(result(run, 0)));
    desk.run.as_mut().expect("it runs").is_cancelling = true;
    let summary = Summary::default();
    desk.apply(Event::Cancelled { run, summary });
    assert_eq!(desk.open.results.len(), 1);
    assert!(!desk.is_busy());
    assert!(desk.notice.as_ref().is_some_and(|n| !n.is_error));
    assert!(desk.open.is_stopped);
    desk.start_run(3, Task::Segment);
    assert!(!desk.open.is_stopped);
}

#[test]
fn a_run_that_fails_half_way_keeps_its_lesions_and_says_why() {
    let mut desk = ready();
    let run = segmenting(&mut desk, vec![0, 1, 2], settings(0.5));
    desk.apply(Event::Segmented(result(run, 0)));
    open(&mut desk);
    desk.run.as_mut().expect("it runs").is_cancelling = false;
    let summary = Summary {
        findings: vec![finding(0, 1)],
        ..Summary::default()
    };
    desk.apply(Event::Cancelled { run, summary });
    desk.apply(run_failed(run, "The GPU was lost."));
    assert!(desk.run.is_none() && desk.open.summary.is_some());
    assert_eq!(desk.open.results[&0].findings[0].lesion, 1);
    assert!(desk.notice.as_ref().is_some_and(|n| n.is_error));
    assert!(desk.is_opening(), "the failure was the run's");

    // Settings that changed meanwhile are applied without hiding why it failed.
    desk.start_run(1, Task::Refine);
    assert!(desk.notice.is_some());
    desk.start_run(1, Task::Segment);
    assert!(desk.notice.is_none());
}

#[test]
fn a_refinement_that_fails_leaves_the_results_as_they_were_made() {
    let mut desk = ready();
    let run = segmenting(&mut desk, vec![1], settings(0.5));
    desk.apply(Event::Segmented(result(run, 1)));
    assert!(!desk.refuses_refinement(&run_failed(run, "The GPU was lost.")));
    finish(&mut desk, run);

    let refinement = desk.start_run(1, Task::Refine);
    desk.sent(&Request::Refine {
        run: refinement,
        postprocess: settings(0.3).postprocess,
    });
    let event = run_failed(refinement, "The line is down.");
    assert!(desk.refuses_refinement(&event));
    assert!(!desk.refuses_refinement(&run_failed(run, "The GPU was lost.")));
    desk.apply(event);
    assert_eq!(desk.made_with().map(|m| m.settings), Some(settings(0.5)));
}

#[test]
fn results_are_unsaved_until_they_are_saved_and_again_when_they_change() {
    let mut desk = ready();
    assert!(!desk.has_unsaved(&[]));
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    assert!(desk.has_unsaved(&[]));
    desk.saved(desk.last_run(), Caption::default());
    assert!(!desk.has_unsaved(&[]));
    let judged = desk.start_run(1, Task::Judge);
    desk.apply(Event::Segmented(result(judged, 1)));
    assert!(desk.has_unsaved(&[]));
    desk.open.source.credit = Some("The sample’s".to_owned());
    assert!(!desk.has_unsaved(&[]));
}

#[test]
fn what_was_thrown_away_after_saving_is_unsaved_and_what_was_relabelled_is_called_so() {
    let called = |label: &str| Caption {
        label: label.to_owned(),
        ..Caption::default()
    };
    let label = |desk: &Desk| desk.open.caption.clone().map(|it| it.label);
    let mut desk = ready();
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    desk.saved(desk.last_run(), called("Patient 12"));
    desk.saved_under("a".to_owned());

    desk.saved_is_called("b", called("another"));
    assert_eq!(label(&desk).as_deref(), Some("Patient 12"));
    desk.saved_is_called("a", called("Patient 13"));
    assert_eq!(label(&desk).as_deref(), Some("Patient 13"));

    desk.no_longer_saved("b");
    assert!(!desk.has_unsaved(&[]));
    desk.no_longer_saved("a");
    assert!(desk.has_unsaved(&[]));
}

#[test]
fn a_picture_names_the_network_of_its_own_slice_or_says_that_there_is_none() {
    let mut desk = ready();
    assert_eq!(desk.words_of(1), "not segmented");
    let run = segmenting(&mut desk, vec![1, 2], made_with().settings);
    let seen = |slice| SliceResult {
        histogram: [1; 10],
        ..result(run, slice)
    };
    let corrected = SliceResult {
        is_corrected: true,
        ..seen(3)
    };
    for result in [seen(1), result(run, 2), corrected] {
        desk.apply(Event::Segmented(result));
    }
    finish(&mut desk, run);
    let EngineState::Ready(engine) = &desk.engine else {
        panic!("not ready");
    };
    let network = format!("{} {}", engine.architecture.title(), engine.weights_version);
    assert_eq!(desk.words_of(1), network);
    assert_eq!(desk.words_of(2), "without a lung, not searched");
    assert_eq!(desk.words_of(3), format!("{network}, corrected"));
    assert_eq!(desk.words_of(0), "not segmented");
}

#[test]
fn a_line_that_is_not_saved_is_unsaved_beside_results_and_alone() {
    let line = |col| Calliper {
        slice: 1,
        from: (0.0, 0.0),
        to: (0.0, col),
        enclosed: None,
        crossing: None,
    };
    let mut desk = ready();
    assert!(desk.has_unsaved(&[line(1.0)]), "beside no result");
    assert!(!desk.has_unsaved(&[line(0.0)]), "one end is no line");
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    desk.saved(desk.last_run(), Caption::default());
    desk.lines_saved(vec![line(1.0), line(2.0)]);
    assert!(!desk.has_unsaved(&[line(2.0), line(1.0)]));
    assert!(desk.has_unsaved(&[line(1.0)]));
    assert!(desk.has_unsaved(&[line(1.0), line(3.0)]));
}

#[test]
fn what_is_saved_as_it_is_is_known_by_its_number_until_anything_changes() {
    let line = Calliper {
        slice: 1,
        from: (0.0, 0.0),
        to: (0.0, 9.0),
        enclosed: None,
        crossing: None,
    };
    let mut desk = ready();
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    assert_eq!(desk.saved_whole(&[line]), None);
    desk.saved(desk.last_run(), Caption::default());
    desk.saved_under("a".to_owned());
    desk.lines_saved(vec![line]);
    assert_eq!(desk.saved_whole(&[line]), Some("a"));
    assert_eq!(desk.saved_whole(&[]), None, "a line is gone");
    // Of the sample, too, for which nobody is asked.
    desk.open.source.credit = Some("The sample’s".to_owned());
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 2)));
    finish(&mut desk, run);
    assert_eq!(desk.saved_whole(&[line]), None);
}

#[test]
fn what_comes_back_from_the_history_is_its_readers() {
    let mut desk = ready();
    desk.signed_in(Some("a".to_owned()));
    desk.start_run(1, Task::Segment);
    desk.signed_in(Some("b".to_owned()));
    assert!(!desk.may_go_to("b"));
    desk.start_restoring(made_with(), Caption::default(), 1);
    assert!(desk.may_go_to("b") && !desk.may_go_to("a"));
}

#[test]
fn what_came_back_from_the_history_is_saved() {
    let mut desk = ready();
    let run = desk.start_restoring(made_with(), Caption::default(), 1);
    desk.apply(Event::Segmented(result(run, 2)));
    finish(&mut desk, run);
    assert!(!desk.has_unsaved(&[]));
}
