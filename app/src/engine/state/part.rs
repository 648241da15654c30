//! What the desk is made of.

use model::network::Architecture;
use model::protocol::{EngineInfo, Failure};

/// State of the worker itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WorkerState {
    /// Not asked for yet.
    #[default]
    Off,
    /// Loading.
    Starting,
    /// Listening.
    Up,
    /// Crashed too often.
    Broken,
}

/// State of the network in the worker.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum EngineState {
    /// Not asked for yet.
    #[default]
    Off,
    /// Weights are on their way, or the self-test runs.
    Preparing(Architecture),
    /// Ready to segment.
    Ready(EngineInfo),
    /// It cannot be used.
    Failed(Failure),
}

/// Where the open scan came from; file names are for the title line only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// What to call it.
    pub title: String,
    /// Whom to thank for it.
    pub credit: Option<String>,
    /// File name of the reference mask that the server has for it.
    pub reference: Option<String>,
    /// Number of the choice by which it came.
    pub choice: u32,
}

/// The job the worker is busy with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Number that comes back in the answers.
    pub id: u32,
    /// Slices asked for.
    pub wanted: usize,
    /// Slices answered.
    pub done: usize,
    /// What it does.
    pub task: Task,
    /// The user has asked to stop.
    pub is_cancelling: bool,
    /// When it started, in milliseconds since 1970.
    pub started_ms: u64,
}

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The network sees slices.
    Segment,
    /// Their postprocessing is repeated.
    Refine,
    /// They are compared with a reference mask.
    Compare,
    /// The reader changes one: rejects a finding, draws an area, or takes that back.
    Judge,
    /// What was found is measured by another size of pixels.
    Measure,
    /// A saved analysis comes back, or what a worker before had.
    Restore,
}

impl Task {
    /// For screen readers, while it lasts.
    pub fn words(self) -> &'static str {
        match self {
            Self::Segment => "Segmenting.",
            Self::Refine => "Applying the settings.",
            Self::Compare => "Comparing with the reference mask.",
            Self::Judge => "Changing the findings.",
            Self::Measure => "Measuring.",
            Self::Restore => "Restoring the analysis.",
        }
    }
}

/// Something the user must read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// A failure, not just news.
    pub is_error: bool,
    /// The sentence(s).
    pub text: String,
}

/// What of the open scan is to be segmented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One slice.
    Slice(usize),
    /// All slices that are not yet: which those are is known only with the network.
    Series,
}

/// What the page must do after a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing but redraw.
    Nothing,
    /// The worker listens: load the network.
    Prepare,
    /// A scan is open: show this slice; segment it at once if `segment`.
    Show {
        /// The slice.
        slice: usize,
        /// Sample scans are segmented without a click.
        segment: bool,
    },
    /// The scan that was open in a worker before is to come into this one.
    BringBack,
    /// It is open in this one: its results are still to come.
    PutBack,
    /// The worker has them, too, or has all that is left of them.
    IsBack,
    /// The network is ready and this was waiting for it.
    Segment(Scope),
    /// The worker is lost: start another.
    Restart,
    /// The same, and the GPU, which may be why, is left alone.
    RestartOnCpu,
    /// The worker is lost for good.
    GiveUp,
}

/// By which the open scan is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// The account's key.
    pub key: String,
    /// The digest, hex.
    pub digest: String,
}
