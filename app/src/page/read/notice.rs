//! The message on top, and the live region that tells screen readers how things go.

use leptos::prelude::*;
use model::count::counted;

use crate::engine::state::Desk;
use crate::room::{Room, lesions};
use crate::ui::number::outlines;
use crate::ui::piece::IntoPiece as _;
use crate::ui::shielded::shielded;

/// What went wrong or changed, until it is closed.
#[component]
pub fn NoticeBar() -> impl IntoView {
    let room = expect_context::<Room>();
    let notice = Memo::new(move |_| room.desk.with(|d| d.notice.clone()));
    let close = move |_| room.desk.update(|d| d.notice = None);
    view! {
        <div class="notices" role="alert">
            {move || notice.get().map(|notice| view! {
                <div class="notice" class:error=notice.is_error>
                    <p>{shielded(&notice.text)}</p>
                    <button type="button" class="button quiet" on:click=close aria-label="Close message">"✕"</button>
                </div>
            })}
        </div>
        <p class="visually-hidden" role="status" aria-live="polite">
            {move || room.desk.with(spoken)}
        </p>
    }
    .into_piece()
}

/// What is going on, in few words: counts are left out, or every layer would be read aloud.
fn spoken(desk: &Desk) -> String {
    if desk.is_opening() {
        return "Reading the scan.".to_owned();
    }
    if let Some(run) = &desk.run {
        return run.task.words().to_owned();
    }
    if desk.open.waiting.is_some() {
        return "Waiting for the engine.".to_owned();
    }
    match (&desk.open.summary, &desk.open.scan) {
        (Some(summary), _) => {
            let end = if desk.open.is_stopped {
                "Stopped"
            } else {
                "Done"
            };
            let found = match summary.lesions.len() {
                0 if !desk.has_searched() => {
                    "no lung was recognised, so nothing was searched".to_owned()
                }
                0 => "nothing was marked".to_owned(),
                n => {
                    let of_slices = desk.open.results.values().map(|r| r.findings.len());
                    let largest = lesions::largest(desk).map_or(0, |it| it.slice) + 1;
                    let outlines = outlines(of_slices.sum(), Some(n));
                    format!("{outlines}, the largest on slice {largest}")
                }
            };
            format!("{end}: {found}.")
        }
        (None, Some(scan)) => format!("Scan with {} is open.", counted(scan.slices, "slice")),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use model::finding::Finding;
    use model::protocol::Summary;

    use super::*;
    use crate::engine::state::Task;
    use crate::engine::state::tests::fixture::{finding, lesion, result, scan};

    #[test]
    fn an_open_scan_is_told_with_its_slices() {
        let spoken_of = |slices| {
            let mut desk = Desk::default();
            desk.open.scan = Some(scan(slices));
            spoken(&desk)
        };
        assert_eq!(spoken_of(1), "Scan with 1 slice is open.");
        assert_eq!(spoken_of(3), "Scan with 3 slices is open.");
    }

    #[test]
    fn the_end_tells_outlines_and_the_lesions_that_they_are_of() {
        let mut desk = Desk::default();
        for (slice, longest_px) in [(3, 8.0), (4, 9.0)] {
            let mut result = result(1, slice);
            result.findings = vec![Finding {
                longest_px,
                ..finding(slice, 1)
            }];
            desk.open.results.insert(slice, result);
        }
        desk.open.summary = Some(Summary {
            lesions: vec![lesion(1)],
            ..Summary::default()
        });
        assert_eq!(
            spoken(&desk),
            "Done: 2 outlines of 1 lesion, the largest on slice 5."
        );
        desk.open.is_stopped = true;
        assert_eq!(
            spoken(&desk),
            "Stopped: 2 outlines of 1 lesion, the largest on slice 5."
        );
    }

    #[test]
    fn that_nothing_is_marked_is_no_result_where_nothing_was_searched() {
        let mut desk = Desk::default();
        desk.open.summary = Some(Summary::default());
        desk.open.results.insert(0, result(1, 0));
        assert_eq!(
            spoken(&desk),
            "Done: no lung was recognised, so nothing was searched."
        );
        let mut searched = result(1, 1);
        searched.histogram[0] = 9;
        desk.open.results.insert(1, searched);
        assert_eq!(spoken(&desk), "Done: nothing was marked.");
    }

    #[test]
    fn each_kind_of_run_is_called_by_its_name() {
        let spoken_in = |task| {
            let mut desk = Desk::default();
            desk.start_run(1, task);
            spoken(&desk)
        };
        assert_eq!(spoken_in(Task::Segment), "Segmenting.");
        assert_eq!(spoken_in(Task::Refine), "Applying the settings.");
        assert_eq!(spoken_in(Task::Judge), "Changing the findings.");
        assert_eq!(spoken_in(Task::Measure), "Measuring.");
        assert_eq!(spoken_in(Task::Restore), "Restoring the analysis.");
    }
}
