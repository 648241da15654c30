//! Batch Dice and binary cross-entropy, with pixels left out.

use burn::tensor::Tensor;
use burn::tensor::activation::{relu, sigmoid};

/// Keeps the Dice term finite and calm on batches with hardly any target.
pub(crate) const SMOOTH: f32 = 10.0;

/// What the loss is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Weight of the Dice term beside the cross-entropy.
    pub dice: f32,
    /// Share of the Dice term that is the mean of the windows with a target.
    pub window_dice: f32,
    /// What is added above and below the line in a window's Dice. The less, the more a
    /// small nodule counts that was missed.
    pub window_smooth: f32,
    /// Weight of every head but the last.
    pub side_heads: f32,
    /// Share of the loss against the teachers' answers, where a run has teachers.
    pub taught: f32,
}

/// Dice (1 − it) plus the mean cross-entropy. The Dice is that of the whole batch and, for
/// a share of `terms.window_dice`, the mean of the windows with a target: small nodules count
/// in it as much as large ones.
///
/// # Shapes
/// All `[batch, 1, rows, columns]`; `weight` is 0 for pixels that do not count, else 1.
/// The answer is `[1]`.
pub fn dice_and_entropy(
    logits: Tensor<4>,
    target: Tensor<4>,
    weight: Tensor<4>,
    terms: Terms,
) -> Tensor<1> {
    // max(x, 0) − x t + ln(1 + e^−|x|): never overflows.
    let entropy = relu(logits.clone()) - logits.clone() * target.clone()
        + logits.clone().abs().neg().exp().log1p();
    let entropy = (entropy * weight.clone()).sum() / weight.clone().sum().add_scalar(1.0);
    let probability = sigmoid(logits) * weight.clone();
    let target = target * weight;
    let windows = |x: Tensor<4>| -> Tensor<1> { x.flatten::<2>(1, 3).sum_dim(1).squeeze_dim(1) };
    let both = windows(probability.clone() * target.clone()).mul_scalar(2.0);
    let size = windows(target);
    let either = windows(probability) + size.clone();
    let batch = both.clone().sum().add_scalar(SMOOTH) / either.clone().sum().add_scalar(SMOOTH);
    let has = size.greater_scalar(0.0).float();
    let each = both.add_scalar(terms.window_smooth) / either.add_scalar(terms.window_smooth);
    let missing = each.neg().add_scalar(1.0) * has.clone();
    let windows = missing.sum() / has.sum().add_scalar(1e-6);
    entropy
        + batch
            .neg()
            .add_scalar(1.0)
            .mul_scalar(terms.dice * (1.0 - terms.window_dice))
        + windows.mul_scalar(terms.dice * terms.window_dice)
}

/// The loss over all heads: the last counts 1, the others
/// `terms.side_heads`, divided by the sum.
///
/// # Shapes
/// `heads` as many `[batch, 1, rows, columns]` as the network has; the answer is `[1]`.
pub fn over_heads(
    heads: Vec<Tensor<4>>,
    target: &Tensor<4>,
    weight: &Tensor<4>,
    terms: Terms,
) -> Option<Tensor<1>> {
    let last = heads.len().checked_sub(1)?;
    let total = 1.0 + terms.side_heads * last as f32;
    heads
        .into_iter()
        .enumerate()
        .map(|(i, logits)| {
            let share = if i == last { 1.0 } else { terms.side_heads };
            dice_and_entropy(logits, target.clone(), weight.clone(), terms)
                .mul_scalar(share / total)
        })
        .reduce(|sum, loss| sum + loss)
}
