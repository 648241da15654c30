//! What is left where the scan does not come into another worker.

use super::*;

#[test]
fn a_scan_that_its_reader_does_not_wait_for_says_what_is_left_once_that_is_so() {
    let mut desk = segmented(&[0.4]);
    lose(&mut desk);
    desk.begin_to_bring_back();
    desk.bringing_back(7);
    desk.apply(Event::Awaiting);
    assert_eq!(desk.stop_opening(), GivenUp::Ask);
    assert!(!words(&desk).contains("cannot be changed"));
    let mut late = desk.clone();
    desk.apply(not_opened("It was given up."));
    let text = words(&desk);
    assert!(text.contains("cannot be changed") && !text.contains("It was given up"));
    assert_eq!(desk.begin_to_bring_back(), None, "it is not wanted");

    assert_eq!(late.apply(Event::Opened(scan(5))), Next::PutBack);
    put_back(&mut late, &[0]);
    assert!(late.is_open() && !words(&late).contains("cannot be changed"));

    // Its files are still being read.
    let mut desk = segmented(&[0.4]);
    lose(&mut desk);
    desk.begin_to_bring_back();
    assert_eq!(desk.stop_opening(), GivenUp::Already);
    assert!(words(&desk).contains("cannot be changed"));
    assert!(!desk.bringing_back(7) && desk.begin_to_bring_back().is_none());
}

#[test]
fn a_worker_that_is_lost_over_a_scan_that_comes_back_is_replaced_without_it() {
    for is_open in [false, true] {
        let mut desk = segmented(&[0.4]);
        lose(&mut desk);
        if is_open {
            reopen(&mut desk);
            begin_to_put_back(&mut desk);
        } else {
            desk.begin_to_bring_back();
            desk.bringing_back(7);
        }
        lose(&mut desk);
        let text = words(&desk);
        assert!(
            text.contains("is not opened in it once more. What was found before is still shown")
        );
        assert_eq!(desk.begin_to_bring_back(), None);
        assert!(desk.is_adrift() && desk.has_result() && !desk.is_busy());
        // Another one that ends the worker has the chances it would have had.
        open(&mut desk);
        desk.apply(Event::Opened(scan(3)));
        assert_eq!(desk.lost("out of memory"), Next::RestartOnCpu);
    }
}

#[test]
fn what_is_left_is_said_to_be_saved_only_where_it_can_be() {
    type Change = fn(&mut Desk);
    let cases: [(Change, &[f32], bool); 7] = [
        (|desk| digest(desk, &"a1".repeat(32)), &[0.4, 0.4], true),
        (|_| (), &[0.4], false),
        (|desk| digest(desk, &"a1".repeat(32)), &[0.4, 0.6], false),
        (
            |desk| {
                digest(desk, &"a1".repeat(32));
                desk.open.owner = Some("another".to_owned());
            },
            &[0.4],
            false,
        ),
        // Runs that have changed nothing leave the figures as they are, also one that the network
        // has just begun.
        (
            |desk| {
                digest(desk, &"a1".repeat(32));
                desk.start_run(1, Task::Judge);
            },
            &[0.4],
            true,
        ),
        (
            |desk| {
                digest(desk, &"a1".repeat(32));
                segmenting(desk, vec![1], settings(0.4));
            },
            &[0.4],
            true,
        ),
        (
            |desk| {
                digest(desk, &"a1".repeat(32));
                let run = segmenting(desk, vec![1], settings(0.4));
                desk.apply(Event::Segmented(result(run, 1)));
            },
            &[0.4],
            false,
        ),
    ];
    for (place, (change, thresholds, can_be_saved)) in cases.into_iter().enumerate() {
        let mut desk = segmented(thresholds);
        desk.signed_in(Some("k".to_owned()));
        change(&mut desk);
        lose(&mut desk);
        desk.begin_to_bring_back();
        desk.read_in_vain("“a.dcm” could not be read.");
        let text = words(&desk);
        assert!(text.contains("still shown, to be "), "{place}: {text}");
        assert_eq!(
            text.contains("to be saved"),
            can_be_saved,
            "{place}: {text}"
        );
        assert_eq!(is_saved_now(&desk), can_be_saved, "{place}");
    }
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
    assert_eq!(desk.begin_to_put_back(), []);
    assert!(desk.is_adrift() && desk.open.results.len() == 2);
    assert!(words(&desk).contains("still shown"));
}

#[test]
fn what_cannot_be_opened_again_is_still_shown_and_can_be_saved() {
    for fail in [
        |desk: &mut Desk| {
            desk.begin_to_bring_back();
            desk.read_in_vain("“a.dcm” could not be read.");
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
            let run = begin_to_put_back(desk);
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
