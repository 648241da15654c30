//! Simple plots as SVG.

use std::fmt::Write as _;

use crate::evaluate::calibration::Curve;
use crate::evaluate::scans::Point;
use crate::evaluate::scored::Scored;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 44.0;

/// One plot: axes from zero, lines and dots.
struct Plot {
    body: String,
    most: (f64, f64),
}

impl Plot {
    fn new(title: &str, axes: (&str, &str), most: (f64, f64)) -> Self {
        let mut plot = Self {
            body: String::new(),
            most,
        };
        let (bottom, right) = (HEIGHT - MARGIN, WIDTH - 12.0);
        plot.add(format_args!(
            "<path d=\"M{MARGIN} 24V{bottom}H{right}\" fill=\"none\" stroke=\"#777\"/>"
        ));
        plot.text((WIDTH / 2.0, 15.0), title, "");
        plot.text((WIDTH / 2.0, HEIGHT - 8.0), axes.0, "");
        let turned = format!(" transform=\"rotate(-90 12 {})\"", HEIGHT / 2.0);
        plot.text((12.0, HEIGHT / 2.0), axes.1, &turned);
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let (x, y) = plot.at((share * most.0, share * most.1));
            plot.text((x, bottom + 14.0), &short(share * most.0), "");
            plot.text((MARGIN - 16.0, y + 4.0), &short(share * most.1), "");
        }
        plot
    }

    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (
            MARGIN + x.min(self.most.0) / self.most.0 * (WIDTH - MARGIN - 12.0),
            HEIGHT - MARGIN - y.min(self.most.1) / self.most.1 * (HEIGHT - MARGIN - 24.0),
        )
    }

    fn text(&mut self, (x, y): (f64, f64), text: &str, more: &str) {
        let text = text.replace('<', "&lt;");
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\"{more}>{text}</text>"
        ));
    }

    fn line(&mut self, points: &[(f64, f64)], colour: &str) {
        let place = |point: &(f64, f64)| {
            let (x, y) = self.at(*point);
            format!("{x:.1},{y:.1}")
        };
        let path: Vec<String> = points.iter().map(place).collect();
        self.add(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        ));
    }

    fn dot(&mut self, point: (f64, f64), radius: f64) {
        let (x, y) = self.at(point);
        self.add(format_args!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"#06c\" fill-opacity=\".5\"/>"
        ));
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        writeln!(self.body, "{element}").ok();
    }

    fn finish(&self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{}</svg>\n",
            self.body
        )
    }
}

fn short(value: f64) -> String {
    if value >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

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
