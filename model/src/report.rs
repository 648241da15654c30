//! The findings as files: JSON for programs, CSV for spreadsheets. They are made of an open scan in
//! the worker and on the command line (`of_scan`), and of a saved analysis by the server
//! ([`Report::of_saved`]).

mod csv;
mod grid;
mod indent;
mod json;
mod made_with;
mod measured;
mod of_saved;
#[cfg(all(feature = "analysis", feature = "engine"))]
mod of_scan;
mod status;
#[cfg(all(test, feature = "analysis", feature = "engine"))]
mod tests;
mod text;

use crate::calliper::Calliper;
use crate::finding::Finding;
use crate::protocol::Summary;

pub use csv::to_csv;
pub use grid::Grid;
pub use json::to_json;
pub use made_with::MadeWith;
pub use status::Status;

/// Which program made it.
const PROGRAM: &str = concat!("NeuroCare AI ", env!("CARGO_PKG_VERSION"));

/// What the files say of an analysis, wherever it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Report<'a> {
    /// With what slices were analysed.
    pub made_with: Vec<MadeWith<'a>>,
    /// What places are on.
    pub grid: Grid<'a>,
    /// Everything that was found.
    pub summary: &'a Summary,
    /// What is known of each finding of the summary, in its order.
    pub statuses: Vec<Status>,
    /// What the reader took out of the result.
    pub rejected: Vec<&'a Finding>,
    /// Slices that were segmented and show no lung, so that nothing was searched on them.
    pub slices_without_lung: Vec<usize>,
    /// Slices on which the reader has changed the outline of something.
    pub corrected_slices: Vec<usize>,
    /// Lines and ellipses that the reader measured by hand.
    pub lines: &'a [Calliper],
    /// What the user calls the patient, where the analysis is a saved one.
    pub label: Option<&'a str>,
    /// Day of the examination, `YYYY-MM-DD`; empty if it is not known.
    pub examined_on: &'a str,
}
