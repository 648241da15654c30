//! Draws pixels in a square, where a plane crosses the slices.

use web_sys::HtmlCanvasElement;

use super::{bitmap, colour, context_of, css, label};

/// Pixels in a square.
#[derive(Debug)]
pub struct Picture {
    /// Pixels across and down.
    pub size: (usize, usize),
    /// Where their first corner lies, in edges of the square.
    pub from: (f64, f64),
    /// How far they reach from there.
    pub extent: (f64, f64),
    /// What is on the left, on the right.
    pub sides: [&'static str; 2],
}

/// Draws a picture, with lines from the sides at half its height.
pub fn plane(canvas: &HtmlCanvasElement, rgba: &[u8], picture: &Picture) -> Option<()> {
    const EDGE: f64 = 160.0;
    const DENSITY: f64 = 2.0;
    canvas.set_width((EDGE * DENSITY) as u32);
    canvas.set_height((EDGE * DENSITY) as u32);
    let (context, bitmap) = (context_of(canvas)?, bitmap(rgba, picture.size)?);
    let ((x, y), (width, height)) = (picture.from, picture.extent);
    context.scale(DENSITY, DENSITY).ok()?;
    context
        .draw_image_with_html_canvas_element_and_dw_and_dh(
            &bitmap,
            x * EDGE,
            y * EDGE,
            width * EDGE,
            height * EDGE,
        )
        .ok()?;
    context.set_line_width(1.5);
    context.set_stroke_style_str(&css(colour::MEASURE));
    context.begin_path();
    for (from, to) in [(0.0, 0.1), (0.9, 1.0)] {
        context.move_to(from * EDGE, EDGE / 2.0);
        context.line_to(to * EDGE, EDGE / 2.0);
    }
    context.stroke();
    let [left, right] = picture.sides;
    label(&context, left, (5.0, 16.0));
    context.set_text_align("right");
    label(&context, right, (EDGE - 5.0, 16.0));
    Some(())
}
