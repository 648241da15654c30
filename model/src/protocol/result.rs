//! What segmenting gives, of one slice and of all.

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Lesion, Rejected};
use crate::metric::Agreement;

/// Figures of one segmented slice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SliceResult {
    /// The run it belongs to.
    pub run: u32,
    /// Slice index.
    pub slice: usize,
    /// Regions on this slice.
    pub findings: Vec<Finding>,
    /// Regions on this slice that the reader has rejected.
    pub rejected: Vec<Rejected>,
    /// Whether the reader has changed the outline of anything on it.
    pub is_corrected: bool,
    /// Whether the last of what the reader has drawn on it can be taken back.
    pub can_undo: bool,
    /// Pixels of the lung field.
    pub lung_px: usize,
    /// Pixels per tenth of probability inside the lung field; none where nothing was searched,
    /// because the slice shows no lung.
    pub histogram: [u32; 10],
    /// Whether the postprocessing alone was repeated.
    pub is_repeated: bool,
    /// Time in ms, which a clock of low resolution may take for 0; 0 where `is_repeated`: it was
    /// said before.
    pub total_ms: f64,
    /// Of that, the network's.
    pub network_ms: f64,
    /// Agreement with the reference mask, if one is open.
    pub agreement: Option<Agreement>,
}

impl SliceResult {
    /// Whether there was a lung, or what may be one, to search.
    pub fn is_searched(&self) -> bool {
        is_searched(&self.histogram)
    }
}

/// Whether pixels were counted: where a slice shows no lung, nothing is searched and none is.
pub(crate) fn is_searched(histogram: &[u32; 10]) -> bool {
    histogram != &[0; 10]
}

/// Everything over all segmented slices.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Lesions, in the order of their numbers.
    pub lesions: Vec<Lesion>,
    /// All regions of all segmented slices, with their lesion numbers.
    pub findings: Vec<Finding>,
    /// Highest lesion confidence; `None` without a finding.
    pub confidence: Option<f32>,
    /// Slices segmented.
    pub slices_done: usize,
    /// Agreement over all slices with a reference.
    pub agreement: Option<Agreement>,
}
