//! The slice in the lung window with the lung field and the tumour drawn on it.

use image::{Rgb, RgbImage};
use model::mask::Mask;
use model::pipeline::SliceAnalysis;
use model::volume::{Intensity, Volume};
use model::window::{PRESETS, Window};

const LUNG: [u8; 3] = [64, 160, 255];
const TUMOUR: [u8; 3] = [255, 64, 64];

/// `rows × cols` pixels; `None` if the slice does not exist.
pub(crate) fn draw(volume: &Volume, slice: usize, analysis: &SliceAnalysis) -> Option<RgbImage> {
    let values = volume.slice(slice)?;
    let window = match volume.intensity {
        Intensity::Hounsfield => PRESETS[0].window,
        Intensity::Grey { max } => Window::full_range(max),
    };
    let mut picture = RgbImage::new(volume.cols as u32, volume.rows as u32);
    for (pixel, &value) in picture.pixels_mut().zip(values) {
        let grey = window.grey(value);
        *pixel = Rgb([grey; 3]);
    }
    if let Some(field) = &analysis.field {
        outline(&mut picture, field, LUNG);
    }
    outline(&mut picture, &analysis.refined, TUMOUR);
    Some(picture)
}

/// Colour the mask's pixels that have a 4-neighbour outside it.
fn outline(picture: &mut RgbImage, mask: &Mask, colour: [u8; 3]) {
    for row in 0..mask.rows {
        for col in 0..mask.cols {
            let inner = mask.contains(row.wrapping_sub(1), col)
                && mask.contains(row + 1, col)
                && mask.contains(row, col.wrapping_sub(1))
                && mask.contains(row, col + 1);
            if mask.contains(row, col) && !inner {
                picture.put_pixel(col as u32, row as u32, Rgb(colour));
            }
        }
    }
}
