//! The plots of an evaluation.

use model::train::plot::Plot;

use crate::evaluate::calibration::Curve;
use crate::evaluate::froc::{Froc, Point};
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

/// Where a point lies.
type Place = fn(&Point) -> Option<(f64, f64)>;

/// Share of what is to be found that is found against false alarms: nodules blue, their regions on single
/// slices grey, and on both what the product does by itself, as a larger dot.
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

/// Dice of every image with a target against the size of the target.
pub(crate) fn dice_by_size(scored: &[Scored]) -> String {
    let axes = ("size of the target, square root of pixels", "Dice");
    let mut plot = Plot::new("Dice by size", axes, (40.0, 1.0));
    for s in scored.iter().filter(|s| s.has_target()) {
        plot.dot(((s.target_px as f64).sqrt(), f64::from(s.dice)), 1.5);
    }
    plot.finish()
}
