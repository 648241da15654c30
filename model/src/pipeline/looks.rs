//! The network's two looks at a slice: at its own resolution, and at half of it for masses.

use super::{Network, Segmenter};
use crate::analysis::mass::{halved, joined};
use crate::analysis::preprocess::NetworkInput;
use crate::engine::EngineError;

/// Parts of the work that both looks take together: the second has a quarter of the pixels.
const WORK: usize = 5;

impl<S: Segmenter> Network<S> {
    /// Probabilities (0…1, `rows × cols`) of a prepared input. `step` is awaited between layers, as in
    /// [`Segmenter::probabilities`], and told of the progress of both looks together.
    pub async fn look(
        &mut self,
        input: &NetworkInput,
        step: &mut impl AsyncFnMut(usize, usize) -> bool,
    ) -> Result<Vec<f32>, EngineError> {
        let half = halved(input, self.stride);
        let mut found = [Vec::new(), Vec::new()];
        // One call in a loop, because each closure would bring another copy of the engine's code.
        let looks = [(input, 0, WORK - 1), (&half, WORK - 1, 1)];
        for (found, (input, before, share)) in found.iter_mut().zip(looks) {
            let size = (input.rows, input.cols);
            let mut within = async |done: usize, total: usize| {
                step(before * total + share * done, WORK * total).await
            };
            *found = self
                .engine
                .probabilities(&input.pixels, size, self.temperature, &mut within)
                .await?;
        }
        let [first, second] = found;
        let second = half.on_slice(&second);
        let size = (input.rows, input.cols);
        Ok(joined(first, &second, size, self.threshold))
    }
}
