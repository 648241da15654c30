//! Simple plots as SVG.

use std::fmt::Write as _;

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 300.0;
const MARGIN: f64 = 44.0;

/// One plot: axes from zero, lines and dots.
#[derive(Debug)]
pub struct Plot {
    body: String,
    most: (f64, f64),
}

impl Plot {
    /// Axes up to `most`, each with what it shows.
    #[must_use]
    pub fn new(title: &str, axes: (&str, &str), most: (f64, f64)) -> Self {
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

    /// Words around a place of the picture; `more` is further attributes.
    fn text(&mut self, (x, y): (f64, f64), text: &str, more: &str) {
        let text = text.replace('<', "&lt;");
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\"{more}>{text}</text>"
        ));
    }

    /// A line through points.
    pub fn line(&mut self, points: &[(f64, f64)], colour: &str) {
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

    /// A dot of this radius.
    pub fn dot(&mut self, point: (f64, f64), radius: f64) {
        let (x, y) = self.at(point);
        self.add(format_args!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"#06c\" fill-opacity=\".5\"/>"
        ));
    }

    fn add(&mut self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        writeln!(self.body, "{element}").ok();
    }

    /// The SVG file.
    #[must_use]
    pub fn finish(&self) -> String {
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
