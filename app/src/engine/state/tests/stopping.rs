//! A run that was asked to stop, while the worker is at work and when it hangs.

use super::fixture::{finish, open, ready, result};
use super::*;

#[test]
fn a_worker_that_says_nothing_when_a_run_is_to_stop_hangs() {
    let mut desk = ready();
    assert_eq!(desk.stop(), None, "there is none");
    let run = desk.start_run(3, Task::Segment);
    let stopping = desk.stop().expect("it runs");
    assert!(desk.run.as_ref().is_some_and(|run| run.is_cancelling));
    assert_eq!(desk.stop(), None, "once is enough");
    assert_eq!(desk.wait(stopping), Wait::InVain);

    // Whatever it says, it lives.
    desk.apply(Event::Progress {
        stage: Stage::Layers,
        done: 1,
        total: 9,
    });
    let Wait::GoesOn(stopping) = desk.wait(stopping) else {
        panic!("given up");
    };
    desk.apply(Event::Segmented(result(run + 1, 0)));
    let Wait::GoesOn(stopping) = desk.wait(stopping) else {
        panic!("what belongs to no run is a message, too");
    };
    assert_eq!(desk.wait(stopping), Wait::InVain);
    let summary = Summary::default();
    desk.apply(Event::Cancelled { run, summary });
    assert_eq!(desk.wait(stopping), Wait::Over);
}

#[test]
fn what_is_waited_for_is_the_end_of_that_run_and_of_no_other() {
    let mut desk = ready();
    let run = desk.start_run(1, Task::Segment);
    let stopping = desk.stop().expect("it runs");
    finish(&mut desk, run);
    desk.start_run(1, Task::Segment);
    assert_eq!(desk.wait(stopping), Wait::Over, "another one runs");
    let other = desk.stop().expect("it runs");
    assert_eq!(desk.wait(stopping), Wait::Over, "and is waited for itself");
    assert_eq!(desk.wait(other), Wait::InVain);
    desk.lost("it did not stop");
    desk.worker_starting();
    assert_eq!(desk.wait(other), Wait::Over);
}

#[test]
fn a_scan_that_is_opened_meanwhile_ends_no_waiting() {
    let mut desk = ready();
    desk.start_run(3, Task::Segment);
    let stopping = desk.stop().expect("it runs");
    open(&mut desk);
    assert_eq!(desk.wait(stopping), Wait::InVain);
}

#[test]
fn what_does_not_listen_is_not_asked_to_stop() {
    for task in [Task::Refine, Task::Judge, Task::Compare] {
        let mut desk = ready();
        desk.start_run(1, task);
        assert_eq!(desk.stop(), None, "{task:?}");
        assert!(desk.run.is_some_and(|run| !run.is_cancelling));
    }
}

#[test]
fn a_worker_is_awaited_until_it_has_loaded_or_another_is_started() {
    let mut desk = Desk::default();
    desk.worker_starting();
    let first = desk.starts();
    assert!(desk.is_starting(first));
    desk.worker_starting();
    let second = desk.starts();
    assert!(!desk.is_starting(first) && desk.is_starting(second));
    desk.apply(Event::Loaded);
    assert!(!desk.is_starting(second));
}
