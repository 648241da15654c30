//! What the reader rejects and takes back, among what is drawn, as the desk undoes it.

use model::finding::{Rejected, Verdict};
use model::protocol::Judgement;

use super::*;

/// A desk with lesion 1 on slices 1 and 2, and lesion 2 on slice 2 with a centre of its own.
fn found() -> Desk {
    let mut desk = ready();
    let mut other = finding(2, 2);
    other.centre = (5.0, 5.0);
    for (slice, findings) in [(1, vec![finding(1, 1)]), (2, vec![finding(2, 1), other])] {
        let mut result = result(1, slice);
        result.findings = findings;
        result.can_undo = true;
        desk.open.results.insert(slice, result);
    }
    desk
}

/// The worker does what is asked: findings go from one list to the other.
fn judge(desk: &mut Desk, judgement: Judgement, findings: Vec<(usize, usize)>) {
    let run = desk.start_run(findings.len(), Task::Judge);
    let slices: Vec<usize> = findings.iter().map(|it| it.0).collect();
    let mut after = desk.open.results.clone();
    for &(slice, place) in findings.iter().rev() {
        let result = after.get_mut(&slice).unwrap();
        result.run = run;
        if judgement == Judgement::Reject {
            let finding = result.findings.remove(place);
            result.rejected.push(Rejected::new(finding, &[1]));
        } else {
            let finding = result.rejected.remove(place).finding;
            result.findings.insert(0, finding);
        }
    }
    desk.sent(&Request::Judge {
        run,
        judgement,
        findings,
    });
    for slice in slices {
        desk.apply(Event::Segmented(after[&slice].clone()));
    }
    end(desk, run);
}

/// A run ends with the findings that there are.
fn end(desk: &mut Desk, run: u32) {
    let results = desk.open.results.values();
    let findings = results.flat_map(|it| it.findings.clone()).collect();
    let summary = Summary {
        findings,
        ..Default::default()
    };
    desk.apply(Event::Finished { run, summary });
}

fn draw(desk: &mut Desk, slice: usize) {
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Correct {
        run,
        slice,
        outline: vec![(1.0, 1.0)],
        is_tumour: true,
    });
    let before = desk.open.results[&slice].clone();
    desk.apply(Event::Segmented(SliceResult { run, ..before }));
    end(desk, run);
}

/// What Undo or Redo says, and of what.
fn said(desk: &Desk, step: Option<&Step>, is_undo: bool) -> (Judgement, Vec<(usize, usize)>) {
    let Some(Step::Judged(judgement, marks)) = step else {
        panic!("{step:?}");
    };
    let judgement = if is_undo {
        judgement.opposite()
    } else {
        *judgement
    };
    (judgement, desk.places(judgement, marks))
}

fn undo(desk: &mut Desk) {
    let (judgement, places) = said(desk, desk.to_undo(), true);
    judge(desk, judgement, places);
}

#[test]
fn a_rejected_lesion_is_taken_back_whole_and_rejected_again() {
    let mut desk = found();
    assert_eq!(desk.to_undo(), None);
    judge(&mut desk, Judgement::Reject, vec![(1, 0), (2, 0)]);
    assert_eq!(
        said(&desk, desk.to_undo(), true),
        (Judgement::TakeBack, vec![(1, 0), (2, 0)])
    );
    undo(&mut desk);
    assert_eq!(desk.to_undo(), None);
    assert_eq!(desk.findings_of(1), [(1, 0), (2, 0)]);
    assert_eq!(
        said(&desk, desk.to_redo(), false),
        (Judgement::Reject, vec![(1, 0), (2, 0)])
    );
}

#[test]
fn judgements_and_drawings_are_undone_in_the_order_in_which_they_were_done() {
    let mut desk = found();
    judge(&mut desk, Judgement::Reject, vec![(2, 1)]);
    draw(&mut desk, 1);
    assert!(matches!(desk.to_undo(), Some(Step::Drawn(1, _))));
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Undo { run, slice: 1 });
    let before = desk.open.results[&1].clone();
    desk.apply(Event::Segmented(SliceResult { run, ..before }));
    end(&mut desk, run);
    assert!(matches!(desk.to_redo(), Some(Step::Drawn(1, _))));
    undo(&mut desk);
    assert_eq!(
        said(&desk, desk.to_redo(), false),
        (Judgement::Reject, vec![(2, 0)])
    );
    // Something else leaves no way back.
    judge(&mut desk, Judgement::Reject, vec![(1, 0)]);
    assert_eq!(desk.to_redo(), None);
}

#[test]
fn what_is_taken_back_from_the_list_is_undone_whatever_was_rejected_since() {
    let mut desk = found();
    judge(&mut desk, Judgement::Reject, vec![(1, 0)]);
    judge(&mut desk, Judgement::Reject, vec![(2, 1)]);
    judge(&mut desk, Judgement::TakeBack, vec![(1, 0)]);
    assert_eq!(
        said(&desk, desk.to_undo(), true),
        (Judgement::TakeBack, vec![(2, 0)])
    );
}

#[test]
fn what_cannot_be_taken_back_does_not_bar_the_way_to_what_was_done_before() {
    let mut desk = found();
    judge(&mut desk, Judgement::Reject, vec![(1, 0)]);
    judge(&mut desk, Judgement::Reject, vec![(2, 1)]);
    // It would grow together with something: nothing changes.
    let run = desk.start_run(1, Task::Judge);
    desk.sent(&Request::Judge {
        run,
        judgement: Judgement::TakeBack,
        findings: vec![(2, 0)],
    });
    end(&mut desk, run);
    assert_eq!(
        said(&desk, desk.to_undo(), true),
        (Judgement::TakeBack, vec![(1, 0)])
    );
    // Nor does what has become another under other settings.
    let rejected = &mut desk.open.results.get_mut(&1).unwrap().rejected;
    rejected[0].finding.area_px += 1;
    assert_eq!(desk.to_undo(), None);
}

#[test]
fn confirmed_and_rejected_lesions_are_judged_and_a_part_that_is_rejected_is_none() {
    let mut desk = found();
    let lesion = |number, judgement| model::finding::Lesion {
        judgement,
        ..fixture::lesion(number)
    };
    let summary = |lesions| Summary {
        lesions,
        ..Summary::default()
    };
    desk.open.summary = Some(summary(vec![
        lesion(1, Verdict::Confirmed),
        lesion(2, Verdict::Open),
    ]));
    assert_eq!(desk.judged(), (1, 2));
    let reject = |desk: &mut Desk, slice: usize, lesion: usize| {
        let rejected = Rejected::new(finding(slice, lesion), &[1]);
        desk.open
            .results
            .get_mut(&slice)
            .unwrap()
            .rejected
            .push(rejected);
    };
    reject(&mut desk, 2, 2);
    assert_eq!(desk.judged(), (1, 2), "there is more of it");
    desk.open.summary = Some(summary(vec![lesion(1, Verdict::Confirmed)]));
    reject(&mut desk, 1, 2);
    assert_eq!(desk.judged(), (2, 2));
}

#[test]
fn a_confirmation_is_undone_among_the_other_judgements() {
    let mut desk = found();
    let run = desk.start_run(2, Task::Judge);
    desk.sent(&Request::Judge {
        run,
        judgement: Judgement::Confirm,
        findings: vec![(1, 0), (2, 0)],
    });
    let before = desk.open.results[&1].clone();
    desk.apply(Event::Segmented(SliceResult { run, ..before }));
    end(&mut desk, run);
    assert!(desk.has_unsaved_results());
    judge(&mut desk, Judgement::Reject, vec![(2, 1)]);
    undo(&mut desk);
    assert_eq!(
        said(&desk, desk.to_undo(), true),
        (Judgement::Reopen, vec![(1, 0), (2, 1)])
    );
}
