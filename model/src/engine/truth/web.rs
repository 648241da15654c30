//! The engine against burn in a browser, on its WebGPU and on its WebAssembly.

use js_sys::{Array, Int16Array, Uint8Array};
use wasm_bindgen::prelude::*;

use super::{Image, Truth};
use crate::engine::cpu;
use crate::engine::deviation::{clear_limit, largest, largest_deviation};
use crate::engine::gpu::{self, ConvKernel};
use crate::engine::{Engine, GpuOptions, Weights};
use crate::metric::Confusion;

/// A network in the engine, ready on one of its ways, and the same one in burn: what is asked of
/// them several times is started once, which takes an emulated GPU seconds.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Pair {
    weights: Weights,
    truth: Truth,
    engine: Engine,
}

#[wasm_bindgen]
impl Pair {
    /// Makes both ready.
    ///
    /// # Arguments
    /// * `weights`: a file.
    /// * `way`: `cpu`, or which convolution on WebGPU, `direct` or `tiled`.
    ///
    /// # Errors
    /// There is no WebGPU, or the network cannot be read or does not run.
    pub async fn start(weights: Uint8Array, way: &str) -> Result<Pair, JsError> {
        console_error_panic_hook::set_once();
        let bytes = weights.to_vec();
        let truth = Truth::load(&bytes)?;
        let weights = Weights::from_bytes(&bytes)?;
        let engine = match on_gpu(way)? {
            Some(options) => Engine::gpu_with(&weights, options).await?,
            None => Engine::cpu(&weights)?,
        };
        Ok(Self {
            weights,
            truth,
            engine,
        })
    }

    /// How far each step of the network is off.
    ///
    /// # Arguments
    /// `slice`: a square one in HU, with pixels of `pixel_mm`, of which the middle is taken;
    /// without one it is the file's golden image.
    ///
    /// # Returns
    /// `[step, share]` of each step: what it is, and by how much of the largest value of burn's
    /// answer it is off.
    ///
    /// # Errors
    /// The network does not run.
    pub async fn steps_off(
        &mut self,
        slice: Option<Int16Array>,
        pixel_mm: f32,
    ) -> Result<Array, JsError> {
        let image = match slice {
            Some(slice) => self.prepared(&slice, pixel_mm).middle(),
            None => Image::golden(&self.weights),
        };
        let steps = match &mut self.engine {
            Engine::Gpu(gpu) => gpu::deviations(gpu, &self.truth, &image).await?,
            Engine::Cpu(cpu) => cpu::deviations(cpu, &self.truth, &image).await?,
        };
        let pair = |(step, off)| {
            let name = JsValue::from(format!("{step:?}"));
            Array::of2(&name, &JsValue::from(off))
        };
        Ok(steps.into_iter().map(pair).collect())
    }

    /// How far the whole network is off, on a slice as the product prepares it.
    ///
    /// # Arguments
    /// `slice`: a square one in HU, with pixels of `pixel_mm`; without one it is the file's golden
    /// image.
    ///
    /// # Returns
    /// The largest difference of the logits, the largest of burn's, the Dice of both masks, and the
    /// pixels of burn's. A slice's masks are above the network's threshold. The golden image may
    /// have nothing there, and random networks have none that means anything: there it is a limit
    /// that no value is near ([`clear_limit`]).
    ///
    /// # Errors
    /// As of [`Pair::steps_off`].
    pub async fn network_off(
        &mut self,
        slice: Option<Int16Array>,
        pixel_mm: f32,
    ) -> Result<Vec<f32>, JsError> {
        let is_slice = slice.is_some();
        let image = match slice {
            Some(slice) => self.prepared(&slice, pixel_mm),
            None => Image::golden(&self.weights),
        };
        let Image { pixels, rows, cols } = &image;
        let found = self.engine.logits(pixels, *rows, *cols).await?;
        let expected = self.truth.logits(&image)?;
        let limit = if is_slice {
            let threshold = self.weights.threshold();
            (threshold / (1.0 - threshold)).ln() * self.weights.temperature()
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

    /// What the network gets of a slice.
    fn prepared(&self, slice: &Int16Array, pixel_mm: f32) -> Image {
        let stride = self.weights.config().stride();
        Image::of_slice(&slice.to_vec(), pixel_mm, stride)
    }
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
