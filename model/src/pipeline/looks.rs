//! The network's two looks at a slice: at its own resolution, and at half of it for masses.

use super::{Network, Segmenter};
use crate::analysis::mass::{halved, joined};
use crate::analysis::preprocess::NetworkInput;
use crate::engine::EngineError;

impl<S: Segmenter> Network<S> {
    /// Probabilities (0…1, `rows × cols`) of a prepared input. `step` is awaited between layers, as in
    /// [`Segmenter::probabilities`], and told of the progress of both looks together.
    pub async fn look(
        &mut self,
        input: &NetworkInput,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let size = (input.rows, input.cols);
        // The second look has a quarter of the pixels: a fifth of the work.
        let first = self
            .engine
            .probabilities(
                &input.pixels,
                size,
                self.temperature,
                &mut async |done, total| step(4 * done, 5 * total).await,
            )
            .await?;
        let half = halved(input, self.stride);
        let second = self
            .engine
            .probabilities(
                &half.pixels,
                (half.rows, half.cols),
                self.temperature,
                &mut async |done, total| step(4 * total + done, 5 * total).await,
            )
            .await?;
        let second = half.on_slice(&second);
        Ok(joined(first, &second, size, self.threshold))
    }
}
