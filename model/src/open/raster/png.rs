//! PNG pictures; of an animated one its first frame.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DecodingError, Limits, Transformations};

use super::super::error::{OpenError, Result};
use super::super::intensity::luma;
use super::super::limit;
use super::{Picture, damaged};

pub(super) fn read(bytes: &[u8]) -> Result<Picture> {
    let limits = Limits {
        bytes: usize::try_from(limit::FILE_BYTES * 2).unwrap_or(usize::MAX),
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    let header = decoder
        .read_header_info()
        .map_err(|error| refused(&error))?;
    let (rows, cols) = (header.height, header.width);
    limit::check_grid(rows.into(), cols.into(), 1)?;
    // Palettes become colours, transparent colours an alpha channel, small depths eight bits.
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder.read_info().map_err(|error| refused(&error))?;
    let length = reader.output_buffer_size().ok_or(OpenError::OutOfMemory)?;
    let mut pixels = Vec::new();
    limit::reserve(&mut pixels, length)?;
    pixels.resize(length, 0);
    reader
        .next_frame(&mut pixels)
        .map_err(|error| refused(&error))?;

    let (colours, depth) = reader.output_color_type();
    let brightest = if depth == BitDepth::Sixteen {
        u16::MAX
    } else {
        255
    };
    let mut picture = Picture::new(rows as usize, cols as usize, brightest)?;
    let bytes = if depth == BitDepth::Sixteen { 2 } else { 1 };
    let pixels = pixels.chunks_exact(colours.samples() * bytes);
    picture.extend(
        brightest,
        pixels.map(|pixel| {
            brightness(colours, brightest, |at| {
                match pixel.get(at * bytes..(at + 1) * bytes) {
                    Some(&[high, low]) => u16::from_be_bytes([high, low]),
                    Some(&[byte]) => byte.into(),
                    _ => 0,
                }
            })
        }),
    );
    Ok(picture)
}

/// Brightness of one pixel on black.
fn brightness(colours: ColorType, brightest: u16, sample: impl Fn(usize) -> u16) -> u16 {
    let (level, alpha) = match colours {
        ColorType::Rgb => (luma([0, 1, 2].map(sample)), brightest),
        ColorType::Rgba => (luma([0, 1, 2].map(&sample)), sample(3)),
        ColorType::GrayscaleAlpha => (sample(0), sample(1)),
        // `EXPAND` leaves no palette.
        ColorType::Grayscale | ColorType::Indexed => (sample(0), brightest),
    };
    let brightest = u64::from(brightest);
    ((u64::from(level) * u64::from(alpha) + brightest / 2) / brightest) as u16
}

fn refused(error: &DecodingError) -> OpenError {
    match error {
        DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            OpenError::Truncated
        }
        _ => damaged("PNG"),
    }
}
