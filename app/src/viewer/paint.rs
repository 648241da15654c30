//! Draws a scene on a canvas.

mod plane;
mod solid;

use leptos::prelude::*;
use model::calliper::Calliper;
use model::finding::{Finding, Segment};
use model::volume::PixelSpacing;
pub use plane::{Picture, plane};
pub use solid::{Marks, solid};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::contour::Polygon;
use super::measure::{diameters, screen_centre};
use super::overlay::{Layer, colour, compose};
use super::slab;
use super::view::{Frame, ScreenFromImage, View};
use super::words;
use crate::room::Room;

/// Everything one drawing needs.
#[derive(Debug)]
pub struct Scene {
    /// Canvas and slice.
    pub frame: Frame,
    /// Zoom and pan.
    pub view: View,
    /// RGBA of the slice, `rows × cols × 4`.
    pub rgba: Vec<u8>,
    /// Outlines of the visible layers.
    pub outlines: Vec<(Layer, std::sync::Arc<Vec<Polygon>>)>,
    /// Opacity of outlines.
    pub opacity: f32,
    /// Highlighted finding.
    pub finding: Option<Finding>,
    /// Row and column that the reader points at.
    pub spot: Option<(f32, f32)>,
    /// Lines measured by hand, and their lengths.
    pub callipers: Vec<(Calliper, Option<String>)>,
    /// The contour that the pointer is drawing.
    pub freehand: Vec<(f64, f64)>,
    /// For the scale bar.
    pub spacing: Option<PixelSpacing>,
    /// What a picture that leaves the page says of itself.
    pub inscription: Option<Inscription>,
}

/// Words on a picture; on the page they stand around it.
#[derive(Debug)]
pub struct Inscription {
    /// Slice, window and network.
    pub above: String,
    /// What it is not.
    pub below: &'static str,
    /// Whether the patient's right is on the left of the picture, as axial CT is shown.
    pub has_sides: bool,
}

impl Scene {
    /// The scene the room shows now (tracks its signals). `None` while there is nothing to draw.
    pub fn of(room: Room) -> Option<Self> {
        room.pixels_changed.track();
        let (slice, window) = (room.slice.get(), room.window.get());
        let (overlay, view) = (room.overlay.get(), room.view.get());
        let frame = room.frame.get()?;
        let spacing = room
            .desk
            .with(|d| d.open.scan.as_ref().and_then(|s| s.spacing));
        let selected = room.selected.get();
        let reach = slab::reach(room);
        let rgba = room.pixels.with_value(|p| {
            let values = slab::brightest(p, slice, reach)?;
            Some(compose(&values, p.labels(slice), window, overlay))
        })?;
        let layers = overlay
            .layers()
            .filter(|layer| overlay.style.outlines() || layer.tint <= 0.0);
        let outlines = room.pixels.try_update_value(|p| {
            layers
                .map(|layer| (layer, p.outline(slice, frame.rows, frame.cols, layer.bit)))
                .collect()
        })?;
        let finding = selected.filter(|s| s.slice == slice).and_then(|s| {
            room.desk
                .with(|d| d.open.results.get(&slice)?.findings.get(s.index).cloned())
        });
        let spot = room.spot.get().filter(|[at, ..]| *at == slice);
        Some(Self {
            spot: spot.map(|[_, row, col]| (row as f32, col as f32)),
            frame,
            view,
            rgba,
            outlines,
            opacity: overlay.opacity,
            finding,
            callipers: words::callipers(room),
            freehand: room.freehand.get(),
            spacing,
            inscription: None,
        })
    }
}

/// A canvas that is not on the page.
pub fn new_canvas(width: u32, height: u32) -> Option<HtmlCanvasElement> {
    let canvas: HtmlCanvasElement = web_sys::window()?
        .document()?
        .create_element("canvas")
        .ok()?
        .dyn_into()
        .ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    Some(canvas)
}

/// Draws the scene; `density` is device pixels per CSS pixel. `None` if the browser
/// has no 2D canvas.
pub fn paint(canvas: &HtmlCanvasElement, scene: &Scene, density: f64) -> Option<()> {
    let Frame {
        width,
        height,
        rows,
        cols,
        ..
    } = scene.frame;
    let context = context_of(canvas)?;
    let bitmap = bitmap(&scene.rgba, (cols, rows))?;

    let map = scene.view.screen_from_image(scene.frame);
    context
        .set_transform(density, 0.0, 0.0, density, 0.0, 0.0)
        .ok()?;
    context.set_fill_style_str("#000");
    context.fill_rect(0.0, 0.0, width, height);
    // Single pixels are shown as such once they are large: interpolation would invent detail.
    context.set_image_smoothing_enabled(map.scale.0 < 6.0);
    context
        .draw_image_with_html_canvas_element_and_dw_and_dh(
            &bitmap,
            map.offset.0,
            map.offset.1,
            map.scale.0 * cols as f64,
            map.scale.1 * rows as f64,
        )
        .ok()?;
    context.set_global_alpha(f64::from(scene.opacity.max(0.15)));
    for (layer, polygons) in &scene.outlines {
        outline(&context, map, *layer, polygons);
    }
    context.set_global_alpha(1.0);
    if let Some(finding) = &scene.finding {
        measurement(&context, map, finding);
    }
    for (calliper, words) in &scene.callipers {
        by_hand(&context, map, *calliper, words.as_deref());
    }
    if let Some(spot) = scene.spot {
        cross(&context, map.apply(screen_centre(spot)));
    }
    freehand(&context, map, &scene.freehand);
    if let Some(spacing) = scene.spacing {
        scale_bar(&context, scene.frame, map, spacing);
    }
    if let Some(it) = &scene.inscription {
        context.set_text_align("left");
        label(&context, &it.above, (10.0, 20.0));
        context.set_text_align("right");
        label(&context, it.below, (width - 10.0, height - 12.0));
        if it.has_sides {
            label(&context, "L", (width - 10.0, height / 2.0));
            context.set_text_align("left");
            label(&context, "R", (10.0, height / 2.0));
        }
    }
    Some(())
}

/// Shows nothing.
pub fn clear(canvas: &HtmlCanvasElement) {
    // Setting the size, even to the same, empties the bitmap.
    canvas.set_width(canvas.width());
}

/// Pixels on a canvas of their own, from which they can be drawn at any size.
fn bitmap(rgba: &[u8], (cols, rows): (usize, usize)) -> Option<HtmlCanvasElement> {
    let bitmap = new_canvas(cols as u32, rows as u32)?;
    let image =
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), cols as u32, rows as u32)
            .ok()?;
    context_of(&bitmap)?.put_image_data(&image, 0.0, 0.0).ok()?;
    Some(bitmap)
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

fn css(rgb: [u8; 3]) -> String {
    let [r, g, b] = rgb;
    format!("rgb({r} {g} {b})")
}

fn outline(
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

/// The selected finding: both diameters with their lengths, and a ring around it.
fn measurement(context: &CanvasRenderingContext2d, map: ScreenFromImage, finding: &Finding) {
    let radius = f64::from(finding.longest_px) * map.scale.0 / 2.0 + 14.0;
    let (x, y) = map.apply(screen_centre(finding.centre));
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
    let words = match finding.lesion {
        0 => diameters(finding),
        n => format!("{n} · {}", diameters(finding)),
    };
    label(
        context,
        &words,
        (x + radius * 0.75 + 4.0, y - radius * 0.75 - 4.0),
    );
}

/// Where the reader points: a cross that leaves the place itself free.
fn cross(context: &CanvasRenderingContext2d, (x, y): (f64, f64)) {
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
fn freehand(context: &CanvasRenderingContext2d, map: ScreenFromImage, points: &[(f64, f64)]) {
    context.begin_path();
    trace(context, map, points);
    context.set_line_width(2.0);
    context.set_stroke_style_str(&css(colour::CALLIPER));
    context.stroke();
}

/// A line measured by hand, its length beside the end that was placed last.
fn by_hand(
    context: &CanvasRenderingContext2d,
    map: ScreenFromImage,
    calliper: Calliper,
    words: Option<&str>,
) {
    for (width, style) in strokes(colour::CALLIPER) {
        context.set_line_width(width);
        context.set_stroke_style_str(&style);
        context.begin_path();
        line(context, map, calliper.from, calliper.to);
        // Where a press takes hold of it.
        for end in [calliper.from, calliper.to] {
            let (x, y) = map.apply(end);
            context.move_to(x + 4.0, y);
            context.arc(x, y, 4.0, 0.0, std::f64::consts::TAU).ok();
        }
        context.stroke();
    }
    if let Some(words) = words {
        let (x, y) = map.apply(calliper.to);
        context.set_text_align("left");
        label(context, words, (x + 8.0, y - 8.0));
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

/// A bar of a round length from 1 to 100 mm, the longest that a fifth of the width has room for.
fn scale_bar(
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

fn label(context: &CanvasRenderingContext2d, words: &str, (x, y): (f64, f64)) {
    context.set_font("600 13px system-ui, sans-serif");
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
