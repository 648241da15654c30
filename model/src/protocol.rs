//! Messages between the page and the engine's worker.
//!
//! Kinds of messages are tagged from outside (`{"show": {"slice": 3}}`, `"cancel"`): reading
//! them takes far less code than a tag inside would. A message is one JSON text plus a list of binary buffers that are *transferred*,
//! not copied. The image itself
//! goes from the user's disk to the worker and comes back only to be drawn.

use serde::{Deserialize, Serialize};

use crate::bench::{Case, Speeds};
use crate::finding::{Finding, Lesion, Rejected};
use crate::metric::Agreement;
use crate::network::Architecture;
use crate::settings::{Postprocess, Settings, is_off};
use crate::volume::{Intensity, PixelSpacing};

/// Bytes of all files that are opened at once.
pub const OPEN_BYTES: u64 = 1 << 30;

/// Where the network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackendChoice {
    /// GPU if it is real hardware, passes the self-test and is faster here, else CPU.
    #[default]
    Auto,
    /// GPU even if it is a software one.
    Gpu,
    /// CPU.
    Cpu,
}

impl BackendChoice {
    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Auto => "Automatic",
            Self::Gpu => "GPU",
            Self::Cpu => "CPU",
        }
    }
}

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Load a network's weights and prepare the back end, beside other requests. Answered by
    /// `EngineReady` or `NotReady`.
    Prepare {
        /// Which network.
        architecture: Architecture,
        /// Where it shall run.
        backend: BackendChoice,
        /// URL of the weights.
        weights_url: String,
        /// What an earlier visit has measured on this machine.
        speeds: Option<Speeds>,
    },
    /// Read files (one buffer each, same order as `names`; [`OPEN_BYTES`] at most). Answered by `Opened` or `Failed`.
    Open {
        /// File names, to tell formats apart; they never leave the browser.
        names: Vec<String>,
    },
    /// Read a reference mask for the open volume. Answered by `ReferenceOpened` or `Failed`;
    /// a `Refine` afterwards compares the slices segmented before.
    OpenReference {
        /// File names.
        names: Vec<String>,
    },
    /// Send the values of a slice for drawing. Answered by `Slice`.
    Show {
        /// Slice index.
        slice: usize,
    },
    /// Send what lies around a voxel, for drawing. Answered by `Around`.
    Around {
        /// Which of these requests it is.
        id: u32,
        /// Slice index.
        slice: usize,
        /// Row of the voxel.
        row: usize,
        /// Column of the voxel.
        col: usize,
        /// How far, in mm.
        reach_mm: f32,
    },
    /// Segment slices; each answered by `Segmented` (and those that look different once their
    /// neighbours are known, again), all by `Finished` or `Cancelled`.
    Segment {
        /// Chosen by the page; comes back in the answers.
        run: u32,
        /// Slices in the order wanted.
        slices: Vec<usize>,
        /// What to do.
        settings: Settings,
    },
    /// Postprocess again, with other settings or beside a reference mask: `Segmented` for every slice done, then `Finished`.
    Refine {
        /// Chosen by the page.
        run: u32,
        /// The new postprocessing.
        postprocess: Postprocess,
    },
    /// Take findings out of the result, as the reader's own decision: `Segmented` for every slice
    /// that changed, then `Finished`.
    Reject {
        /// Chosen by the page.
        run: u32,
        /// Slice, and place in that slice's findings.
        findings: Vec<(usize, usize)>,
    },
    /// Put rejected findings back. Answered like `Reject`.
    TakeBack {
        /// Chosen by the page.
        run: u32,
        /// Slice, and place in what is rejected on it.
        findings: Vec<(usize, usize)>,
    },
    /// Make an area that the reader has drawn tumour, or none: `Segmented` for the slice, then `Finished`.
    Correct {
        /// Chosen by the page.
        run: u32,
        /// Slice index.
        slice: usize,
        /// Corners of the line around it as (row, col), where pixel 0 covers 0…1.
        outline: Vec<(f32, f32)>,
        /// Tumour, or none.
        is_tumour: bool,
    },
    /// Take the last correction of a slice back. Answered like `Correct`.
    Undo {
        /// Chosen by the page.
        run: u32,
        /// Slice index.
        slice: usize,
    },
    /// Compute the open scan's keyed digest. Answered by `Digest`.
    Digest {
        /// The account's key, hex.
        key: String,
    },
    /// Put a saved analysis back on the open scan: buffer 0 is its content
    /// ([`crate::saved::content`]). Answered like `Segment`.
    Restore {
        /// Chosen by the page.
        run: u32,
    },
    /// Measure a network on this machine. Answered by `Benched` or `Failed`.
    Bench {
        /// What to measure.
        case: Case,
        /// Warm runs.
        runs: usize,
    },
    /// Stop the running job after the current tile.
    Cancel,
    /// Make a file of the results. Answered by `Exported`.
    Export {
        /// What kind of file.
        kind: ExportKind,
    },
}

/// Files the user can download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Final mask of all slices, `.nii`, in the scan's own geometry.
    MaskNifti,
    /// Lesions as a DICOM Segmentation, of scans with [`VolumeInfo::has_series`].
    MaskDicom,
    /// Findings, measurements, settings and adapter as JSON.
    FindingsJson,
    /// Findings as CSV.
    FindingsCsv,
}

/// A stage with a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Weights are downloaded.
    Download,
    /// GPU and pipelines start, the self-test runs.
    StartUp,
    /// Files are read.
    Reading,
    /// Slices are segmented (`done` counts finished ones).
    Segmenting,
    /// Tiles of the current slice.
    Tiles,
}

/// From the worker to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The worker's code has loaded and listens.
    Loaded,
    /// Progress; `total` 0 = unknown.
    Progress {
        /// Of what.
        stage: Stage,
        /// Done so far.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// How fast GPU and processor are here: measured now, or the page's own figures where
    /// they still hold.
    Speeds(Speeds),
    /// The network is ready.
    EngineReady(EngineInfo),
    /// The network cannot be made ready, or another was asked for before it was.
    NotReady(Failure),
    /// A volume is open; its slices come when they are asked for with `Show`.
    Opened(VolumeInfo),
    /// A reference mask is open; `pixels` of it are set.
    ReferenceOpened {
        /// Set pixels over all slices.
        pixels: usize,
    },
    /// Values of a slice: buffer 0 = `rows × cols` little-endian i16.
    Slice {
        /// Slice index.
        slice: usize,
    },
    /// Values on the planes through a voxel: buffer 0 = coronal, 1 = sagittal, little-endian i16.
    Around {
        /// The request that it answers.
        id: u32,
    },
    /// A slice is segmented. Buffers, each `rows × cols` bytes:
    /// 0 lung field, 1 raw mask, 2 final mask (all 0/1), 3 probability (0…255), 4 reference mask if `agreement`.
    Segmented(SliceResult),
    /// All slices of a run are done.
    Finished {
        /// The run.
        run: u32,
        /// Everything measured so far.
        summary: Summary,
    },
    /// The run was cancelled, or a failure ended it, which follows; finished slices are kept.
    Cancelled {
        /// The run.
        run: u32,
        /// Everything measured so far.
        summary: Summary,
    },
    /// The open scan's digest.
    Digest {
        /// The key it was made with, hex.
        key: String,
        /// The digest, hex.
        digest: String,
    },
    /// A file to download: buffer 0.
    Exported {
        /// Suggested file name.
        name: String,
        /// MIME type.
        mime: String,
    },
    /// What was measured. The page only passes it on, so it need not know its parts. Buffer: the
    /// logits of the measured image, f32, so that whoever compares engines sees that they agree.
    Benched {
        /// [`crate::bench::Figures`] as JSON.
        figures: String,
    },
    /// A request failed; the worker goes on.
    Failed(Failure),
    /// The worker is beyond repair; the page starts another.
    Fatal {
        /// For the diagnostics text.
        detail: String,
    },
}

/// What went wrong, in words a clinician understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{cause} {way_out}")]
pub struct Failure {
    /// What is wrong, one sentence.
    pub cause: String,
    /// What the user can do about it, one sentence.
    pub way_out: String,
}

/// Where and how the network runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EngineInfo {
    /// Which network.
    pub architecture: Architecture,
    /// `gpu` or `cpu`.
    pub backend: BackendChoice,
    /// Adapter or processor path by name.
    pub adapter: String,
    /// Why this back end was chosen when it is not the one wished for.
    pub reason: Option<String>,
    /// Largest deviation in the golden self-test (logits).
    pub self_test_error: f32,
    /// Time of start-up in ms.
    pub start_up_ms: f64,
    /// Version of the weights, from the file.
    pub weights_version: String,
    /// Probability threshold chosen on validation data, 0…1.
    pub threshold: f32,
    /// Probability that a small region must reach somewhere, chosen on validation data, 0…1; 0 for versions from
    /// before there was such a limit.
    #[serde(default, skip_serializing_if = "is_off")]
    pub least_peak: f32,
}

impl EngineInfo {
    /// Whether it is the same network on the same hardware, started at another time perhaps.
    pub fn computes_like(&self, other: &Self) -> bool {
        let parts = |it: &Self| (it.architecture, it.backend);
        parts(self) == parts(other)
            && self.adapter == other.adapter
            && self.weights_version == other.weights_version
    }
}

/// What was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VolumeInfo {
    /// Height in pixels.
    pub rows: usize,
    /// Width in pixels.
    pub cols: usize,
    /// Number of slices.
    pub slices: usize,
    /// Meaning of values.
    pub intensity: Intensity,
    /// Pixel spacing.
    pub spacing: Option<PixelSpacing>,
    /// Slice spacing in mm.
    pub slice_spacing_mm: Option<f32>,
    /// Whether planes across the slices show what is there as it is, see [`Volume::is_stack`](crate::volume::Volume::is_stack).
    pub is_stack: bool,
    /// Where each slice lies from feet to head, mm; empty if the file does not say so.
    pub slice_positions_mm: Vec<f32>,
    /// Whether it is a DICOM series that a DICOM file about the result can refer to.
    pub has_series: bool,
    /// Whose it is, as the file says, in lines; empty where it says nothing. Only of such a series.
    pub identity: String,
    /// Format in words.
    pub format: String,
    /// What the user should know.
    pub notes: Vec<String>,
}

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
    /// Time in ms; 0 where the postprocessing alone was repeated.
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
    /// Lesions, largest first.
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
