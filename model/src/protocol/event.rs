//! What the worker answers and reports.

use serde::{Deserialize, Serialize};

use super::{EngineInfo, SliceResult, Summary, VolumeInfo};
use crate::bench::Speeds;

/// From the worker to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The worker's code has loaded and listens.
    Loaded,
    /// A part of the program is still awaited: the worker lives.
    Awaiting,
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
    /// No volume could be made of the files; the one before stays open.
    NotOpened(Failure),
    /// A volume is open; its slices come when they are asked for with `Show`.
    Opened(VolumeInfo),
    /// A reference mask is open; `pixels` of it are set.
    ReferenceOpened {
        /// Set pixels over all slices.
        pixels: usize,
        /// How far from the scan the file says that it lies, in mm, if it does.
        apart_mm: Option<f32>,
    },
    /// The files are no reference mask for the open scan.
    ReferenceNotOpened(Failure),
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
    /// A slice is segmented. Buffers, each `rows × cols` bytes: 0 lung field, 1 raw mask, 2 final
    /// mask (all 0/1), 3 probability (0…255), 4 reference mask if `agreement`.
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
    /// The run could not be done, or not to its end.
    RunFailed {
        /// The run.
        run: u32,
        /// Why.
        failure: Failure,
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
    /// Anything else that was asked for failed; the worker goes on.
    Failed(Failure),
    /// The worker is beyond repair; the page starts another.
    Fatal {
        /// For the diagnostics text.
        detail: String,
    },
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
    /// Layers of the network on the current slice (`done` counts parts of the work).
    Layers,
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
