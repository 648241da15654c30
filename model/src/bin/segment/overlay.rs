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

/// Colour the mask's rim.
fn outline(picture: &mut RgbImage, mask: &Mask, colour: [u8; 3]) {
    for (pixel, &is_rim) in picture.pixels_mut().zip(&mask.rim().pixels) {
        if is_rim > 0 {
            *pixel = Rgb(colour);
        }
    }
}
