//! PNG; of an animated one its first frame.

use std::io::{Cursor, ErrorKind};

use png::{BitDepth, Decoder, DecodingError, Limits, Transformations};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Fault, Result, widened, words};

/// The samples, row-major, those of a pixel side by side: grey, grey and alpha, three
/// colours, or these and alpha.
///
/// Palettes become colours, transparent colours an alpha channel, small depths eight bits.
///
/// # Arguments
/// `most_bytes`: limit of the memory that is taken for it.
///
/// # Errors
/// It ends too early, is too large for the memory, or cannot be decoded.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn decode_png(packed: &[u8], most_bytes: usize) -> Result<Vec<u16>> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(packed), Limits { bytes: most_bytes });
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(fault)?;
    let length = reader.output_buffer_size().ok_or(Fault::OutOfMemory)?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length)
        .map_err(|_| Fault::OutOfMemory)?;
    bytes.resize(length, 0);
    reader.next_frame(&mut bytes).map_err(fault)?;
    match reader.output_color_type() {
        (_, BitDepth::Sixteen) => words(&bytes, u16::from_be_bytes),
        _ => widened(&bytes),
    }
}

fn fault(error: DecodingError) -> Fault {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Fault::Truncated
        }
        DecodingError::LimitsExceeded => Fault::OutOfMemory,
        _ => Fault::Damaged,
    }
}
