//! The engine against burn in a browser, on its WebGPU and on its WebAssembly.

use js_sys::{Array, Int16Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::Truth;
use crate::analysis::{SliceView, lung_field, prepare};
use crate::engine::cpu;
use crate::engine::deviation::{largest, largest_deviation};
use crate::engine::gpu::{self, ConvKernel};
use crate::engine::weights::GOLDEN_PX;
use crate::engine::{Engine, GpuOptions, Weights};
use crate::metric::Confusion;
use crate::settings::Denoise;
use crate::volume::{Intensity, PixelSpacing};

/// How far each step of the network in `weights`, a file, is off.
///
/// # Arguments
/// `way`: `cpu`, or which convolution on WebGPU, `direct` or `tiled`.
///
/// # Returns
/// `[step, share]` of each step: what it is, and by how much of the largest value of burn's answer
/// it is off.
///
/// # Errors
/// There is no WebGPU, or the network cannot be read or does not run.
#[wasm_bindgen]
pub async fn steps_off(weights: Uint8Array, way: &str) -> Result<Array, JsError> {
    console_error_panic_hook::set_once();
    let bytes = weights.to_vec();
    let truth = Truth::load(&bytes)?;
    let weights = Weights::from_bytes(&bytes)?;
    let steps = match on_gpu(way)? {
        Some(options) => gpu::deviations(&weights, &truth, options).await?,
        None => cpu::deviations(&weights, &truth).await?,
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
/// pixels of burn's.
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
    let (pixels, (rows, cols)) = match slice {
        Some(slice) => prepared(&slice.to_vec(), pixel_mm, weights.config().stride()),
        None => (weights.golden().0.to_vec(), (GOLDEN_PX, GOLDEN_PX)),
    };
    let mut engine = match on_gpu(way)? {
        Some(options) => Engine::gpu_with(&weights, options).await?,
        None => Engine::cpu(&weights)?,
    };
    let found = engine.logits(&pixels, rows, cols).await?;
    let expected = truth.logits(&pixels, (rows, cols))?;
    let threshold = weights.threshold();
    let limit = (threshold / (1.0 - threshold)).ln() * weights.temperature();
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

/// What the network gets of a slice, and its rows and columns.
fn prepared(values: &[i16], pixel_mm: f32, stride: usize) -> (Vec<f32>, (usize, usize)) {
    let edge = values.len().isqrt();
    let slice = SliceView {
        values,
        rows: edge,
        cols: edge,
        intensity: Intensity::Hounsfield,
        spacing: Some(PixelSpacing::square(pixel_mm)),
    };
    let input = prepare(&slice, lung_field(&slice).as_ref(), Denoise::None, stride);
    (input.pixels, (input.rows, input.cols))
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
