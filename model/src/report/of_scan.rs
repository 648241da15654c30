//! A report of the open scan.

use super::{MadeWith, Report, Status};
use crate::analysis::region::regions;
use crate::calliper::Calliper;
use crate::finding::{Finding, Rejected};
use crate::map::Map;
use crate::pipeline::{SliceAnalysis, without_lung};
use crate::protocol::Summary;
use crate::volume::Volume;

impl<'a> Report<'a> {
    /// Of the slices of a scan that are analysed.
    ///
    /// # Arguments
    /// * `examined_on`: the day of the examination, `YYYY-MM-DD`; empty if it is not known.
    pub fn of_scan(
        made_with: Vec<MadeWith<'a>>,
        volume: &'a Volume,
        analyses: &'a Map<usize, SliceAnalysis>,
        summary: &'a Summary,
        lines: &'a [Calliper],
        examined_on: &'a str,
    ) -> Self {
        let all = analyses.values().flat_map(|analysis| &analysis.rejected);
        let corrected = analyses.iter().filter(|(_, it)| it.is_corrected());
        let status = |finding: &Finding| match analyses.get(&finding.slice) {
            _ if finding.is_drawn() => Status::Drawn,
            Some(analysis) if is_changed(analysis, finding) => Status::Corrected,
            Some(analysis) if analysis.was_corrected => Status::MarkedOrCorrected,
            _ => Status::Marked,
        };
        Self {
            made_with,
            grid: volume.into(),
            summary,
            statuses: summary.findings.iter().map(status).collect(),
            rejected: all.map(|Rejected { finding, .. }| finding).collect(),
            slices_without_lung: without_lung(analyses),
            corrected_slices: corrected.map(|(&slice, _)| slice).collect(),
            lines,
            label: None,
            examined_on,
        }
    }
}

/// Whether the reader has changed the outline of this finding of the slice.
fn is_changed(analysis: &SliceAnalysis, finding: &Finding) -> bool {
    let place = analysis.findings.iter().position(|it| it == finding);
    place.is_some_and(|place| {
        let regions = regions(&analysis.refined);
        regions.get(place).is_some_and(|it| analysis.is_changed(it))
    })
}
