//! The engine against burn in a browser, on its WebGPU and on its WebAssembly.

use js_sys::{Array, Int16Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Image, Truth};
use crate::engine::cpu;
use crate::engine::deviation::{clear_limit, largest, largest_deviation};
use crate::engine::gpu::{self, ConvKernel};
use crate::engine::{Engine, GpuOptions, Weights};
use crate::metric::Confusion;

/// How far each step of a network is off.
///
/// # Arguments
/// * `weights`: a file.
/// * `slice`: a square one in HU, with pixels of `pixel_mm`, of which the middle is taken; without
///   one it is the file's golden image.
/// * `way`: `cpu`, or which convolution on WebGPU, `direct` or `tiled`.
///
/// # Returns
/// `[step, share]` of each step: what it is, and by how much of the largest value of burn's answer
/// it is off.
///
/// # Errors
/// There is no WebGPU, or the network cannot be read or does not run.
#[wasm_bindgen]
pub async fn steps_off(
    weights: Uint8Array,
    slice: Option<Int16Array>,
    pixel_mm: f32,
    way: &str,
) -> Result<Array, JsError> {
    console_error_panic_hook::set_once();
    let bytes = weights.to_vec();
    let truth = Truth::load(&bytes)?;
    let weights = Weights::from_bytes(&bytes)?;
    let image = match slice {
        Some(slice) => prepared(&slice, pixel_mm, &weights).middle(),
        None => Image::golden(&weights),
    };
    let steps = match on_gpu(way)? {
        Some(options) => gpu::deviations(&weights, &truth, &image, options).await?,
        None => cpu::deviations(&weights, &truth, &image).await?,
    };
    let pair = |(step, off)| {
        let name = JsValue::from(format!("{step:?}"));
        Array::of2(&name, &JsValue::from(off))
    };
    Ok(steps.into_iter().map(pair).collect())
}

/// How far a whole network is off, on a slice as the product prepares it.
///
/// # Arguments
/// * `weights`: a file.
/// * `slice`: a square one in HU, with pixels of `pixel_mm`; without one it is the file's golden
///   image.
/// * `way`: as for [`steps_off`].
///
/// # Returns
/// The largest difference of the logits, the largest of burn's, the Dice of both masks, and the
/// pixels of burn's. A slice's masks are above the network's threshold. The golden image may have
/// nothing there, and random networks have none that means anything: there it is a limit that no
/// value is near ([`clear_limit`]).
///
/// # Errors
/// As of [`steps_off`].
#[wasm_bindgen]
pub async fn network_off(
    weights: Uint8Array,
    slice: Option<Int16Array>,
    pixel_mm: f32,
    way: &str,
) -> Result<Vec<f32>, JsError> {
    console_error_panic_hook::set_once();
    let bytes = weights.to_vec();
    let truth = Truth::load(&bytes)?;
    let weights = Weights::from_bytes(&bytes)?;
    let is_slice = slice.is_some();
    let image = match slice {
        Some(slice) => prepared(&slice, pixel_mm, &weights),
        None => Image::golden(&weights),
    };
    let mut engine = match on_gpu(way)? {
        Some(options) => Engine::gpu_with(&weights, options).await?,
        None => Engine::cpu(&weights)?,
    };
    let found = engine.logits(&image.pixels, image.rows, image.cols).await?;
    let expected = truth.logits(&image)?;
    let limit = if is_slice {
        let threshold = weights.threshold();
        (threshold / (1.0 - threshold)).ln() * weights.temperature()
    } else {
        clear_limit(&expected)
    };
    let mask =
        |logits: &[f32]| -> Vec<u8> { logits.iter().map(|&it| u8::from(it > limit)).collect() };
    let (found_mask, expected_mask) = (mask(&found), mask(&expected));
    Ok(vec![
        largest_deviation(&found, &expected),
        largest(&expected),
        Confusion::count(&found_mask, &expected_mask)
            .agreement()
            .dice,
        expected_mask.iter().map(|&it| f32::from(it)).sum(),
    ])
}

/// What the network of `weights` gets of a slice.
fn prepared(slice: &Int16Array, pixel_mm: f32, weights: &Weights) -> Image {
    Image::of_slice(&slice.to_vec(), pixel_mm, weights.config().stride())
}

/// The card's convolution, if it is the card that is asked for.
fn on_gpu(way: &str) -> Result<Option<GpuOptions>, JsError> {
    if way == "cpu" {
        return Ok(None);
    }
    let kernel: ConvKernel = way.parse().map_err(|e: String| JsError::new(&e))?;
    Ok(Some(GpuOptions {
        kernel: Some(kernel),
        ..GpuOptions::default()
    }))
}
