//! Everything that goes with the open scan. Another one replaces it whole, so that nothing of a
//! scan before can stay.

use std::collections::BTreeMap;

use model::calliper::Calliper;
use model::protocol::{SliceResult, Summary, VolumeInfo};

use super::salvage::Berth;
use super::{Digest, Journal, Origins, Scope, Source};
use crate::saving::document::Caption;

/// The open scan and what is known of it; all empty without one.
#[derive(Debug, Clone, Default)]
pub struct OpenScan {
    /// The scan itself.
    pub scan: Option<VolumeInfo>,
    /// Where it came from.
    pub source: Source,
    /// Whether the worker has it, with its results.
    pub(super) berth: Berth,
    /// Slices whose results are to come back into the worker, each with the number of a run of
    /// those that are alike.
    pub(super) returning: Vec<(usize, u32)>,
    /// What waits for the network.
    pub waiting: Option<Scope>,
    /// Figures by slice.
    pub results: BTreeMap<usize, SliceResult>,
    /// Figures over all slices.
    pub summary: Option<Summary>,
    /// Whether the last run ended before all of its slices were done.
    pub is_stopped: bool,
    /// What the reader has said of the size of pixels, in mm, and the run that is to measure by it.
    pub(super) calibrating: Option<(u32, Option<f32>)>,
    /// Set pixels of the open reference mask.
    pub reference_px: Option<usize>,
    /// What the user called it when it was saved.
    pub caption: Option<Caption>,
    /// Its keyed digest, with the key.
    pub digest: Option<Digest>,
    /// Number of the saved analysis that its results are, or were before they changed.
    pub(super) saved_id: Option<String>,
    /// Results of runs up to this one are saved.
    pub(super) saved_run: u32,
    /// The lines measured by hand that are saved with them.
    pub(super) saved_lines: Vec<Calliper>,
    /// Image key of the account under which the first of the results were made.
    pub(super) owner: Option<String>,
    /// What the reader has done to the marks.
    pub(super) journal: Journal,
    /// What the results were made with.
    pub(super) origins: Origins,
}
