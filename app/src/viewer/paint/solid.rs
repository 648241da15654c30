//! Draws a body seen from the side, with what stands around it.

use wasm_bindgen::Clamped;
use web_sys::{HtmlCanvasElement, ImageData};

use super::plane::edge_marks;
use super::{context_of, label};

/// How much larger words are drawn than on the page, where the canvas is shown smaller.
const DENSITY: f64 = 1.5;

/// What stands in the picture, in its pixels.
#[derive(Debug)]
pub struct Marks {
    /// Height of the slice in view.
    pub slice: f64,
    /// Numbers of lesions, and where.
    pub lesions: Vec<(String, (f64, f64))>,
    /// What is on the left, on the right.
    pub sides: [&'static str; 2],
}

/// Draws the square of `edge` pixels.
pub fn solid(canvas: &HtmlCanvasElement, rgba: &[u8], edge: u32, marks: &Marks) -> Option<()> {
    canvas.set_width(edge);
    canvas.set_height(edge);
    let context = context_of(canvas)?;
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), edge, edge).ok()?;
    context.put_image_data(&image, 0.0, 0.0).ok()?;
    context.scale(DENSITY, DENSITY).ok()?;
    let edge = f64::from(edge) / DENSITY;
    for (number, (x, y)) in &marks.lesions {
        label(&context, number, (x / DENSITY + 5.0, y / DENSITY - 5.0));
    }
    edge_marks(&context, edge, (None, marks.slice / DENSITY), marks.sides);
    Some(())
}
