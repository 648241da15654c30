//! The findings as files: JSON for programs, CSV for spreadsheets.

mod csv;
mod indent;
mod json;
mod made_with;
mod measured;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::finding::{Finding, Rejected};
use crate::pipeline::SliceAnalysis;

pub use csv::to_csv;
pub use json::to_json;
pub use made_with::MadeWith;

/// Which program made it.
const PROGRAM: &str = concat!("NeuroCare AI ", env!("CARGO_PKG_VERSION"));

fn rejected(analyses: &BTreeMap<usize, SliceAnalysis>) -> impl Iterator<Item = &Finding> {
    let all = analyses.values().flat_map(|analysis| &analysis.rejected);
    all.map(|Rejected { finding, .. }| finding)
}
