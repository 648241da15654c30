//! Which back end is faster on this machine: a name tells emulated GPUs that are known, and
//! nothing about a weak card beside a strong processor.

use super::bench::{image, timed};
use super::weights::GOLDEN_PX;
use super::{Engine, EngineError};
use crate::bench::Speeds;

/// Milliseconds that the processor takes for an image of [`Speeds::EDGE`]². It has run before, so
/// that its code is compiled.
///
/// # Errors
/// The engine's own.
pub async fn cpu_ms(cpu: &mut Engine, now_ms: impl Fn() -> f64) -> Result<f64, EngineError> {
    warm(cpu, &image(Speeds::EDGE), Speeds::EDGE, &now_ms).await
}

/// The same of a GPU, made from the same weights, against a processor that takes `cpu_ms`. It has
/// run before, so that its shaders are compiled.
///
/// # Errors
/// The engine's own.
pub async fn gpu_ms(
    gpu: &mut Engine,
    cpu_ms: f64,
    now_ms: impl Fn() -> f64,
) -> Result<f64, EngineError> {
    // One that takes longer for a small part of the image need not show the whole.
    let tile = image(GOLDEN_PX);
    let (tile_ms, _) = timed(gpu, &tile, GOLDEN_PX, &now_ms).await?;
    if tile_ms > cpu_ms {
        let tiles = (Speeds::EDGE / GOLDEN_PX).pow(2);
        return Ok(tile_ms * tiles as f64);
    }
    warm(gpu, &image(Speeds::EDGE), Speeds::EDGE, &now_ms).await
}

/// The second of two runs: the first one gets its memory.
async fn warm(
    engine: &mut Engine,
    input: &[f32],
    edge: usize,
    now_ms: &impl Fn() -> f64,
) -> Result<f64, EngineError> {
    timed(engine, input, edge, now_ms).await?;
    Ok(timed(engine, input, edge, now_ms).await?.0)
}
