//! What is open while another scan is on its way.

use super::fixture::{digest, engine, finish, not_opened, not_ready, open, ready, result, scan};
use super::*;
use model::protocol::VolumeInfo;

/// A desk on which a slice is segmented.
fn segmented() -> Desk {
    let mut desk = ready();
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    desk
}

fn named(title: &str) -> Source {
    Source {
        title: title.to_owned(),
        ..Source::default()
    }
}

fn open_named(desk: &mut Desk, title: &str) {
    desk.opening(named(title), false);
    desk.sent(&Request::Open {
        names: Vec::new(),
        series: None,
    });
}

#[test]
fn a_scan_opens_at_its_middle_slice() {
    let mut desk = ready();
    desk.opening(Source::default(), false);
    assert!(!desk.is_open() && desk.is_busy());
    let next = desk.apply(Event::Opened(scan(9)));
    assert_eq!(
        next,
        Next::Show {
            slice: 4,
            segment: false
        }
    );
    assert!(!desk.is_busy() && desk.can_segment());
}

#[test]
fn a_scan_that_is_opened_takes_the_place_of_all_that_was_there() {
    let mut desk = segmented();
    digest(&mut desk, "old");
    desk.saved(desk.last_run(), Caption::default());
    desk.apply(Event::ReferenceOpened {
        pixels: 7,
        apart_mm: None,
    });
    open(&mut desk);
    desk.apply(Event::Opened(scan(9)));
    assert!(desk.is_open() && desk.open.results.is_empty() && desk.open.summary.is_none());
    assert!(!desk.has_digest("old"));
    assert!(desk.open.caption.is_none() && desk.open.reference_px.is_none());
}

#[test]
fn a_file_that_cannot_be_read_ends_the_waiting_and_leaves_what_is_open() {
    let mut desk = segmented();
    digest(&mut desk, "d");
    open(&mut desk);
    assert!(!desk.can_segment() && !desk.has_digest("d"));
    desk.apply(not_opened("This is a text file."));
    assert!(!desk.is_busy() && desk.is_open() && desk.has_digest("d"));
    assert_eq!(desk.open.results.len(), 1);
    assert_eq!(
        desk.notice.map(|n| n.text).as_deref(),
        Some("This is a text file. Try another. The scan before stays open.")
    );
}

#[test]
fn files_that_the_page_reads_leave_what_is_open() {
    let mut desk = segmented();
    desk.begin_to_read();
    assert!(desk.is_busy() && !desk.can_segment());
    desk.is_reading = false;
    assert!(desk.can_segment() && desk.open.results.len() == 1);
}

#[test]
fn a_first_scan_on_its_way_can_be_given_up_with_the_worker_a_further_one_only_while_it_is_read() {
    let mut desk = Desk::default();
    desk.worker_starting();
    desk.apply(Event::Loaded);
    assert!(!desk.can_stop_opening());
    desk.begin_to_read();
    assert!(desk.can_stop_opening());
    let by_itself = "the worker has no part in it";
    assert_eq!(desk.stop_opening(), GivenUp::Already, "{by_itself}");
    assert!(!desk.is_opening());
    open(&mut desk);
    desk.begin_to_read();
    assert!(desk.can_stop_opening());
    assert_eq!(desk.stop_opening(), GivenUp::Replace);
    desk.worker_starting();
    assert!(!desk.is_opening() && desk.notice.is_none());

    let mut desk = segmented();
    desk.begin_to_read();
    assert!(desk.can_stop_opening());
    assert_eq!(desk.stop_opening(), GivenUp::Already);
    open(&mut desk);
    assert!(!desk.can_stop_opening(), "the scan before would be lost");
    assert!(desk.is_opening() && desk.has_result());
}

#[test]
fn each_of_two_scans_comes_under_its_own_name() {
    let mut desk = ready();
    open_named(&mut desk, "first");
    open_named(&mut desk, "second");
    desk.apply(Event::Opened(scan(3)));
    assert_eq!(desk.open.source, named("first"));
    assert!(!desk.is_open(), "the second is on its way");
    desk.apply(not_opened("Not a scan."));
    assert!(desk.is_open());
    assert_eq!(desk.open.source, named("first"), "as in the worker");
}

#[test]
fn another_series_replaces_the_one_before_whole_and_only_once_it_is_open() {
    let of_choice = |choice| Source {
        choice,
        ..named("6 files")
    };
    let series = |chosen_series| VolumeInfo {
        series: vec!["1 · thick".to_owned(), "2 · thin".to_owned()],
        chosen_series,
        ..scan(9)
    };
    let mut desk = segmented();
    desk.open.scan = Some(series(0));
    desk.open.source = of_choice(1);
    digest(&mut desk, "thick");
    desk.opening(of_choice(2), false);
    desk.apply(not_opened("This series is no longer in the files."));
    assert_eq!(desk.open.source.choice, 1, "those files are still open");
    assert!(desk.has_digest("thick") && desk.has_result());

    desk.opening(of_choice(3), false);
    desk.apply(Event::Opened(series(1)));
    let chosen = desk.open.scan.as_ref().map(|it| it.chosen_series);
    assert_eq!((desk.open.source.choice, chosen), (3, Some(1)));
    assert!(!desk.has_result() && desk.open.digest.is_none());
}

/// A desk on which a segmentation was stopped for another scan, which is on its way.
fn stopped_for_another() -> Desk {
    let mut desk = ready();
    let run = desk.start_run(5, Task::Segment);
    open(&mut desk);
    let summary = Summary::default();
    desk.apply(Event::Cancelled { run, summary });
    desk
}

#[test]
fn a_run_that_another_scan_ends_says_nothing() {
    let desk = stopped_for_another();
    assert!(desk.run.is_none() && desk.notice.is_none() && desk.is_opening());
}

#[test]
fn without_a_worker_nothing_is_opened_for_ever() {
    let mut desk = Desk::default();
    desk.give_up("no such file");
    desk.notice = None;
    assert!(!desk.begin_to_read());
    assert!(!desk.opening(Source::default(), true));
    assert!(!desk.is_opening() && !desk.is_busy());
    assert!(
        desk.notice
            .is_some_and(|n| n.text.contains("Reload the page"))
    );
}

#[test]
fn another_scan_is_nobodys_before_it_is_segmented() {
    let mut desk = ready();
    desk.signed_in(Some("a".to_owned()));
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    desk.signed_in(Some("b".to_owned()));
    assert!(!desk.may_go_to("b"));
    open(&mut desk);
    assert!(!desk.may_go_to("b"), "the scan before is still open");
    assert!(desk.may_go_to("a"));
    desk.apply(Event::Opened(scan(3)));
    assert!(desk.may_go_to("b"));
}

#[test]
fn a_file_that_is_no_scan_says_that_it_stopped_a_segmentation_and_how_that_goes_on() {
    let mut desk = ready();
    let run = desk.start_run(5, Task::Segment);
    desk.apply(Event::Segmented(result(run, 2)));
    desk.stop();
    open(&mut desk);
    let summary = Summary::default();
    desk.apply(Event::Cancelled { run, summary });
    desk.apply(not_opened("This is a text file."));
    assert!(desk.can_segment());
    let words = desk.notice.map(|notice| notice.text).unwrap_or_default();
    assert!(
        words.contains("was stopped; “Whole series” goes on with the rest"),
        "{words}"
    );
}

#[test]
fn a_segmentation_that_was_done_before_was_not_stopped() {
    let mut desk = ready();
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 2)));
    open(&mut desk);
    finish(&mut desk, run);
    desk.apply(not_opened("This is a text file."));
    assert!(
        desk.notice
            .is_some_and(|notice| !notice.text.contains("stopped"))
    );
}

#[test]
fn what_waits_for_the_network_waits_on_when_another_scan_does_not_come() {
    let waiting = |desk: &mut Desk| {
        desk.preparing(Architecture::Unetpp);
        desk.open.waiting = Some(Scope::Series);
        open(desk);
        open(desk);
        assert_eq!(desk.open.waiting, None, "the next scan is not segmented");
        assert_eq!(desk.apply(not_opened("Not a scan.")), Next::Nothing);
    };
    let mut desk = ready();
    waiting(&mut desk);
    desk.apply(not_opened("Nor is this."));
    assert_eq!(desk.open.waiting, Some(Scope::Series));
    let begins = Next::Segment(Scope::Series);
    assert_eq!(desk.apply(Event::EngineReady(engine())), begins);

    // The network is there before it is known that no scan comes.
    let mut desk = ready();
    waiting(&mut desk);
    assert_eq!(desk.apply(Event::EngineReady(engine())), Next::Nothing);
    assert_eq!(desk.apply(not_opened("Nor is this.")), begins);

    let mut desk = ready();
    waiting(&mut desk);
    desk.apply(not_ready("No network."));
    desk.apply(not_opened("Nor is this."));
    assert_eq!(desk.open.waiting, None, "there is none to wait for");
}

#[test]
fn a_further_scan_is_given_up_by_a_worker_that_waits_for_what_it_needs() {
    let mut desk = segmented();
    open(&mut desk);
    assert!(!desk.can_stop_opening());
    desk.apply(Event::Awaiting);
    assert!(desk.can_stop_opening());
    assert_eq!(desk.stop_opening(), GivenUp::Ask);
    assert!(
        !desk.can_stop_opening() && desk.is_opening(),
        "once is enough"
    );
    desk.apply(not_opened("Opening was stopped."));
    assert!(desk.is_open() && desk.has_result());
    assert_eq!(desk.notice, None, "the reader knows");

    // Decoding had begun already.
    open(&mut desk);
    desk.apply(Event::Awaiting);
    desk.stop_opening();
    desk.apply(Event::Opened(scan(9)));
    assert!(desk.is_open() && !desk.has_result());
}

#[test]
fn another_scan_that_is_chosen_while_the_first_waits_is_no_failure_of_the_first() {
    let another = "What was asked for before was not done, because another scan was chosen.";
    let chosen_twice = || {
        let mut desk = stopped_for_another();
        desk.apply(Event::Awaiting);
        open(&mut desk);
        assert_eq!(desk.apply(not_opened(another)), Next::Nothing);
        assert_eq!(desk.notice, None);
        assert!(desk.is_opening());
        desk
    };
    let mut desk = chosen_twice();
    desk.apply(Event::Opened(scan(9)));
    assert!(desk.is_open() && desk.notice.is_none());

    // What was stopped for the first is told when nothing comes of the second.
    let mut desk = chosen_twice();
    desk.apply(not_opened("Not a scan."));
    let words = desk.notice.map(|notice| notice.text).unwrap_or_default();
    assert!(words.contains("goes on with the rest"), "{words}");
}

#[test]
fn who_gives_a_scan_up_is_told_of_the_segmentation_that_was_stopped_for_it() {
    let mut desk = stopped_for_another();
    desk.apply(Event::Awaiting);
    desk.stop_opening();
    desk.apply(not_opened("Opening was stopped."));
    let notice = desk.notice.expect("there is one");
    assert!(!notice.is_error && notice.text.contains("goes on with the rest"));
}
