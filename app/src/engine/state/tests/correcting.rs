//! What the reader draws, as the desk knows it.

use super::*;

fn correct(desk: &mut Desk, slice: usize) -> u32 {
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Correct {
        run,
        slice,
        outline: vec![(1.0, 1.0), (1.0, 9.0), (9.0, 9.0)],
        is_tumour: true,
    });
    desk.apply(Event::Segmented(SliceResult {
        is_corrected: true,
        can_undo: true,
        ..result(run, slice)
    }));
    finish(desk, run);
    run
}

#[test]
fn a_corrected_slice_was_made_with_the_same_and_is_unsaved() {
    let mut desk = ready();
    desk.open.scan = Some(scan(3));
    let run = desk.start_run(1, Task::Segment);
    desk.sent(&Request::Segment {
        run,
        slices: vec![1],
        settings: settings(0.5),
    });
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    let made_with = desk.made_with().cloned();
    assert!(made_with.is_some());
    desk.saved(desk.last_run(), Caption::default());

    correct(&mut desk, 1);
    assert_eq!(desk.made_with().cloned(), made_with);
    assert!(desk.has_unsaved(&[]));
    desk.open.source.credit = Some("The sample’s".to_owned());
    assert!(
        desk.has_unsaved(&[]),
        "a click does not bring a drawing back"
    );

    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Undo { run, slice: 1 });
    desk.apply(Event::Segmented(result(run, 1)));
    finish(&mut desk, run);
    assert_eq!(desk.made_with().cloned(), made_with);
    assert!(!desk.has_unsaved(&[]));
}

#[test]
fn a_restored_slice_that_is_corrected_is_unsaved_and_keeps_what_it_was_made_with() {
    let mut desk = ready();
    desk.open.scan = Some(scan(3));
    let run = desk.start_restoring(made_with(), Caption::default(), 2);
    desk.sent(&Request::Restore { run });
    desk.apply(Event::Segmented(result(run, 1)));
    desk.apply(Event::Segmented(result(run, 2)));
    finish(&mut desk, run);
    assert!(!desk.has_unsaved(&[]));

    correct(&mut desk, 1);
    assert!(desk.has_restored(), "it has no probabilities");
    assert_eq!(desk.made_with(), Some(&made_with()));
    assert!(desk.has_unsaved(&[]));
}
