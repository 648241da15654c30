//! What the reader draws, as the desk knows it.

use super::*;

/// An area as wide as this.
fn area(width: f32) -> Drawn {
    Drawn {
        outline: vec![(1.0, 1.0), (1.0, width), (9.0, width)],
        is_tumour: true,
    }
}

fn ask_for(desk: &mut Desk, slice: usize, Drawn { outline, is_tumour }: Drawn) -> u32 {
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Correct {
        run,
        slice,
        outline,
        is_tumour,
    });
    run
}

fn correct(desk: &mut Desk, slice: usize) -> u32 {
    draw(desk, slice, area(9.0))
}

fn draw(desk: &mut Desk, slice: usize, drawn: Drawn) -> u32 {
    let run = ask_for(desk, slice, drawn);
    desk.apply(Event::Segmented(SliceResult {
        is_corrected: true,
        can_undo: true,
        ..result(run, slice)
    }));
    finish(desk, run);
    run
}

/// What Redo draws.
fn drawn_again(desk: &Desk) -> Option<&Drawn> {
    match desk.to_redo()? {
        Step::Drawn(_, drawn) => Some(drawn),
        Step::Judged(..) => None,
    }
}

fn undo(desk: &mut Desk, slice: usize) {
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Undo { run, slice });
    desk.apply(Event::Segmented(result(run, slice)));
    finish(desk, run);
}

#[test]
fn a_corrected_slice_was_made_with_the_same_and_is_unsaved() {
    let mut desk = ready();
    desk.open.scan = Some(scan(3));
    let run = segmenting(&mut desk, vec![1], settings(0.5));
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

    undo(&mut desk, 1);
    assert_eq!(desk.made_with().cloned(), made_with);
    assert!(!desk.has_unsaved(&[]));
}

#[test]
fn a_restored_slice_that_is_corrected_is_unsaved_and_keeps_what_it_was_made_with() {
    let mut desk = ready();
    desk.open.scan = Some(scan(3));
    let run = desk.start_restoring(made_with(), Caption::default(), 2);
    desk.sent(&Request::Restore {
        run,
        pixel_mm: None,
    });
    desk.apply(Event::Segmented(result(run, 1)));
    desk.apply(Event::Segmented(result(run, 2)));
    finish(&mut desk, run);
    assert!(!desk.has_unsaved(&[]));

    correct(&mut desk, 1);
    assert!(desk.has_restored(), "it has no probabilities");
    assert_eq!(desk.made_with(), Some(&made_with()));
    assert!(desk.has_unsaved(&[]));
}

#[test]
fn what_was_taken_back_is_drawn_again_in_its_order_until_something_else_is_drawn() {
    let mut desk = ready();
    draw(&mut desk, 1, area(2.0));
    draw(&mut desk, 1, area(3.0));
    draw(&mut desk, 2, area(4.0));
    assert_eq!(drawn_again(&desk), None);
    undo(&mut desk, 1);
    undo(&mut desk, 1);
    assert_eq!(drawn_again(&desk), Some(&area(2.0)));
    draw(&mut desk, 1, area(2.0));
    assert_eq!(drawn_again(&desk), Some(&area(3.0)));
    draw(&mut desk, 1, area(5.0));
    assert_eq!(drawn_again(&desk), None);
    undo(&mut desk, 1);
    assert_eq!(drawn_again(&desk), Some(&area(5.0)));
}

#[test]
fn what_changes_nothing_leaves_the_way_to_what_was_taken_back() {
    let mut desk = ready();
    draw(&mut desk, 1, area(2.0));
    draw(&mut desk, 1, area(3.0));
    undo(&mut desk, 1);
    undo(&mut desk, 1);
    let run = ask_for(&mut desk, 1, area(4.0));
    assert_eq!(drawn_again(&desk), Some(&area(2.0)), "nothing is drawn yet");
    finish(&mut desk, run);
    assert_eq!(drawn_again(&desk), Some(&area(2.0)));
    // Nor does it stand in the way when it is itself drawn again.
    let run = ask_for(&mut desk, 1, area(2.0));
    finish(&mut desk, run);
    assert_eq!(drawn_again(&desk), Some(&area(3.0)));
}

#[test]
fn what_could_not_be_drawn_is_drawn_again_like_what_was_taken_back() {
    let mut desk = ready();
    draw(&mut desk, 1, area(2.0));
    undo(&mut desk, 1);
    let words = |desk: &Desk| desk.notice.clone().map_or(String::new(), |it| it.text);
    let fail = |desk: &mut Desk, drawn| {
        let run = ask_for(desk, 1, drawn);
        desk.apply(run_failed(run, "The line is down."));
        assert!(words(desk).contains("Redo"));
    };
    fail(&mut desk, area(3.0));
    assert_eq!(drawn_again(&desk), Some(&area(3.0)));
    fail(&mut desk, area(3.0));
    draw(&mut desk, 1, area(3.0));
    assert_eq!(drawn_again(&desk), None, "once, and nothing from before it");

    // What could not be taken back is still there.
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Undo { run, slice: 1 });
    desk.apply(run_failed(run, "The line is down."));
    assert_eq!(drawn_again(&desk), None);
    assert!(!words(&desk).contains("Redo"));
    undo(&mut desk, 1);
    assert_eq!(drawn_again(&desk), Some(&area(3.0)));
}

#[test]
fn what_changed_nothing_when_it_was_drawn_is_not_what_is_taken_back() {
    let mut desk = ready();
    draw(&mut desk, 1, area(2.0));
    let run = ask_for(&mut desk, 1, area(3.0));
    finish(&mut desk, run);
    undo(&mut desk, 1);
    assert_eq!(drawn_again(&desk), Some(&area(2.0)));
    // Nor is anything of masks that others have taken the place of.
    desk.start_restoring(made_with(), Caption::default(), 1);
    assert_eq!(drawn_again(&desk), None);
}
