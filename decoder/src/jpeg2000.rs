//! JPEG 2000 part 1 (ITU-T T.800).

use hayro_jpeg2000::{ComponentData, DecodeSettings, DecoderContext, Image};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Fault, Result, collected};

/// The samples of all components, one plane after the other, row-major; signed ones are lifted
/// by half of their range.
///
/// The transform of colours that is part of the codestream is undone.
///
/// # Errors
/// It is too large for the memory, or cannot be decoded.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn decode_jpeg2000(packed: &[u8]) -> Result<Vec<u16>> {
    let settings = DecodeSettings {
        strict: true,
        resolve_palette_indices: false,
        target_resolution: None,
    };
    let image = Image::new(packed, &settings).map_err(|_| Fault::Damaged)?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| Fault::Damaged)?;
    let planes = || decoded.components().iter().map(ComponentData::samples);
    let length = planes().map(<[f32]>::len).sum();
    collected(
        length,
        planes().flatten().map(|sample| sample.round() as u16),
    )
}
