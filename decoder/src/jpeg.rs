//! JPEG (ITU-T T.81): baseline, extended and progressive with 8 bits, and lossless; and JPEG-LS,
//! which has the same markers.

use std::io::ErrorKind;

use jpeg_decoder::{Decoder, Error, PixelFormat};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

use crate::jpeg_ls::Header;
use crate::lossless::Scan;
use crate::{Fault, Result, widened, words};

/// The samples, row-major, those of a colour side by side.
///
/// # Arguments
/// `most_bytes`: limit of the memory that is taken for it.
///
/// # Errors
/// It ends too early or cannot be decoded.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn decode_jpeg(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>> {
    if let Some(header) = Header::read(packed)? {
        return header.decode(most_bytes);
    }
    let Some(scan) = Scan::read(packed)? else {
        return decoded(packed, most_bytes);
    };
    let mut simple = Vec::new();
    simple
        .try_reserve_exact(packed.len())
        .map_err(|_| Fault::OutOfMemory)?;
    simple.extend_from_slice(packed);
    scan.simplify(&mut simple);
    let mut samples = decoded(&simple, most_bytes)?;
    scan.predict(&mut samples);
    Ok(samples)
}

fn decoded(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>> {
    let mut decoder = Decoder::new(packed);
    decoder.set_max_decoding_buffer_size(most_bytes);
    let bytes = decoder.decode().map_err(|error| match error {
        Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => Fault::Truncated,
        _ => Fault::Damaged,
    })?;
    match decoder.info().map(|info| info.pixel_format) {
        Some(PixelFormat::L8 | PixelFormat::RGB24) => widened(&bytes),
        Some(PixelFormat::L16) => words(&bytes, u16::from_ne_bytes),
        Some(PixelFormat::CMYK32) | None => Err(Fault::Damaged),
    }
}
