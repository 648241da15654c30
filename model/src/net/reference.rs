//! burn as the segmenter of the pipeline: slow, and the truth that the engine is held to.

use burn::tensor::{Device, Tensor, TensorData};

use super::Network;
use crate::engine::{EngineError, calibrated};
use crate::pipeline::Segmenter;

impl Segmenter for Network {
    async fn probabilities(
        &mut self,
        input: &[f32],
        (rows, cols): (usize, usize),
        temperature: f32,
        _step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let data = TensorData::new(input.to_vec(), [1, 1, rows, cols]);
        let logits = self.infer(Tensor::<4>::from_data(data, &Device::flex()));
        let logits: Vec<f32> = logits.into_data().try_to_vec().map_err(|error| {
            EngineError::Plan(format!("burn's result cannot be read: {error:?}"))
        })?;
        Ok(calibrated(&logits, temperature))
    }
}
