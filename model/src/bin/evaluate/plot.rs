//! The plots of an evaluation.

use model::train::plot::Plot;

use crate::evaluate::calibration::Curve;
use crate::evaluate::scans::Point;
use crate::evaluate::scored::Scored;

/// Predicted probability against the share of targets.
pub(crate) fn calibration(curve: &Curve) -> String {
    let axes = ("predicted probability", "share of target pixels");
    let mut plot = Plot::new("Calibration", axes, (1.0, 1.0));
    plot.line(&[(0.0, 0.0), (1.0, 1.0)], "#bbb");
    let points = curve.bins.iter();
    let points: Vec<(f64, f64)> = points
        .map(|bin| (bin.mean_probability, bin.share_of_targets))
        .collect();
    plot.line(&points, "#06c");
    for &point in &points {
        plot.dot(point, 3.0);
    }
    plot.finish()
}

/// Share of the regions found against false alarms.
pub(crate) fn froc(curve: &[Point]) -> String {
    let most = curve.iter().map(|p| p.false_regions_per_slice);
    let most = most.fold(1.0, f64::max).min(8.0);
    let axes = ("false regions per slice", "share of target regions found");
    let mut plot = Plot::new("Whole slices", axes, (most, 1.0));
    let points = curve
        .iter()
        .map(|p| (p.false_regions_per_slice, p.sensitivity));
    let points: Vec<(f64, f64)> = points.filter(|p| p.0 <= most).collect();
    plot.line(&points, "#06c");
    for &point in &points {
        plot.dot(point, 3.0);
    }
    plot.finish()
}

/// Dice of every image with a target against the size of the target.
pub(crate) fn dice_by_size(scored: &[Scored]) -> String {
    let axes = ("size of the target, square root of pixels", "Dice");
    let mut plot = Plot::new("Dice by size", axes, (40.0, 1.0));
    for s in scored.iter().filter(|s| s.has_target()) {
        plot.dot(((s.target_px as f64).sqrt(), f64::from(s.dice)), 1.5);
    }
    plot.finish()
}
