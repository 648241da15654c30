//! The comparison's entry point in a browser.

use burn::tensor::Device;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Round, by_turns};
use crate::engine::GpuOptions;

/// [`by_turns`] on the browser's WebGPU.
///
/// # Returns
/// `[engine_ms, burn_ms, difference]` of each round.
///
/// # Errors
/// There is no WebGPU, or one of the two does not run on it.
#[wasm_bindgen]
pub async fn against_burn(
    weights: Uint8Array,
    edge: usize,
    rounds: usize,
) -> Result<Array, JsError> {
    console_error_panic_hook::set_once();
    let device = Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| JsError::new(&error.to_string()))?;
    let options = GpuOptions::default();
    let (_, rounds) = by_turns(&weights.to_vec(), edge, rounds, options, &device).await?;
    let values = |round: Round| {
        let values = [round.engine_ms, round.burn_ms, f64::from(round.difference)];
        values.map(JsValue::from).into_iter().collect::<Array>()
    };
    Ok(rounds.into_iter().map(values).collect())
}
