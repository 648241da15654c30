//! Draws pixels in a square, where a plane crosses the slices.

use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{bitmap, context_of, css, label};
use crate::viewer::overlay::colour;

/// Pixels in a square.
#[derive(Debug)]
pub struct Picture {
    /// Pixels across and down.
    pub size: (usize, usize),
    /// Where their first corner lies, in edges of the square.
    pub from: (f64, f64),
    /// How far they reach from there.
    pub extent: (f64, f64),
    /// Where the place lies, likewise: marks at the edges lead there.
    pub place: (f64, f64),
    /// What is on the left, on the right.
    pub sides: [&'static str; 2],
    /// The edge on the page, in CSS pixels.
    pub edge: f64,
}

/// Draws a picture with its marks.
pub fn plane(canvas: &HtmlCanvasElement, rgba: &[u8], picture: &Picture) -> Option<()> {
    const DENSITY: f64 = 2.0;
    let edge = picture.edge;
    canvas.set_width((edge * DENSITY) as u32);
    canvas.set_height((edge * DENSITY) as u32);
    let (context, bitmap) = (context_of(canvas)?, bitmap(rgba, picture.size)?);
    let ((x, y), (width, height)) = (picture.from, picture.extent);
    context.scale(DENSITY, DENSITY).ok()?;
    context
        .draw_image_with_html_canvas_element_and_dw_and_dh(
            &bitmap,
            x * edge,
            y * edge,
            width * edge,
            height * edge,
        )
        .ok()?;
    let (across, down) = (picture.place.0 * edge, picture.place.1 * edge);
    edge_marks(&context, edge, (Some(across), down), picture.sides);
    Some(())
}

/// What stands around a square of `edge` pixels: marks at both sides for the slice in view, `down`
/// from the top, marks above and below for what lies `across` from the left, and what is on the
/// left, on the right.
pub(super) fn edge_marks(
    context: &CanvasRenderingContext2d,
    edge: f64,
    (across, down): (Option<f64>, f64),
    [left, right]: [&'static str; 2],
) {
    context.set_line_width(1.5);
    context.set_stroke_style_str(&css(colour::MEASURE));
    context.begin_path();
    for (from, to) in [(0.0, 0.08), (0.92, 1.0)] {
        context.move_to(from * edge, down);
        context.line_to(to * edge, down);
        if let Some(across) = across {
            context.move_to(across, from * edge);
            context.line_to(across, to * edge);
        }
    }
    context.stroke();
    label(context, left, (5.0, 16.0));
    context.set_text_align("right");
    label(context, right, (edge - 5.0, 16.0));
}
