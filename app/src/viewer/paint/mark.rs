//! Draws what lies on a slice: outlines, lines, words.

use model::calliper::{Axis, Calliper};
use model::finding::{Finding, Segment};
use model::volume::PixelSpacing;
use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d;

use super::{Scene, css};
use crate::viewer::contour::Polygon;
use crate::viewer::measure::{named, screen_centre};
use crate::viewer::number::{Area, Round, beside};
use crate::viewer::overlay::{Layer, colour};
use crate::viewer::view::{Frame, ScreenFromImage};

/// Closed lines around the areas of a layer.
pub(super) fn outline(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    layer: Layer,
    polygons: &[Polygon],
) {
    if polygons.is_empty() {
        return;
    }
    context.begin_path();
    for polygon in polygons {
        trace(context, map, polygon);
    }
    dashes(context, if layer.dashed { &[5.0, 4.0] } else { &[] });
    context.set_line_width(1.6);
    context.set_stroke_style_str(&css(layer.rgb));
    context.stroke();
    dashes(context, &[]);
}

/// A closed line through all points.
fn trace(context: &CanvasRenderingContext2d, map: ScreenFromImage, points: &[(f64, f64)]) {
    for (i, &point) in points.iter().enumerate() {
        let (x, y) = map.apply(point);
        if i == 0 {
            context.move_to(x, y);
        } else {
            context.line_to(x, y);
        }
    }
    context.close_path();
}

/// A circle so far around a finding.
fn around(map: ScreenFromImage, finding: &Finding, px: f64) -> Round {
    Round {
        middle: map.apply(screen_centre(finding.centre)),
        radius: f64::from(finding.longest_px) * map.scale.0 / 2.0 + px,
    }
}

/// The numbers of lesions beside the findings that are not selected, and not over the words of the
/// one that is.
pub(super) fn numbers(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    frame: (f64, f64),
    scene: &Scene,
    words: Option<Area>,
) {
    let all = scene.others.iter().chain(&scene.finding);
    let rounds: Vec<Round> = all.map(|it| around(map, it, 4.0)).collect();
    let mut taken: Vec<Area> = words.into_iter().collect();
    context.set_text_align("center");
    // While a series runs, nobody knows yet which findings are one lesion.
    for (finding, &round) in scene
        .others
        .iter()
        .zip(&rounds)
        .filter(|it| it.0.lesion > 0)
    {
        let number = finding.lesion.to_string();
        let half = (4.0 * number.len() as f64 + 3.0, 8.0);
        let area = beside(round, half, &rounds, &taken, frame);
        label(context, &number, (area.middle.0, area.middle.1 + 5.0));
        taken.push(area);
    }
}

/// The selected finding: both diameters with their lengths, and a ring around it. Returns where the
/// words stand.
pub(super) fn measurement(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    finding: &Finding,
) -> Area {
    let Round {
        middle: (x, y),
        radius,
    } = around(map, finding, 14.0);
    for (width, style) in strokes(colour::MEASURE) {
        context.set_line_width(width);
        context.set_stroke_style_str(&style);
        context.begin_path();
        diameter(context, map, finding.longest);
        diameter(context, map, finding.perpendicular);
        context.stroke();
        dashes(context, &[2.0, 5.0]);
        context.begin_path();
        context.arc(x, y, radius, 0.0, std::f64::consts::TAU).ok();
        context.stroke();
        dashes(context, &[]);
    }
    context.set_text_align("left");
    let words = named(finding);
    let (left, base) = (x + radius * 0.75 + 4.0, y - radius * 0.75 - 4.0);
    label(context, &words, (left, base));
    let half = (4.0 * words.len() as f64, 8.0);
    Area {
        middle: (left + half.0, base - 5.0),
        half,
    }
}

/// Where the reader points: a cross that leaves the place itself free.
pub(super) fn cross(context: &CanvasRenderingContext2d, (x, y): (f64, f64)) {
    for (width, style) in strokes(colour::MEASURE) {
        context.set_line_width(width);
        context.set_stroke_style_str(&style);
        context.begin_path();
        for (right, down) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            context.move_to(x + 6.0 * right, y + 6.0 * down);
            context.line_to(x + 16.0 * right, y + 16.0 * down);
        }
        context.stroke();
    }
}

/// The contour that is being drawn.
pub(super) fn freehand(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    points: &[(f64, f64)],
) {
    let Some(&first) = points.first() else {
        return;
    };
    context.begin_path();
    trace(context, map, points);
    // Where it is closed by keys.
    let (x, y) = map.apply(first);
    context.move_to(x + 4.0, y);
    context.arc(x, y, 4.0, 0.0, std::f64::consts::TAU).ok();
    context.set_line_width(2.0);
    context.set_stroke_style_str(&css(colour::CALLIPER));
    context.stroke();
}

/// A line, with its second axis if it has one, or an ellipse measured by hand, its words beside the
/// end that was placed last, as far as they have room there: the canvas has this `width`.
pub(super) fn by_hand(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    width: f64,
    (calliper, second): (Calliper, Option<Axis>),
    words: Option<&str>,
) {
    for (width, style) in strokes(colour::CALLIPER) {
        context.set_line_width(width);
        context.set_stroke_style_str(&style);
        context.begin_path();
        let mut grips = vec![calliper.from, calliper.to];
        if calliper.is_ellipse() {
            ellipse(context, map, &calliper);
            grips.push(calliper.axis().middle());
        } else {
            line(context, map, calliper.from, calliper.to);
        }
        if let Some(Axis { from, to }) = second {
            line(context, map, from, to);
            grips.extend([from, to]);
        }
        // Where a press takes hold of it.
        for grip in grips {
            let (x, y) = map.apply(grip);
            context.move_to(x + 4.0, y);
            context.arc(x, y, 4.0, 0.0, std::f64::consts::TAU).ok();
        }
        context.stroke();
    }
    if let Some(words) = words {
        let (x, y) = map.apply(calliper.to);
        context.set_text_align("left");
        context.set_font(FONT);
        let taken = context.measure_text(words).map_or(0.0, |it| it.width());
        let x = (x + 8.0).min(width - taken - 8.0).max(8.0);
        label(context, words, (x, y - 8.0));
    }
}

/// Widths and colours of a line that is seen on every grey.
fn strokes(rgb: [u8; 3]) -> [(f64, String); 2] {
    [(3.5, "rgb(0 0 0 / .6)".to_owned()), (1.5, css(rgb))]
}

fn diameter(context: &CanvasRenderingContext2d, map: ScreenFromImage, segment: Segment) {
    line(
        context,
        map,
        screen_centre(segment.from),
        screen_centre(segment.to),
    );
}

/// With short bars across the ends, like callipers.
fn line(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    from: (f64, f64),
    to: (f64, f64),
) {
    let (a, b) = (map.apply(from), map.apply(to));
    context.move_to(a.0, a.1);
    context.line_to(b.0, b.1);
    let length = (b.0 - a.0).hypot(b.1 - a.1).max(1e-6);
    let (nx, ny) = (-(b.1 - a.1) / length * 4.0, (b.0 - a.0) / length * 4.0);
    for end in [a, b] {
        context.move_to(end.0 - nx, end.1 - ny);
        context.line_to(end.0 + nx, end.1 + ny);
    }
}

/// As large as the box that it is drawn by.
fn ellipse(context: &CanvasRenderingContext2d, map: ScreenFromImage, calliper: &Calliper) {
    let (x, y) = map.apply(calliper.axis().middle());
    let (right, below) = map.apply(calliper.to);
    let (across, down) = ((right - x).abs(), (below - y).abs());
    context.move_to(x + across, y);
    let turn = std::f64::consts::TAU;
    context.ellipse(x, y, across, down, 0.0, 0.0, turn).ok();
}

/// A bar of a round length from 1 to 100 mm, the longest that a fifth of the width has room for.
pub(super) fn scale_bar(
    context: &CanvasRenderingContext2d,
    frame: Frame,
    map: ScreenFromImage,
    spacing: PixelSpacing,
) {
    let px_per_mm = map.scale.0 / f64::from(spacing.col_mm);
    let wanted = frame.width / 5.0;
    let Some(mm) = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        .into_iter()
        .rfind(|mm| mm * px_per_mm <= wanted)
    else {
        return;
    };
    let (x, y) = (
        frame.width / 2.0 - mm * px_per_mm / 2.0,
        frame.height - 14.0,
    );
    for (width, style) in [(4.0, "rgb(0 0 0 / .6)"), (2.0, "#fff")] {
        context.set_line_width(width);
        context.set_stroke_style_str(style);
        context.begin_path();
        context.move_to(x, y);
        context.line_to(x + mm * px_per_mm, y);
        context.stroke();
    }
    context.set_text_align("center");
    label(
        context,
        &format!("{mm:.0} mm"),
        (frame.width / 2.0, y - 6.0),
    );
}

/// The letters of words over an image.
const FONT: &str = "600 13px system-ui, sans-serif";

/// Words that are read on every grey.
pub(super) fn label(context: &CanvasRenderingContext2d, words: &str, (x, y): (f64, f64)) {
    context.set_font(FONT);
    context.set_line_width(3.0);
    context.set_stroke_style_str("rgb(0 0 0 / .75)");
    context.stroke_text(words, x, y).ok();
    context.set_fill_style_str("#fff");
    context.fill_text(words, x, y).ok();
}

fn dashes(context: &CanvasRenderingContext2d, lengths: &[f64]) {
    let list: js_sys::Array = lengths.iter().map(|&l| JsValue::from_f64(l)).collect();
    context.set_line_dash(&list).ok();
}
