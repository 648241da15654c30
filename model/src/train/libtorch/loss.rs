//! The loss of [`crate::train::loss`] as libtorch's operations.

use tch::{Kind, Tensor};

use crate::train::loss::{SMOOTH, Terms};

/// What is known of a batch; all `[batch, 1, rows, columns]` in single precision.
#[derive(Debug, Clone, Copy)]
pub struct Marks<'a> {
    /// 1 for tumour, 0 for none.
    pub target: &'a Tensor,
    /// 0 for pixels that do not count, else 1.
    pub weight: &'a Tensor,
    /// Probability by the teachers; of pixels that do not count too.
    pub taught: Option<&'a Tensor>,
}

/// The loss over all heads: the last counts 1, the others
/// `terms.side_heads`, divided by the sum.
///
/// # Shapes
/// Heads as `marks`; the answer is a number.
pub fn over_heads(heads: &[Tensor], marks: &Marks<'_>, terms: Terms) -> Option<Tensor> {
    let last = heads.len().checked_sub(1)?;
    let side = f64::from(terms.side_heads);
    let total = 1.0 + side * last as f64;
    heads
        .iter()
        .enumerate()
        .map(|(i, logits)| {
            let share = if i == last { 1.0 } else { side };
            one(logits, marks, terms) * (share / total)
        })
        .reduce(|sum, loss| sum + loss)
}

fn one(logits: &Tensor, marks: &Marks<'_>, terms: Terms) -> Tensor {
    let own = by_marks(logits, marks.target, marks.weight, terms);
    let Some(taught) = marks.taught else {
        return own;
    };
    let share = f64::from(terms.taught);
    let entropy = logits.binary_cross_entropy_with_logits(
        taught,
        None::<&Tensor>,
        None::<&Tensor>,
        tch::Reduction::Mean,
    );
    // Dice of probabilities with probabilities, each squared below the line: least where they
    // are equal (Wang et al. 2023), which the usual form is not.
    let probability = logits.sigmoid();
    let squares = (probability.square() + taught.square()).sum(Kind::Float);
    let both = (&probability * taught).sum(Kind::Float) * 2.0;
    let dice: Tensor = (both + f64::from(SMOOTH)) / (squares + f64::from(SMOOTH));
    own * (1.0 - share) + (entropy + 1.0 - dice) * share
}

fn by_marks(logits: &Tensor, target: &Tensor, weight: &Tensor, terms: Terms) -> Tensor {
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
