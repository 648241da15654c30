//! Which back end is faster on this machine: a name tells emulated GPUs that are known, and
//! nothing about a weak card beside a strong processor.

use super::bench::{image, timed};
use super::weights::GOLDEN_PX;
use super::{Engine, EngineError};
use crate::bench::Speeds;

/// Milliseconds that `gpu` and `cpu`, made from the same weights, take for an image of
/// [`Speeds::EDGE`]². Both have run before, so that shaders and code are compiled.
///
/// # Errors
/// The engines' own.
pub async fn race(
    gpu: &mut Engine,
    cpu: &mut Engine,
    now_ms: impl Fn() -> f64,
) -> Result<(f64, f64), EngineError> {
    let input = image(Speeds::EDGE);
    let cpu_ms = warm(cpu, &input, Speeds::EDGE, &now_ms).await?;
    // One that takes longer for a small part of the image need not show the whole.
    let tile = image(GOLDEN_PX);
    let (tile_ms, _) = timed(gpu, &tile, GOLDEN_PX, &now_ms).await?;
    let gpu_ms = if tile_ms > cpu_ms {
        tile_ms * (input.len() / tile.len()) as f64
    } else {
        warm(gpu, &input, Speeds::EDGE, &now_ms).await?
    };
    Ok((gpu_ms, cpu_ms))
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
