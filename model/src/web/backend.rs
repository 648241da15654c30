//! Choosing where a network runs: a real GPU that is faster, else the CPU, and why.

use super::adapter::adapter_name;
use super::{channel, failure, pause};
use crate::bench::Speeds;
use crate::engine::race::race;
use crate::engine::{Engine, Weights, is_emulated, probe_gpu};
use crate::pipeline::Network;
use crate::protocol::{BackendChoice, EngineInfo, Event, Failure, Stage};

/// A network ready to run and what the page may say about it.
pub(super) struct Ready {
    pub(super) network: Network,
    pub(super) info: EngineInfo,
    /// What the choice was made by, if it was measured.
    pub(super) speeds: Option<Speeds>,
}

/// An engine that has passed its self-test, and by how much its logits were off.
type Tested = (Engine, f32);

/// Build the network of `weights` on the wished back end, test it against the stored
/// logits and fall back to the CPU when that fails or, if the choice is free, when that is faster.
///
/// # Arguments
/// * `known`: what was measured before.
pub(super) async fn prepare(
    weights: &Weights,
    wish: BackendChoice,
    known: Option<Speeds>,
) -> Result<Ready, Failure> {
    let started_ms = pause::now_ms();
    channel::send(&Event::Progress {
        stage: Stage::StartUp,
        done: 0,
        total: 1,
    });
    let name = adapter_name().await;
    let mut speeds = known.filter(|known| {
        known.architecture == weights.config().architecture
            && known.weights_version == weights.version()
            && Some(&known.adapter) == name.as_ref()
    });
    let chosen = match gpu_refusal(wish, name.as_deref()).await {
        Some(reason) => Err(reason),
        None => on_gpu(weights, wish, name.clone(), &mut speeds)
            .await
            .map_err(Some),
    };
    let (backend, (engine, self_test_error), reason) = match chosen {
        Ok(tested) => (BackendChoice::Gpu, tested, None),
        Err(reason) => (BackendChoice::Cpu, on_processor(weights).await?, reason),
    };
    if let Some(speeds) = &speeds {
        channel::send(&Event::Speeds(speeds.clone()));
    }
    let own = engine.adapter().name.clone();
    let info = EngineInfo {
        architecture: weights.config().architecture,
        backend,
        adapter: name
            .filter(|_| backend == BackendChoice::Gpu)
            .unwrap_or(own),
        reason,
        self_test_error,
        start_up_ms: pause::now_ms() - started_ms,
        weights_version: weights.version().to_owned(),
        threshold: weights.threshold(),
        least_peak: weights.least_peak(),
    };
    Ok(Ready {
        network: Network::new(engine, weights),
        info,
        speeds,
    })
}

/// `None`: try the GPU. `Some(reason)`: use the CPU, with a reason if it was not the user's wish.
async fn gpu_refusal(wish: BackendChoice, name: Option<&str>) -> Option<Option<String>> {
    if wish == BackendChoice::Cpu {
        return Some(None);
    }
    let Some(adapter) = probe_gpu().await else {
        return Some(Some(
            "This browser offers no WebGPU adapter, so the processor computes.".to_owned(),
        ));
    };
    let software = adapter.software || name.is_some_and(is_emulated);
    (software && wish == BackendChoice::Auto).then(|| {
        let name = name.unwrap_or(&adapter.name);
        Some(format!(
            "The only WebGPU adapter ({name}) is emulated in software, which is slower than the processor itself."
        ))
    })
}

/// The network on the GPU, or why not. Where the choice is free, the faster one is found out,
/// unless `speeds` says it already.
async fn on_gpu(
    weights: &Weights,
    wish: BackendChoice,
    name: Option<String>,
    speeds: &mut Option<Speeds>,
) -> Result<Tested, String> {
    let is_free = wish == BackendChoice::Auto;
    let lost = |speeds: &Option<Speeds>| {
        speeds
            .as_ref()
            .filter(|s| is_free && !s.gpu_wins())
            .map(defeat)
    };
    if let Some(reason) = lost(speeds) {
        return Err(reason);
    }
    let unfit = |detail| format!("The GPU path is not used: {detail}");
    let (mut gpu, error) = tested(Engine::gpu(weights).await, weights)
        .await
        .map_err(unfit)?;
    if is_free && speeds.is_none() {
        let (mut cpu, _) = tested(Engine::cpu(weights), weights).await?;
        let times = race(&mut gpu, &mut cpu, pause::now_ms).await;
        let (gpu_ms, cpu_ms) = times.map_err(|error| unfit(error.to_string()))?;
        *speeds = Some(Speeds {
            architecture: weights.config().architecture,
            weights_version: weights.version().to_owned(),
            adapter: name.unwrap_or_default(),
            gpu_ms,
            cpu_ms,
        });
    }
    lost(speeds).map_or(Ok((gpu, error)), Err)
}

fn defeat(speeds: &Speeds) -> String {
    format!(
        "The processor is faster here than the GPU ({}).",
        speeds.adapter
    )
}

async fn on_processor(weights: &Weights) -> Result<Tested, Failure> {
    tested(Engine::cpu(weights), weights)
        .await
        .map_err(|detail| {
            failure(
                format!("The segmentation engine failed its self-test ({detail})."),
                "Reload the page; if it happens again, report it with the diagnostics text.",
            )
        })
}

async fn tested<E: std::fmt::Display>(
    built: Result<Engine, E>,
    weights: &Weights,
) -> Result<Tested, String> {
    let mut engine = built.map_err(|error| error.to_string())?;
    let error = engine
        .self_test(weights)
        .await
        .map_err(|error| error.to_string())?;
    Ok((engine, error))
}
