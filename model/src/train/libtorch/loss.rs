//! The loss of [`crate::train::loss`] as libtorch's operations.

use tch::{Kind, Tensor};

use crate::train::loss::{SMOOTH, Terms};

/// The loss over all heads: the last counts 1, the others
/// `terms.side_heads`, divided by the sum.
///
/// # Shapes
/// All `[batch, 1, rows, columns]` in single precision; the answer is a number.
pub fn over_heads(
    heads: &[Tensor],
    target: &Tensor,
    weight: &Tensor,
    terms: Terms,
) -> Option<Tensor> {
    let last = heads.len().checked_sub(1)?;
    let side = f64::from(terms.side_heads);
    let total = 1.0 + side * last as f64;
    heads
        .iter()
        .enumerate()
        .map(|(i, logits)| {
            let share = if i == last { 1.0 } else { side };
            one(logits, target, weight, terms) * (share / total)
        })
        .reduce(|sum, loss| sum + loss)
}

fn one(logits: &Tensor, target: &Tensor, weight: &Tensor, terms: Terms) -> Tensor {
    let entropy = logits.binary_cross_entropy_with_logits(
        target,
        Some(weight),
        None::<&Tensor>,
        tch::Reduction::Sum,
    ) / (weight.sum(Kind::Float) + 1.0);
    let probability = logits.sigmoid() * weight;
    let target = target * weight;
    let sum = |x: &Tensor| x.sum_dim_intlist([1_i64, 2, 3].as_slice(), false, Kind::Float);
    let both = sum(&(&probability * &target)) * 2.0;
    let either = sum(&probability) + sum(&target);
    let batch =
        (both.sum(Kind::Float) + f64::from(SMOOTH)) / (either.sum(Kind::Float) + f64::from(SMOOTH));
    let has = sum(&target).greater(0.0).to_kind(Kind::Float);
    let smooth = f64::from(terms.window_smooth);
    let each = (both + smooth) / (either + smooth);
    let missing: Tensor = 1.0 - each;
    let windows = (missing * &has).sum(Kind::Float) / (has.sum(Kind::Float) + 1e-6);
    let share = f64::from(terms.window_dice);
    entropy + ((1.0 - batch) * (1.0 - share) + windows * share) * f64::from(terms.dice)
}
