//! Draws a scene on a canvas.

mod mark;
mod plane;
mod solid;

use std::borrow::Cow;

use leptos::prelude::*;
use mark::{by_hand, cross, freehand, label, measurement, numbers, outline, scale_bar};
use model::calliper::Calliper;
use model::finding::Finding;
use model::volume::PixelSpacing;
pub use plane::{Picture, plane};
pub use solid::{Marks, solid};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::contour::Polygon;
use super::measure::screen_centre;
use super::overlay::{Layer, Overlay, Style, compose};
use super::pixels::Pixels;
use super::slab;
use super::view::{Frame, View};
use super::words;
use crate::engine::state::Desk;
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
    /// The others, of which the numbers are written.
    pub others: Vec<Finding>,
    /// Row and column that the reader points at.
    pub spot: Option<(f32, f32)>,
    /// What is measured by hand, and what it comes to.
    pub callipers: Vec<(Calliper, Option<String>)>,
    /// The contour that the pointer is drawing.
    pub freehand: Vec<(f64, f64)>,
    /// For the scale bar, and for right angles.
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
    /// What is on the left, on the right.
    pub sides: [&'static str; 2],
}

impl Scene {
    /// The scene the room shows now (tracks its signals). `None` while there is nothing to draw.
    pub fn of(room: Room) -> Option<Self> {
        room.pixels_changed.track();
        let (slice, window) = (room.slice.get(), room.window.get());
        let (overlay, view) = (room.overlay.get(), room.view.get());
        let frame = room.frame.get()?;
        let spacing = room.spacing();
        let selected = room.selected.get();
        let slab = slab::shown(room);
        // What the page does not have of a scan that is in no worker does not come any more; the
        // masks are there.
        let is_gone = room.desk.with(Desk::is_adrift);
        let rgba = room.pixels.with_value(|p| {
            let nothing = || Cow::Owned(vec![i16::MIN; frame.rows * frame.cols]);
            let values = slab::brightest(p, slice, slab).or_else(|| is_gone.then(nothing))?;
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
        let index = selected.filter(|s| s.slice == slice).map(|s| s.index);
        let mut others = room.desk.with(|d| {
            let result = d.open.results.get(&slice);
            result.map_or_else(Vec::new, |it| it.findings.clone())
        });
        let finding = index
            .filter(|&index| index < others.len())
            .map(|index| others.remove(index));
        if !overlay.tumour {
            others.clear();
        }
        let spot = room.spot.get().filter(|[at, ..]| *at == slice);
        Some(Self {
            spot: spot.map(|[_, row, col]| (row as f32, col as f32)),
            frame,
            view,
            rgba,
            outlines,
            opacity: overlay.opacity,
            finding,
            others,
            callipers: words::callipers(room),
            freehand: room.freehand.get(),
            spacing,
            inscription: None,
        })
    }
}

impl Scene {
    /// A slice with nothing but the outlines of its lesions, for a square of `edge` CSS pixels, in
    /// the window that the room shows. `None` without its values.
    pub fn around(room: Room, slice: usize, edge: f64) -> Option<Self> {
        let (window, frame) = (room.window.get_untracked(), room.frame.get_untracked()?);
        let overlay = Overlay {
            lung: false,
            reference: false,
            style: Style::Contour,
            ..Overlay::default()
        };
        let compose = |p: &Pixels| Some(compose(p.values(slice)?, &[], window, overlay));
        let rgba = room.pixels.with_value(compose)?;
        let outlines = room.pixels.try_update_value(|p| {
            let layers = overlay.layers();
            layers
                .map(|layer| (layer, p.outline(slice, frame.rows, frame.cols, layer.bit)))
                .collect()
        })?;
        Some(Self {
            frame: Frame {
                width: edge,
                height: edge,
                ..frame
            },
            view: View::default(),
            rgba,
            outlines,
            opacity: 1.0,
            finding: None,
            others: Vec::new(),
            spot: None,
            callipers: Vec::new(),
            freehand: Vec::new(),
            spacing: untrack(|| room.spacing()),
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
    let taken = scene.finding.as_ref();
    let taken = taken.map(|finding| measurement(&context, map, finding));
    numbers(&context, map, (width, height), scene, taken);
    for (calliper, words) in &scene.callipers {
        let second = calliper.second_axis(scene.spacing);
        by_hand(&context, map, width, (*calliper, second), words.as_deref());
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
        let [left, right] = it.sides;
        label(&context, right, (width - 10.0, height / 2.0));
        context.set_text_align("left");
        label(&context, left, (10.0, height / 2.0));
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
