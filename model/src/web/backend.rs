//! Choosing where a network runs: real GPU, else CPU, and why.

use super::adapter::adapter_name;
use super::{channel, failure, pause};
use crate::engine::{Engine, Weights, is_emulated, probe_gpu};
use crate::pipeline::Network;
use crate::protocol::{BackendChoice, EngineInfo, Event, Failure, Stage};

/// A network ready to run and what the page may say about it.
pub(super) struct Ready {
    pub(super) network: Network,
    pub(super) info: EngineInfo,
}

/// Build the network of `weights` on the wished back end, test it against the stored
/// logits and fall back to the CPU when that fails.
pub(super) async fn prepare(weights: &Weights, wish: BackendChoice) -> Result<Ready, Failure> {
    let started_ms = pause::now_ms();
    channel::send(&Event::Progress {
        stage: Stage::StartUp,
        done: 0,
        total: 1,
    });
    let name = adapter_name().await;
    let reason = match gpu_refusal(wish, name.as_deref()).await {
        None => match tested(Engine::gpu(weights).await, weights).await {
            Ok((engine, error)) => {
                let mut ready = ready(engine, error, weights, BackendChoice::Gpu, None, started_ms);
                ready.info.adapter = name.unwrap_or(ready.info.adapter);
                return Ok(ready);
            }
            Err(detail) => Some(format!("The GPU path is not used: {detail}")),
        },
        Some(reason) => reason,
    };
    let (engine, error) = tested(Engine::cpu(weights), weights)
        .await
        .map_err(|detail| {
            failure(
                format!("The segmentation engine failed its self-test ({detail})."),
                "Reload the page; if it happens again, report it with the diagnostics text.",
            )
        })?;
    Ok(ready(
        engine,
        error,
        weights,
        BackendChoice::Cpu,
        reason,
        started_ms,
    ))
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

async fn tested<E: std::fmt::Display>(
    built: Result<Engine, E>,
    weights: &Weights,
) -> Result<(Engine, f32), String> {
    let mut engine = built.map_err(|error| error.to_string())?;
    let error = engine
        .self_test(weights)
        .await
        .map_err(|error| error.to_string())?;
    Ok((engine, error))
}

fn ready(
    engine: Engine,
    self_test_error: f32,
    weights: &Weights,
    backend: BackendChoice,
    reason: Option<String>,
    started_ms: f64,
) -> Ready {
    let info = EngineInfo {
        architecture: weights.config().architecture,
        backend,
        adapter: engine.adapter().name.clone(),
        reason,
        self_test_error,
        start_up_ms: pause::now_ms() - started_ms,
        weights_version: weights.version().to_owned(),
        threshold: weights.threshold(),
    };
    Ready {
        network: Network::new(engine, weights),
        info,
    }
}
