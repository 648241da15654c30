//! Measuring this browser: networks without meaning, so that nothing is downloaded.

use super::{adapter, failure};
use crate::bench::Case;
use crate::clock;
use crate::engine::{Engine, GpuOptions, Weights, bench};
use crate::protocol::{BackendChoice, Failure};

/// Widest network, largest edge and most runs that may be asked for.
const LIMITS: (usize, usize, usize) = (64, 1024, 100);

/// Measures one case: the figures as JSON, and the logits of the image that was measured.
pub(super) async fn run(case: Case, runs: usize) -> Result<(String, Vec<f32>), Failure> {
    let (width, edge, most) = LIMITS;
    let fits = (1..=width).contains(&case.width) && (16..=edge).contains(&case.edge);
    if !fits || !case.edge.is_multiple_of(case.config().stride()) || runs > most {
        return Err(failure(
            "This cannot be measured.",
            "Choose a smaller network or image.",
        ));
    }
    let weights = Weights::arbitrary(case.config());
    let started_ms = clock::now_ms();
    let engine = match case.backend {
        BackendChoice::Gpu => {
            let options = GpuOptions {
                is_timed: true,
                ..GpuOptions::default()
            };
            Engine::gpu_with(&weights, options).await
        }
        _ => Engine::cpu(&weights),
    };
    let refused = |error: crate::engine::EngineError| {
        failure(error.to_string(), "Choose the other back end.")
    };
    let mut engine = engine.map_err(refused)?;
    let prepare_ms = clock::now_ms() - started_ms;
    let measured = bench::measure(&mut engine, case, prepare_ms, runs, clock::now_ms).await;
    let mut figures = measured.map_err(refused)?;
    if case.backend == BackendChoice::Gpu {
        // wgpu passes on less of the name than the browser tells.
        figures.adapter = adapter::adapter_name().await.unwrap_or(figures.adapter);
    }
    let input = bench::image(case.edge);
    let logits = engine.logits(&input, case.edge, case.edge).await;
    let json = serde_json::to_string(&figures);
    let json = json.map_err(|error| failure(error.to_string(), "Measure again."))?;
    Ok((json, logits.map_err(refused)?))
}
