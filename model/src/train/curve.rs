//! The course of a run as a picture: training loss and validation Dice by step.

use std::path::Path;

use anyhow::{Context as _, Result};

use super::plot::Plot;

/// Draws `log.csv` of a run's folder as `curve.svg` beside it.
///
/// # Errors
/// There is no log, or the disk does not take the picture.
pub fn draw(folder: &Path) -> Result<()> {
    let log = std::fs::read_to_string(folder.join("log.csv")).context("the run has no log")?;
    Ok(std::fs::write(folder.join("curve.svg"), picture(&log))?)
}

fn picture(log: &str) -> String {
    let (losses, scores) = (series(log, "train_loss"), series(log, "val_dice"));
    let last = |points: &[(f64, f64)]| points.last().map_or(1.0, |p| p.0);
    let steps = last(&losses).max(last(&scores));
    let axes = ("step", "training loss (grey), validation Dice (blue)");
    let mut plot = Plot::new("Training", axes, (steps, 1.0));
    plot.line(&losses, "#999");
    plot.line(&scores, "#06c");
    for &point in &scores {
        plot.dot(point, 3.0);
    }
    plot.finish()
}

/// The lines `step,name,value` of one name; later columns are passed over.
fn series(log: &str, wanted: &str) -> Vec<(f64, f64)> {
    let points = log.lines().filter_map(|line| {
        let mut cells = line.split(',');
        let (step, name, value) = (cells.next()?, cells.next()?, cells.next()?);
        (name == wanted).then(|| Some((step.parse().ok()?, value.parse().ok()?)))?
    });
    points.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str =
        "step,name,value\n50,train_loss,0.900000\n100,train_loss,0.500000\n100,val_dice,0.600000\n";

    #[test]
    fn a_log_becomes_a_line_for_each_name() {
        assert_eq!(series(LOG, "train_loss"), [(50.0, 0.9), (100.0, 0.5)]);
        assert_eq!(series(LOG, "val_dice"), [(100.0, 0.6)]);
        let picture = picture(LOG);
        assert_eq!(picture.matches("<polyline").count(), 2);
        assert_eq!(picture.matches("<circle").count(), 1);
    }

    #[test]
    fn waits_beside_the_values_change_no_line() {
        let with_waits =
            "step,name,value,waited_seconds\n50,train_loss,0.9,0.001\n50,val_dice,0.6,\n";
        assert_eq!(series(with_waits, "train_loss"), [(50.0, 0.9)]);
        assert_eq!(series(with_waits, "val_dice"), [(50.0, 0.6)]);
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        assert_eq!(
            series("x,val_dice,0.5\n3,val_dice\n4,val_dice,y\n", "val_dice"),
            []
        );
    }
}
