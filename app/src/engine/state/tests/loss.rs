//! A worker that is lost, and what is tried then.

use super::super::loss::RESTARTS;
use super::*;

fn crash(desk: &mut Desk) -> Next {
    desk.apply(Event::Fatal {
        detail: "the GPU was lost".to_owned(),
    })
}

/// Another worker loads, its network is ready, and a scan is open in it.
fn start_again(desk: &mut Desk) {
    desk.worker_starting();
    start(desk);
}

fn words(desk: &Desk) -> &str {
    desk.notice.as_ref().map_or("", |notice| &notice.text)
}

#[test]
fn a_worker_that_is_lost_over_a_first_scan_is_replaced_and_the_user_told_to_open_again() {
    let mut desk = Desk::default();
    desk.worker_starting();
    desk.apply(Event::Loaded);
    open(&mut desk);
    assert_eq!(crash(&mut desk), Next::Restart);
    desk.worker_starting();
    assert!(desk.open.scan.is_none() && !desk.is_opening());
    let text = words(&desk);
    assert!(text.contains("GPU was lost") && text.contains("open the file again"));
}

#[test]
fn a_worker_that_each_segmentation_ends_is_tried_on_the_processor_and_then_given_up() {
    let mut desk = ready();
    for attempt in 1..=RESTARTS {
        desk.start_run(1, Task::Segment);
        let is_last = attempt == RESTARTS;
        let next = crash(&mut desk);
        assert_eq!(next == Next::RestartOnCpu, is_last, "the GPU may be why");
        assert_eq!(next == Next::Restart, !is_last);
        assert_eq!(words(&desk).contains("on the processor"), is_last);
        start_again(&mut desk);
    }
    desk.start_run(1, Task::Segment);
    assert_eq!(crash(&mut desk), Next::GiveUp);
    assert_eq!(desk.worker, WorkerState::Broken);
    assert!(!desk.is_busy());
}

#[test]
fn a_worker_that_does_not_load_says_nothing_of_the_gpu() {
    let mut desk = Desk::default();
    for _ in 0..RESTARTS {
        desk.worker_starting();
        assert_eq!(desk.lost("it did not load in time"), Next::Restart);
    }
    desk.worker_starting();
    assert_eq!(desk.lost("it did not load in time"), Next::GiveUp);
    assert!(!words(&desk).contains("processor"));
    assert!(words(&desk).contains("Reload the page"));
}

#[test]
fn what_cannot_be_started_at_all_was_not_started_again() {
    let mut desk = Desk::default();
    desk.worker_starting();
    desk.give_up("no such file");
    assert_eq!(desk.worker, WorkerState::Broken);
    assert!(!words(&desk).contains("again in vain") && words(&desk).contains("Reload the page"));
}

#[test]
fn a_crash_after_a_finished_segmentation_is_another_matter() {
    let mut desk = ready();
    for _ in 0..=RESTARTS {
        let run = desk.start_run(1, Task::Segment);
        desk.apply(Event::Segmented(result(run, 0)));
        finish(&mut desk, run);
        assert_eq!(crash(&mut desk), Next::Restart);
        start_again(&mut desk);
    }
}
