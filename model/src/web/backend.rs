//! Choosing where a network runs: real GPU, else CPU, and why.

use super::{channel, failure, pause};
use crate::engine::{Engine, Weights, probe_gpu};
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
    let reason = match gpu_refusal(wish).await {
        None => match tested(Engine::gpu(weights).await, weights).await {
            Ok((engine, error)) => {
                return Ok(ready(
                    engine,
                    error,
                    weights,
                    BackendChoice::Gpu,
                    None,
                    started_ms,
                ));
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
async fn gpu_refusal(wish: BackendChoice) -> Option<Option<String>> {
    if wish == BackendChoice::Cpu {
        return Some(None);
    }
    match probe_gpu().await {
        None => Some(Some(
            "This browser offers no WebGPU adapter, so the processor computes.".to_owned(),
        )),
        Some(adapter) if adapter.software && wish == BackendChoice::Auto => Some(Some(format!(
            "The only WebGPU adapter ({}) is emulated in software, which is slower than the processor itself.",
            adapter.name
        ))),
        Some(_) => None,
    }
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
