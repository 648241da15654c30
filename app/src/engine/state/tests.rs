//! What the room knows after each message of the worker.

mod calibrating;
mod correcting;
mod ending;
pub(crate) mod fixture;
mod judging;
mod loss;
mod opening;
mod salvage;
mod stopping;
mod third;

use model::protocol::{BackendChoice, SliceResult, Summary};
use model::settings::{Denoise, Settings};

use self::fixture::{
    digest, engine, failed, finding, finish, made_with, not_opened, not_ready, open, prepare,
    ready, result, run_failed, scan, segmenting, settings, start,
};
use super::*;

#[test]
fn refining_keeps_the_time_that_a_slice_took() {
    let mut desk = ready();
    desk.open.scan = Some(scan(3));
    let run = desk.start_run(1, Task::Segment);
    desk.apply(Event::Segmented(result(run, 1)));
    let refinement = desk.start_run(1, Task::Refine);
    assert!(!desk.is_segmenting());
    desk.apply(Event::Segmented(SliceResult {
        is_repeated: true,
        total_ms: 0.0,
        ..result(refinement, 1)
    }));
    assert_eq!(desk.open.results[&1].total_ms.to_bits(), 1.0_f64.to_bits());
}

#[test]
fn slices_that_waited_for_the_network_are_segmented_when_it_is_ready() {
    let mut desk = ready();
    desk.preparing(Architecture::Unetpp);
    desk.open.waiting = Some(Scope::Slice(2));
    assert_eq!(
        desk.apply(Event::EngineReady(engine())),
        Next::Segment(Scope::Slice(2))
    );
    assert!(desk.open.waiting.is_none());
}

#[test]
fn they_wait_for_another_job_and_give_way_to_what_comes_back() {
    let mut desk = ready();
    desk.preparing(Architecture::Unetpp);
    desk.open.waiting = Some(Scope::Series);
    let run = desk.start_run(1, Task::Refine);
    assert_eq!(desk.apply(Event::EngineReady(engine())), Next::Nothing);
    let finished = desk.apply(Event::Finished {
        run,
        summary: Summary::default(),
    });
    assert_eq!(finished, Next::Segment(Scope::Series));

    desk.preparing(Architecture::Unetpp);
    desk.open.waiting = Some(Scope::Slice(2));
    let run = desk.calibrate(Some(0.5));
    assert_eq!(desk.apply(Event::EngineReady(engine())), Next::Nothing);
    let failed = desk.apply(run_failed(run, "Not measured."));
    assert_eq!(failed, Next::Segment(Scope::Slice(2)));

    desk.preparing(Architecture::Unetpp);
    desk.open.waiting = Some(Scope::Series);
    desk.start_restoring(made_with(), Caption::default(), 1);
    assert_eq!(desk.apply(Event::EngineReady(engine())), Next::Nothing);
    assert!(desk.open.waiting.is_none());
}

#[test]
fn a_network_that_comes_during_another_job_did_not_make_its_results() {
    let mut desk = ready();
    desk.preparing(Architecture::Unetpp);
    let made_with = made_with();
    let run = desk.start_restoring(made_with.clone(), Caption::default(), 1);
    desk.apply(Event::EngineReady(EngineInfo {
        architecture: Architecture::Unetpp,
        adapter: "another".to_owned(),
        ..engine()
    }));
    desk.apply(Event::Segmented(result(run, 0)));
    finish(&mut desk, run);
    assert_eq!(desk.made_with(), Some(&made_with));
}

#[test]
fn a_run_counts_its_slices_and_ends() {
    let mut desk = ready();
    let run = desk.start_run(2, Task::Segment);
    assert!(desk.is_segmenting() && !desk.can_segment());
    desk.apply(Event::Segmented(result(run, 1)));
    assert_eq!(
        desk.progress.as_ref().map(|p| (p.done, p.total)),
        Some((1, 2))
    );
    desk.apply(Event::Segmented(result(run, 2)));
    finish(&mut desk, run);
    assert_eq!(desk.open.results.len(), 2);
    assert!(!desk.is_segmenting());
    assert!(desk.run.is_none() && desk.progress.is_none() && desk.can_segment());
}

#[test]
fn a_scan_opens_while_the_weights_are_on_their_way() {
    let mut desk = ready();
    prepare(&mut desk, Architecture::Unetpp);
    open(&mut desk);
    desk.apply(Event::Opened(scan(3)));
    assert!(desk.is_open() && desk.notice.is_none());
    // What cannot be opened says nothing of the network, nor the other way round.
    open(&mut desk);
    desk.apply(not_opened("This is a text file."));
    assert_eq!(desk.engine, EngineState::Preparing(Architecture::Unetpp));
    open(&mut desk);
    desk.apply(not_ready("The line is down."));
    assert!(matches!(desk.engine, EngineState::Failed(_)) && desk.is_opening());
    desk.apply(Event::Opened(scan(5)));
    assert!(desk.is_open());
}

#[test]
fn of_networks_chosen_one_after_the_other_the_last_one_counts() {
    let mut desk = ready();
    prepare(&mut desk, Architecture::Unetpp);
    prepare(&mut desk, Architecture::Unet);
    desk.apply(not_ready("Another one was chosen."));
    assert_eq!(desk.engine, EngineState::Preparing(Architecture::Unet));
    assert!(desk.notice.is_none());
    desk.apply(Event::EngineReady(engine()));
    assert_eq!(desk.engine, EngineState::Ready(engine()));
}

#[test]
fn a_network_that_is_refused_leaves_the_bar_of_the_run_that_goes_on() {
    let mut desk = ready();
    let run = desk.start_run(2, Task::Segment);
    prepare(&mut desk, Architecture::Unetpp);
    desk.apply(not_ready("The line is down."));
    assert!(desk.progress.is_some());
    finish(&mut desk, run);
    assert!(desk.progress.is_none());
}

#[test]
fn a_series_that_was_stopped_goes_on_where_it_was() {
    let mut desk = ready();
    let now = settings(0.5);
    let run = segmenting(&mut desk, vec![2, 1, 3, 0, 4], now);
    for slice in [2, 1] {
        desk.apply(Event::Segmented(result(run, slice)));
    }
    desk.apply(Event::Cancelled {
        run,
        summary: Summary::default(),
    });
    assert_eq!(desk.rest(&now), [0, 3, 4]);
    // Postprocessing is applied to what is there; the network's own input is not.
    assert_eq!(desk.rest(&settings(0.7)), [0, 3, 4]);
    let smoothed = Settings {
        denoise: Denoise::Median,
        ..now
    };
    assert_eq!(desk.rest(&smoothed), [0, 1, 2, 3, 4]);
    desk.engine = EngineState::Ready(EngineInfo {
        weights_version: "2".to_owned(),
        ..engine()
    });
    assert_eq!(desk.rest(&now), [0, 1, 2, 3, 4]);
}

#[test]
fn a_series_that_is_done_can_be_segmented_again() {
    let mut desk = ready();
    let run = segmenting(&mut desk, (0..5).collect(), settings(0.5));
    for slice in 0..5 {
        desk.apply(Event::Segmented(result(run, slice)));
    }
    finish(&mut desk, run);
    assert_eq!(desk.rest(&settings(0.5)), [0, 1, 2, 3, 4]);
}

#[test]
fn the_summary_numbers_the_lesions_across_slices() {
    let mut desk = ready();
    let run = desk.start_run(2, Task::Segment);
    for slice in [1, 2] {
        let mut one = result(run, slice);
        one.findings = vec![finding(slice, 1)];
        desk.apply(Event::Segmented(one));
    }
    desk.apply(Event::Finished {
        run,
        summary: Summary {
            findings: vec![finding(1, 2), finding(2, 1)],
            ..Summary::default()
        },
    });
    let lesion = |slice: usize| desk.open.results[&slice].findings[0].lesion;
    assert_eq!((lesion(1), lesion(2)), (2, 1));
}

#[test]
fn answers_to_an_old_run_are_dropped() {
    let mut desk = ready();
    let old = desk.start_run(2, Task::Segment);
    desk.opening(Source::default(), false);
    desk.apply(Event::Opened(scan(5)));
    desk.apply(Event::Segmented(result(old, 1)));
    assert!(desk.open.results.is_empty());
    let new = desk.start_run(1, Task::Segment);
    desk.apply(Event::Cancelled {
        run: old,
        summary: Summary::default(),
    });
    assert_eq!(desk.run.as_ref().map(|r| r.id), Some(new));
}

#[test]
fn an_engine_that_replaces_a_lost_gpu_in_a_run_is_shown_and_saved_with_it() {
    let mut desk = ready();
    desk.engine = EngineState::Ready(EngineInfo {
        backend: BackendChoice::Gpu,
        ..engine()
    });
    let run = segmenting(&mut desk, vec![0, 1], settings(0.5));
    desk.apply(Event::Segmented(result(run, 0)));
    let processor = EngineInfo {
        backend: BackendChoice::Cpu,
        ..engine()
    };
    desk.apply(Event::EngineReady(processor.clone()));
    desk.apply(Event::Segmented(result(run, 1)));
    assert_eq!(desk.run.as_ref().map(|run| run.done), Some(2));
    assert_eq!(desk.engine, EngineState::Ready(processor.clone()));
    assert_eq!(desk.made_with().map(|made| &made.engine), Some(&processor));
}

#[test]
fn slices_of_two_graphics_cards_are_not_of_one_origin() {
    let mut desk = ready();
    for (slice, adapter) in [(0, "one"), (1, "another")] {
        desk.engine = EngineState::Ready(EngineInfo {
            adapter: adapter.to_owned(),
            ..engine()
        });
        let run = segmenting(&mut desk, vec![slice], settings(0.5));
        desk.apply(Event::Segmented(result(run, slice)));
        finish(&mut desk, run);
        assert_eq!(desk.made_with().is_some(), slice == 0);
    }
}

#[test]
fn a_slice_that_comes_again_because_the_next_one_is_known_counts_once_and_keeps_its_time() {
    let mut desk = ready();
    let run = desk.start_run(3, Task::Segment);
    desk.apply(Event::Segmented(result(run, 0)));
    desk.apply(Event::Segmented(result(run, 1)));
    desk.apply(Event::Segmented(SliceResult {
        findings: Vec::new(),
        is_repeated: true,
        total_ms: 0.0,
        ..result(run, 0)
    }));
    assert_eq!(
        desk.progress.as_ref().map(|p| (p.done, p.total)),
        Some((2, 3))
    );
    assert!(desk.open.results[&0].findings.is_empty());
    assert_eq!(desk.open.results[&0].total_ms.to_bits(), 1.0_f64.to_bits());
}

#[test]
fn a_slice_that_took_no_time_by_a_coarse_clock_counts() {
    let mut desk = ready();
    for _ in 0..2 {
        let run = desk.start_run(3, Task::Segment);
        desk.apply(Event::Segmented(SliceResult {
            total_ms: 0.0,
            ..result(run, 0)
        }));
        assert_eq!(desk.progress.as_ref().map(|p| p.done), Some(1));
        finish(&mut desk, run);
    }
    assert_eq!(desk.open.results.get(&0).unwrap().total_ms.to_bits(), 0);
}

#[test]
fn a_failure_ends_what_it_names_and_nothing_else() {
    let mut desk = ready();
    let first = desk.start_run(1, Task::Segment);
    open(&mut desk);
    desk.apply(failed("The slice cannot be shown."));
    assert!(desk.run.is_some() && desk.is_opening());
    desk.apply(run_failed(first, "The graphics card is lost."));
    assert!(desk.run.is_none());
    assert!(desk.is_opening(), "the file may still arrive");
    desk.apply(not_opened("Not a scan."));
    assert!(!desk.is_opening());

    let second = desk.start_run(1, Task::Segment);
    desk.apply(run_failed(first, "The graphics card is lost."));
    assert_eq!(desk.run.as_ref().map(|run| run.id), Some(second));
}

#[test]
fn a_network_that_was_replaced_while_loading_is_not_taken() {
    let mut desk = ready();
    prepare(&mut desk, Architecture::Unet);
    prepare(&mut desk, Architecture::Unetpp);
    desk.apply(Event::EngineReady(engine()));
    assert_eq!(desk.engine, EngineState::Preparing(Architecture::Unetpp));
    desk.apply(Event::EngineReady(engine()));
    assert_eq!(desk.engine, EngineState::Ready(engine()));
}

#[test]
fn a_digest_of_the_scan_before_is_dropped() {
    let mut desk = ready();
    let ask = Request::Digest {
        key: "k".to_owned(),
    };
    desk.sent(&ask);
    open(&mut desk);
    digest(&mut desk, "old");
    assert_eq!(desk.open.digest, None);
    desk.apply(Event::Opened(scan(5)));
    desk.sent(&ask);
    digest(&mut desk, "new");
    assert_eq!(desk.open.digest.map(|d| d.digest).as_deref(), Some("new"));
}

#[test]
fn restored_results_are_known_as_such_until_they_are_segmented_again() {
    let mut desk = ready();
    let made_with = made_with();
    let run = desk.start_restoring(made_with.clone(), Caption::default(), 1);
    desk.sent(&Request::Restore {
        run,
        pixel_mm: None,
    });
    desk.apply(Event::Segmented(result(run, 2)));
    finish(&mut desk, run);
    assert!(desk.has_restored());
    assert_eq!(desk.made_with(), Some(&made_with));

    // A reference mask was opened: the same results come again.
    let run = desk.start_run(1, Task::Compare);
    desk.sent(&Request::Compare { run });
    desk.apply(Event::Segmented(result(run, 2)));
    assert!(desk.has_restored());
    assert_eq!(desk.made_with(), Some(&made_with));

    let run = segmenting(&mut desk, vec![2], settings(0.5));
    desk.apply(Event::Segmented(result(run, 2)));
    assert!(!desk.has_restored());
    assert_eq!(desk.made_with().map(|m| m.settings), Some(settings(0.5)));
}
