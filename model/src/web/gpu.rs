//! Whether a GPU can compute: what can be found out while the weights are on their way.

use super::adapter::adapter_name;
use super::{machine, pause};
use crate::bench::Speeds;
use crate::engine::{EngineError, GpuOptions, GpuStart, Precision, is_emulated, probe_gpu};
use crate::network::{Architecture, NetworkConfig};
use crate::protocol::BackendChoice;

/// For GPUs that fail at f16, where drivers differ most.
pub(super) const IN_SINGLE: GpuOptions = GpuOptions {
    precision: Some(Precision::Single),
    kernel: None,
    buffer_bytes: None,
    workgroup_invocations: None,
    is_timed: false,
};

/// How long a GPU may take to say what it is. A browser whose process for it hangs never tells.
const NAME_MS: i32 = 15_000;

/// How long it may take to start and to compile the kernels of a network. Drivers take seconds;
/// `SwiftShader` took 25 s for a U-Net++ on two cores that had other work. Jobs go on meanwhile.
const START_MS: i32 = 90_000;

/// What is known of the GPU without the weights.
pub(super) enum Gpu {
    /// It has the kernels of the published network.
    Started(GpuStart),
    /// It has been slower than the processor here, so it was left alone.
    WillLose,
    /// The user wishes for the processor.
    NotWanted,
    /// It cannot be used, for a reason that the user is told.
    Refused(String),
}

impl Gpu {
    /// Looks for a GPU and compiles the kernels of the published networks, unless `known` speeds
    /// say that it would be in vain. The first of what it gives is the GPU's name, as the browser
    /// tells it.
    pub(super) async fn find(
        architecture: Architecture,
        wish: BackendChoice,
        known: Option<&Speeds>,
    ) -> (Option<String>, Self) {
        // Who wants the processor need not wait for a GPU to say its name.
        if wish == BackendChoice::Cpu {
            return (None, Self::NotWanted);
        }
        let looked = async {
            let name = adapter_name().await;
            let refusal = refusal(wish, name.as_deref()).await;
            (name, refusal)
        };
        let Some((name, refusal)) = pause::within(NAME_MS, looked).await else {
            return (None, Self::Refused(silent()));
        };
        if let Some(reason) = refusal {
            return (name, Self::Refused(reason));
        }
        let will_lose = known.is_some_and(|known| {
            wish == BackendChoice::Auto
                && known.architecture == architecture
                && known.adapter == name.as_deref().unwrap_or_default()
                && !known.gpu_wins(machine::side_by_side())
        });
        if will_lose {
            return (name, Self::WillLose);
        }
        let gpu = match pause::within(START_MS, start(architecture)).await {
            Some(Ok(start)) => Self::Started(start),
            Some(Err(error)) => Self::Refused(unfit(error)),
            None => Self::Refused(silent()),
        };
        (name, gpu)
    }
}

async fn start(architecture: Architecture) -> Result<GpuStart, EngineError> {
    let config = NetworkConfig::published(architecture);
    match GpuStart::new(config, GpuOptions::default()).await {
        Ok(start) => Ok(start),
        Err(first) => GpuStart::new(config, IN_SINGLE).await.map_err(|_| first),
    }
}

/// Why the processor is to compute whatever the GPU can do; `None`: it is worth a try.
async fn refusal(wish: BackendChoice, name: Option<&str>) -> Option<String> {
    let Some(adapter) = probe_gpu().await else {
        return Some(
            "This browser offers no WebGPU adapter, so the processor computes.".to_owned(),
        );
    };
    let software = adapter.software || name.is_some_and(is_emulated);
    (software && wish == BackendChoice::Auto).then(|| {
        let name = name.unwrap_or(&adapter.name);
        format!(
            "The only WebGPU adapter ({name}) is emulated in software, which is slower than the processor itself."
        )
    })
}

/// Why a GPU that was waited for in vain is not used.
pub(super) fn silent() -> String {
    "The GPU does not answer, so the processor computes.".to_owned()
}

/// Why a GPU is not used that cannot do it.
pub(super) fn unfit(detail: impl std::fmt::Display) -> String {
    format!("The GPU path is not used: {detail}")
}
