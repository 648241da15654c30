//! The engine and burn on the same WebGPU adapter of a browser, by turns: `bin/compare.rs` there.
//! `./neurocare compare` builds the module, `end2end/bench/burn.mjs` runs it.

use burn::module::Module as _;
use burn::tensor::{Device, Tensor, TensorData};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::clock::now_ms;
use crate::engine::{Engine, Weights, bench};
use crate::net::{Network, load_folded};

/// Times both with the network in `weights`, a file, and a square image of `edge` pixels.
///
/// # Returns
/// `[engine_ms, burn_ms, difference]` for each of `rounds`, after one that does not count;
/// `difference` is that of the logits at most.
///
/// # Errors
/// There is no WebGPU, or one of the two does not run on it.
#[wasm_bindgen]
pub async fn compare(weights: Uint8Array, edge: usize, rounds: usize) -> Result<Array, JsError> {
    console_error_panic_hook::set_once();
    let bytes = weights.to_vec();
    let mut engine = Engine::gpu(&Weights::from_bytes(&bytes)?).await?;
    let device = Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| JsError::new(&error.to_string()))?;
    let network = load_folded(&bytes)?.to_device(&device);
    let input = bench::image(edge);
    let outcome = Array::new();
    for round in 0..=rounds {
        let start = now_ms();
        let mut silent = async |_: usize, _: usize| true;
        let ours = engine.run(&input, edge, edge, &mut silent).await?;
        let between = now_ms();
        let theirs = burn_logits(&network, &input, edge, &device).await?;
        let end = now_ms();
        let differences = ours
            .iter()
            .zip(&theirs)
            .map(|(a, b)| f64::from((a - b).abs()));
        let difference = differences.fold(0.0, f64::max);
        if round > 0 {
            let times = [between - start, end - between, difference];
            outcome.push(&times.map(JsValue::from).into_iter().collect::<Array>());
        }
    }
    Ok(outcome)
}

async fn burn_logits(
    network: &Network,
    input: &[f32],
    edge: usize,
    device: &Device,
) -> Result<Vec<f32>, JsError> {
    let data = TensorData::new(input.to_vec(), [1, 1, edge, edge]);
    let logits = network.infer(Tensor::<4>::from_data(data, device));
    let unread = |error: &dyn std::fmt::Debug| JsError::new(&format!("burn's result: {error:?}"));
    let data = logits.into_data_async().await.map_err(|e| unread(&e))?;
    data.try_into_vec().map_err(|e| unread(&e))
}
