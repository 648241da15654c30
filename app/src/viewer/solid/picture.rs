//! A body seen from the side: the lung as glass, the tumours in it lit from where the viewer
//! stands.

use super::body::Body;
use crate::viewer::overlay::colour;

const BACKGROUND: [f32; 3] = [5.0, 8.0, 10.0];
/// Share of the light that one wall of lung keeps back.
const GLASS: f32 = 0.1;
/// Brightness of what is seen edge-on.
const SHADE: f32 = 0.35;

/// Sine and cosine of a degree.
const ONE_DEGREE: [f32; 2] = [0.017_452_406, 0.999_847_7];

/// How a body is looked at: upright, by parallel rays, from so many degrees to the patient's left
/// of the front.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    sin: f32,
    cos: f32,
    /// Pixels of a millimetre.
    scale: f32,
    /// Edge of the square picture, in pixels.
    edge: usize,
}

impl Sight {
    /// The body fills the square, however it is turned.
    pub fn of(body: &Body, degrees: u32, edge: usize) -> Self {
        let (sin, cos) = Self::turned(degrees);
        Self {
            sin,
            cos,
            scale: edge as f32 / (2.0 * body.reach_mm),
            edge,
        }
    }

    /// Sine and cosine. The functions for any angle are 3 KB of the download.
    fn turned(degrees: u32) -> (f32, f32) {
        let [sin_1, cos_1] = ONE_DEGREE;
        let turn = |(sin, cos), _| (sin * cos_1 + cos * sin_1, cos * cos_1 - sin * sin_1);
        (0..degrees % 360).fold((0.0, 1.0), turn)
    }

    /// Where a place of the body is seen, in pixels to the right and down, and how many mm behind
    /// the middle.
    pub fn see(&self, [left, back, head]: [f32; 3]) -> (f32, f32, f32) {
        let middle = self.edge as f32 / 2.0;
        let across = left * self.cos + back * self.sin;
        let depth = back * self.cos - left * self.sin;
        (
            middle + across * self.scale,
            middle - head * self.scale,
            depth,
        )
    }

    /// Pixels that a cell covers: columns, rows.
    fn cell(&self, body: &Body) -> (f32, f32) {
        let [left, back, head] = body.cell_mm;
        let width = left * self.cos.abs() + back * self.sin.abs();
        ((width * self.scale).max(1.0), (head * self.scale).max(1.0))
    }

    /// Pixels from half of `length` before `middle` to half of it behind.
    fn pixels(&self, middle: f32, length: f32) -> std::ops::Range<usize> {
        let pixel = |at: f32| (at.round().max(0.0) as usize).min(self.edge);
        pixel(middle - length / 2.0)..pixel(middle + length / 2.0)
    }
}

/// RGBA of the square.
pub fn picture(body: &Body, sight: &Sight) -> Vec<u8> {
    let edge = sight.edge;
    let mut walls = vec![0.0_f32; edge * edge];
    let mut depths = vec![f32::INFINITY; edge * edge];
    let cell = sight.cell(body);
    for facet in &body.facets {
        let (x, y, depth) = sight.see(facet.at_mm);
        let columns = sight.pixels(x, cell.0);
        for row in sight.pixels(y, cell.1) {
            for i in row * edge + columns.start..row * edge + columns.end {
                if facet.is_tumour {
                    depths[i] = depths[i].min(depth);
                } else {
                    walls[i] += 1.0;
                }
            }
        }
    }
    let cell = (cell.0 as usize, cell.1 as usize);
    let mut rgba = Vec::with_capacity(edge * edge * 4);
    for i in 0..edge * edge {
        let (share, light, rgb) = if depths[i] < f32::INFINITY {
            (1.0, lit(&depths, i, cell, sight), colour::TUMOUR)
        } else {
            (1.0 - (-GLASS * walls[i]).exp(), 1.0, colour::LUNG)
        };
        for (of, ground) in rgb.into_iter().zip(BACKGROUND) {
            rgba.push((ground + share * (f32::from(of) * light - ground)) as u8);
        }
        rgba.push(255);
    }
    rgba
}

/// Light that comes back from a surface: all where it faces the viewer (Lambert's law). It slopes
/// as it does over the width and height of a cell: within one it is flat.
fn lit(depths: &[f32], i: usize, cell: (usize, usize), sight: &Sight) -> f32 {
    let own = depths[i];
    let slope = |pixels: usize, step: usize| {
        let at = |i: Option<usize>| {
            let depth = i.and_then(|i| depths.get(i)).copied();
            depth.filter(|depth| depth.is_finite()).unwrap_or(own)
        };
        let step = pixels * step;
        (at(i.checked_add(step)) - at(i.checked_sub(step))) * sight.scale / (2 * pixels) as f32
    };
    let (across, down) = (slope(cell.0, 1), slope(cell.1, sight.edge));
    SHADE + (1.0 - SHADE) / (1.0 + across * across + down * down).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_seen_where_sine_and_cosine_say() {
        for degrees in 0..360 {
            let (sin, cos) = (degrees as f32).to_radians().sin_cos();
            let turned = Sight::turned(degrees);
            let off = (turned.0 - sin).abs().max((turned.1 - cos).abs());
            assert!(off < 1e-4, "{degrees}: {off}");
        }
    }
}
