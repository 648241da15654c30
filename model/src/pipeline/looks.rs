//! The network's two looks at a slice: at its own resolution, and at half of it for masses.

use super::{Network, Segmenter};
use crate::analysis::mass::{halved, joined};
use crate::analysis::preprocess::NetworkInput;
use crate::engine::EngineError;

/// Parts of the work that both looks take together: the second has a quarter of the pixels.
const WORK: usize = 5;

impl<S: Segmenter> Network<S> {
    /// Probabilities (0…1, `rows × cols`) of a prepared input. `step` is awaited between layers, as
    /// in [`Segmenter::probabilities`], and told of the progress of both looks together.
    ///
    /// # Errors
    /// The engine's own.
    pub async fn look(
        &mut self,
        input: &NetworkInput,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let first = self.look_once(input, (0, WORK - 1), step).await?;
        // The second look only adds to what the first one saw.
        if !first.iter().any(|&p| p >= self.threshold) {
            let goes_on = step(1, 1).await;
            return goes_on.then_some(first).ok_or(EngineError::Cancelled);
        }
        let half = halved(input, self.stride);
        let second = self.look_once(&half, (WORK - 1, 1), step).await?;
        let second = half.on_slice(&second);
        let size = (input.rows, input.cols);
        Ok(joined(first, &second, size, self.threshold))
    }

    /// One look, with `share` of the work after what was done `before`.
    async fn look_once(
        &mut self,
        input: &NetworkInput,
        (before, share): (usize, usize),
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let size = (input.rows, input.cols);
        let mut within = async |done: usize, total: usize| {
            step(before * total + share * done, WORK * total).await
        };
        self.engine
            .probabilities(&input.pixels, size, self.temperature, &mut within)
            .await
    }
}
