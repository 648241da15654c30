//! The engine and burn on the same graphics card, by turns, with the same network and image;
//! burn without fusion and autotuning, as a browser would have it.
//!
//! [`by_turns`] is what `bin/against_burn.rs` does natively and `web.rs`, a module that
//! `./neurocare against-burn` builds for `end2end/bench/against-burn.mjs`, in a browser.

#[cfg(all(feature = "against-burn-web", target_arch = "wasm32"))]
pub mod web;

use burn::module::Module as _;
use burn::tensor::{Device, Tensor, TensorData};

use crate::clock::now_ms;
use crate::engine::{self, Engine, EngineError, GpuOptions, Weights, bench, largest_deviation};
use crate::net::{self, Network, load_folded};

/// How long each took once, and how far their logits lie apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// The engine's time, with reading back, in ms.
    pub engine_ms: f64,
    /// burn's, likewise.
    pub burn_ms: f64,
    /// Largest difference of two logits; no number if one of them is none.
    pub difference: f32,
}

/// Why the two could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum AgainstBurnError {
    /// The engine cannot read the file of weights.
    #[error(transparent)]
    Weights(#[from] engine::WeightsError),
    /// burn cannot.
    #[error(transparent)]
    Network(#[from] net::WeightsError),
    /// The engine does not run.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// burn's logits cannot be read.
    #[error("burn's result cannot be read: {0}")]
    Unread(String),
}

/// Times both with the network in `weights`, a file, and a square image of `edge` pixels.
///
/// # Returns
/// The adapter's name, and `rounds` rounds after one that does not count.
///
/// # Errors
/// One of the two cannot read the file or does not run.
pub async fn by_turns(
    weights: &[u8],
    edge: usize,
    rounds: usize,
    options: GpuOptions,
    device: &Device,
) -> Result<(String, Vec<Round>), AgainstBurnError> {
    let mut engine = Engine::gpu_with(&Weights::from_bytes(weights)?, options).await?;
    let network = load_folded(weights)?.to_device(device);
    let input = bench::image(edge);
    let mut all = Vec::new();
    for round in 0..=rounds {
        let start = now_ms();
        let mut silent = async |_: usize, _: usize| true;
        let ours = engine.run(&input, edge, edge, &mut silent).await?;
        let between = now_ms();
        let theirs = burn_logits(&network, &input, edge, device).await?;
        let end = now_ms();
        let difference = largest_deviation(&ours, &theirs);
        let (engine_ms, burn_ms) = (between - start, end - between);
        if round > 0 {
            all.push(Round {
                engine_ms,
                burn_ms,
                difference,
            });
        }
    }
    Ok((engine.adapter().name.clone(), all))
}

async fn burn_logits(
    network: &Network,
    input: &[f32],
    edge: usize,
    device: &Device,
) -> Result<Vec<f32>, AgainstBurnError> {
    let data = TensorData::new(input.to_vec(), [1, 1, edge, edge]);
    let logits = network.infer(Tensor::<4>::from_data(data, device));
    let unread = |error: &dyn std::fmt::Debug| AgainstBurnError::Unread(format!("{error:?}"));
    let data = logits.into_data_async().await.map_err(|e| unread(&e))?;
    data.try_into_vec().map_err(|e| unread(&e))
}
