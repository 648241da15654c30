//! Whether the confidence of a region on validation crops means what it says, and what else could.

use std::io::Write as _;

use anyhow::Result;
use model::train::calibrate::confidence::ways;
use model::train::calibrate::judged::Judged;

/// Prints a table of ways to tell it, and the reliability of the product's.
///
/// # Arguments
/// `of`: how the regions were judged.
pub(crate) fn table(of: &str, judged: &[Judged]) -> Result<()> {
    let nodules = judged.iter().filter(|it| it.is_nodule).count();
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| confidence of {} regions ({nodules} nodules) of {of} | ECE | Brier | constant, weights |",
        judged.len()
    )?;
    writeln!(out, "|---|---|---|---|")?;
    let ways = ways(judged);
    for way in &ways {
        let weights: Vec<String> = way.weights.iter().map(|it| format!("{it:.3}")).collect();
        let (ece, brier) = (way.reliability.ece, way.reliability.brier);
        let (name, weights) = (way.name, weights.join(", "));
        writeln!(out, "| {name} | {ece:.4} | {brier:.4} | {weights} |")?;
    }
    writeln!(
        out,
        "\n| the product's confidence, mean | nodules | regions |"
    )?;
    writeln!(out, "|---|---|---|")?;
    for bin in ways.iter().take(1).flat_map(|way| &way.reliability.bins) {
        writeln!(out, "| {:.3} | {:.3} | {} |", bin.said, bin.was, bin.count)?;
    }
    Ok(writeln!(out)?)
}
