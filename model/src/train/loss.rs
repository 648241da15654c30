//! Batch Dice and binary cross-entropy, with pixels left out.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

/// Keeps the Dice term finite and calm on batches with hardly any target.
const SMOOTH: f32 = 10.0;

/// Dice of the whole batch (1 − it) plus the mean cross-entropy.
///
/// # Shapes
/// All `[batch, 1, rows, columns]`; `weight` is 0 for pixels that do not count, else 1.
/// The answer is `[1]`.
pub fn dice_and_entropy(logits: Tensor<4>, target: Tensor<4>, weight: Tensor<4>) -> Tensor<1> {
    // max(x, 0) − x t + ln(1 + e^−|x|): never overflows.
    let entropy = relu(logits.clone()) - logits.clone() * target.clone()
        + logits.clone().abs().neg().exp().log1p();
    let entropy = (entropy * weight.clone()).sum() / weight.clone().sum().add_scalar(1.0);
    let probability = sigmoid(logits) * weight.clone();
    let target = target * weight;
    let both = (probability.clone() * target.clone())
        .sum()
        .mul_scalar(2.0)
        .add_scalar(SMOOTH);
    let either = (probability.sum() + target.sum()).add_scalar(SMOOTH);
    entropy + (both / either).neg().add_scalar(1.0)
}

/// The loss over all heads: the last counts 1, the others `side_weight`, divided by the sum.
///
/// # Shapes
/// `heads` as many `[batch, 1, rows, columns]` as the network has; the answer is `[1]`.
pub fn over_heads(
    heads: Vec<Tensor<4>>,
    target: &Tensor<4>,
    weight: &Tensor<4>,
    side_weight: f32,
) -> Option<Tensor<1>> {
    let last = heads.len().checked_sub(1)?;
    let total = 1.0 + side_weight * last as f32;
    heads
        .into_iter()
        .enumerate()
        .map(|(i, logits)| {
            let share = if i == last { 1.0 } else { side_weight };
            dice_and_entropy(logits, target.clone(), weight.clone()).mul_scalar(share / total)
        })
        .reduce(|sum, loss| sum + loss)
}
