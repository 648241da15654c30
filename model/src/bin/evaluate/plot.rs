//! The plots of an evaluation.

use model::train::calibrate::reliability::Bin;
use model::train::plot::Plot;

use crate::evaluate::calibration::Curve;
use crate::evaluate::froc::{Froc, Point};
use crate::evaluate::scored::Scored;

/// Predicted probability against the share of targets.
pub(crate) fn calibration(curve: &Curve) -> String {
    let points = curve.bins.iter();
    let points = points.map(|bin| (bin.mean_probability, bin.share_of_targets));
    let axes = ("predicted probability", "share of target pixels");
    reliability("Calibration", axes, &points.collect::<Vec<_>>())
}

/// Confidence of regions against the share of them that are nodules.
pub(crate) fn confidence(bins: &[Bin]) -> String {
    let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.said, bin.was)).collect();
    let axes = ("confidence of regions", "share that are nodules");
    reliability("Confidence", axes, &points)
}

/// On the diagonal, what is said is true.
fn reliability(title: &str, axes: (&str, &str), points: &[(f64, f64)]) -> String {
    let mut plot = Plot::new(title, axes, (1.0, 1.0));
    plot.line(&[(0.0, 0.0), (1.0, 1.0)], "#bbb");
    plot.line(points, "#06c");
    for &point in points {
        plot.dot(point, 3.0);
    }
    plot.finish()
}

/// Where a point lies.
type Place = fn(&Point) -> Option<(f64, f64)>;

/// Share of what is to be found that is found against false alarms: nodules blue, their regions on
/// single slices grey, and on both what the product does by itself, as a larger dot.
pub(crate) fn froc(froc: &Froc) -> String {
    let points = || froc.points.iter().chain([&froc.operating]);
    let most = points().map(|p| p.false_regions_per_slice);
    let most = most.fold(1.0, f64::max).min(8.0);
    let axes = ("false regions per slice", "share found");
    let title = "Whole slices: nodules (blue), regions (grey)";
    let mut plot = Plot::new(title, axes, (most, 1.0));
    let kinds: [(Place, &str); 2] = [(Point::by_region, "#999"), (Point::by_nodule, "#06c")];
    for (place, colour) in kinds {
        let mut curve: Vec<(f64, f64)> = points().filter_map(place).collect();
        curve.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        plot.line(&curve, colour);
        if let Some(point) = place(&froc.operating) {
            plot.dot(point, 5.0);
        }
    }
    plot.finish()
}

/// End of an axis of sizes that holds them all, with whole numbers at its quarters. Those of
/// nodules share one, so that their plots can be laid side by side.
fn end(sizes: impl Iterator<Item = f64>) -> f64 {
    (sizes.fold(40.0, f64::max) / 20.0).ceil() * 20.0
}

/// Dice of every image with a target against the size of the target.
pub(crate) fn dice_by_size(scored: &[Scored]) -> String {
    let targets = || scored.iter().filter(|s| s.has_target());
    let size = |s: &Scored| (s.target_px as f64).sqrt();
    let axes = ("size of the target, square root of pixels", "Dice");
    let most = end(targets().map(size));
    let mut plot = Plot::new("Dice by size", axes, (most, 1.0));
    for s in targets() {
        plot.dot((size(s), f64::from(s.dice)), 1.5);
    }
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_of_regions_is_a_dot_above_what_was_said_of_them() {
        let bin = |said, was| Bin {
            said,
            was,
            count: 2,
        };
        let plot = confidence(&[bin(0.5, 0.0), bin(1.0, 1.0)]);
        let dots = plot.lines().filter(|line| line.starts_with("<circle"));
        let places: Vec<(&str, &str)> = dots
            .filter_map(|dot| Some((dot.split('"').nth(1)?, dot.split('"').nth(3)?)))
            .collect();
        assert_eq!(places, [("196.0", "256.0"), ("348.0", "24.0")]);
        assert!(plot.contains("share that are nodules"));
    }

    #[test]
    fn the_axis_of_sizes_ends_beyond_the_largest_at_a_round_number() {
        let ends = |sizes: &[f64]| end(sizes.iter().copied()) as u32;
        assert_eq!(ends(&[]), 40);
        assert_eq!(ends(&[12.0, 40.0]), 40);
        assert_eq!(ends(&[65.3, 12.0]), 80);
        let target = |target_px| Scored {
            target_px,
            ..Scored::default()
        };
        let plot = dice_by_size(&[target(1_600), target(3_600), target(6_400)]);
        let dots = plot.lines().filter(|line| line.starts_with("<circle"));
        let places: Vec<&str> = dots.filter_map(|dot| dot.split('"').nth(1)).collect();
        assert_eq!(places, ["196.0", "272.0", "348.0"]);
        assert!(plot.contains(">80</text>"), "{plot}");
    }
}
