//! A report of a saved analysis, without its scan.

use super::{MadeWith, Report, Status};
use crate::finding::{Finding, Rejected};
use crate::saved::{Saved, SavedSlice};

impl<'a> Report<'a> {
    /// Of a saved analysis under the label and the day that it has now. Patient coordinates are not
    /// saved and stay empty, and of a slice that the reader has corrected it is not known of which
    /// outline ([`Status::MarkedOrCorrected`]).
    ///
    /// # Arguments
    /// * `examined_on`: the day of the examination, `YYYY-MM-DD`.
    pub fn of_saved(saved: &'a Saved, label: &'a str, examined_on: &'a str) -> Self {
        let with = |holds: fn(&SavedSlice) -> bool| -> Vec<usize> {
            let found = saved.slices.iter().filter(|it| holds(it));
            found.map(|it| it.slice).collect()
        };
        let corrected_slices = with(|it| it.is_corrected);
        let status = |finding: &Finding| {
            if finding.is_drawn() {
                Status::Drawn
            } else if corrected_slices.binary_search(&finding.slice).is_ok() {
                Status::MarkedOrCorrected
            } else {
                Status::Marked
            }
        };
        let rejected = saved.rejected.iter();
        Self {
            made_with: vec![MadeWith {
                slices: with(|_| true),
                engine: Some(&saved.engine),
                settings: &saved.settings,
            }],
            grid: saved.into(),
            summary: &saved.summary,
            statuses: saved.summary.findings.iter().map(status).collect(),
            rejected: rejected.map(|Rejected { finding, .. }| finding).collect(),
            slices_without_lung: with(|it| !it.is_searched()),
            corrected_slices,
            lines: &saved.lines,
            label: Some(label),
            examined_on,
        }
    }
}
