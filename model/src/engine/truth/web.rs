//! The engine's steps against burn's in a browser.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::Truth;
use crate::engine::gpu::deviations;
use crate::engine::{GpuOptions, Weights};

/// How far each step of the network in `weights`, a file, is off on the browser's WebGPU.
///
/// # Arguments
/// `kernel`: which convolution, `direct` or `tiled`.
///
/// # Returns
/// `[step, share]` of each step: what it is, and by how much of the largest value of burn's answer
/// it is off.
///
/// # Errors
/// There is no WebGPU, or the network cannot be read or does not run.
#[wasm_bindgen]
pub async fn steps_off(weights: Uint8Array, kernel: &str) -> Result<Array, JsError> {
    console_error_panic_hook::set_once();
    let bytes = weights.to_vec();
    let options = GpuOptions {
        kernel: Some(kernel.parse().map_err(|e: String| JsError::new(&e))?),
        ..GpuOptions::default()
    };
    let truth = Truth::load(&bytes)?;
    let steps = deviations(&Weights::from_bytes(&bytes)?, &truth, options).await?;
    let pair = |(step, off)| {
        let name = JsValue::from(format!("{step:?}"));
        Array::of2(&name, &JsValue::from(off))
    };
    Ok(steps.into_iter().map(pair).collect())
}
