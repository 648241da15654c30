//! JPEG 2000 part 1 (ITU-T T.800): packed bytes to samples.
//!
//! A crate of its own because the decoder is a seventh of all that reads and segments
//! scans, and few scans need it: the browser loads it when one does.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// The samples of all components, one plane after the other, row-major; signed ones are lifted
/// by half of their range. `None` if the image cannot be decoded.
///
/// The transform of colours that is part of the codestream is undone.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
#[must_use]
pub fn decode(packed: &[u8]) -> Option<Vec<f32>> {
    let settings = DecodeSettings {
        strict: true,
        resolve_palette_indices: false,
        target_resolution: None,
    };
    let image = Image::new(packed, &settings).ok()?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).ok()?;
    let planes = decoded.components().iter();
    Some(
        planes
            .flat_map(|plane| plane.samples().iter().copied())
            .collect(),
    )
}
