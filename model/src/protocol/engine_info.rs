//! Which network runs, and where.

use serde::{Deserialize, Serialize};

use crate::network::Architecture;
use crate::settings::is_off;

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
    /// Probability that a small region must reach somewhere, chosen on validation data, 0…1; 0 for
    /// versions from before there was such a limit.
    #[serde(default, skip_serializing_if = "is_off")]
    pub least_peak: f32,
    /// Version of what is done before and after the network (`pipeline::VERSION`); 0 in documents
    /// of earlier releases.
    #[serde(default, skip_serializing_if = "is_off")]
    pub pipeline_version: u32,
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
